#!/usr/bin/env python3
"""Asks for each file whose name is one byte, of those that one_byte.py makes in FOLDER.

    one_byte.py PORT FOLDER
"""
import os
import sys

from raw import Connection, request

REFUSED = [*range(0x20), 0x7f, ord("."), ord("/"), ord("\\")]


def wanted(byte):
    return (400, None) if byte in REFUSED else (200, b"%02x" % byte)


def ask(port, byte):
    with Connection(port) as connection:
        connection.send(request(f"/%{byte:02x}").replace(b"{port}", str(port).encode()))
        answer = connection.response()
    return answer.status, answer.body if answer.status == 200 else None


def main():
    port, folder = int(sys.argv[1]), os.fsencode(sys.argv[2])
    for byte in range(256):
        if byte not in b"\0/.":
            with open(os.path.join(folder, bytes([byte])), "wb") as file:
                file.write(b"%02x" % byte)
    wrong = 0
    for byte in range(256):
        got = ask(port, byte)
        if got != wanted(byte):
            wrong += 1
            print(f"{byte:#04x}: {got}, not {wanted(byte)}")
    print(f"256 names, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Changes files while slow clients read them. What arrives whole is the version that was announced.

    overwrite.py PORT FOLDER
"""
import os
import sys

from raw import Connection, request

SIZE = 24_000_000  # more than the buffers of a connection hold


def write_over(path):
    with open(path, "r+b") as file:
        file.write(b"b" * SIZE)


def grow(path):
    with open(path, "ab") as file:
        file.write(b"b" * 1000)


def replace(path):
    with open(path + ".new", "wb") as file:
        file.write(b"b" * SIZE)
    os.rename(path + ".new", path)


def ask(port, path, change):
    """The body that a client gets who sees the head before the change, or None where it ended too early."""
    with Connection(port) as connection:
        connection.send(request("/" + os.path.basename(path), host="localhost"))
        connection.fill()
        change(path)
        try:
            return connection.response().body
        except EOFError:
            return None


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    wrong = 0
    for change, arrives in [(write_over, False), (grow, True), (replace, True)]:
        path = os.path.join(folder, change.__name__ + ".bin")
        with open(path, "wb") as file:
            file.write(b"a" * SIZE)
        body = ask(port, path, change)
        if body != (b"a" * SIZE if arrives else None):
            wrong += 1
            print(f"{change.__name__}: got {body and len(body)} bytes, {body and body.count(b'b')} of them new")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()

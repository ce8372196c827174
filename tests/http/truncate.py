#!/usr/bin/env python3
"""Cuts a file while it is being sent: the announced length can't be met, so the
connection must end.

    truncate.py PORT FILE [FIELD]...
"""
import os
import sys

from raw import Connection, request


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    size = os.path.getsize(path)
    with Connection(port) as connection:
        connection.send(request("/" + os.path.basename(path), *sys.argv[3:]).replace(b"{port}", str(port).encode()))
        while b"\r\n\r\n" not in connection.input:
            connection.fill()
        os.truncate(path, 0)
        received = len(connection.take_rest())
    print(f"{received} of {size} bytes")
    sys.exit(received >= size)


if __name__ == "__main__":
    main()

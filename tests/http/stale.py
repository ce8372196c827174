#!/usr/bin/env python3
"""Rewrites a file right after it was served, with its size and modification
time as before, and counts the answers that are not what the file holds.

    stale.py PORT FOLDER
"""
import os
import sys

from raw import Connection, request

ROUNDS = 300


def overwrite(path, data, stat):
    with open(path, "r+b") as file:
        file.write(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def replace(path, data, stat):
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.utime(path + ".new", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    os.rename(path + ".new", path)


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    path = folder + "/changing.txt"
    ask = request("/changing.txt").replace(b"{port}", str(port).encode())
    with open(path, "wb") as file:
        file.write(b"%08d" % 0)
    before = os.stat(path)
    stale = count = 0
    tags = set()
    with Connection(port) as connection:
        for change in overwrite, replace:
            for _ in range(ROUNDS):
                count += 1
                data = b"%08d" % count
                change(path, data, before)
                for _ in range(2):
                    connection.send(ask)
                    answer = connection.response()
                    stale += answer.status != 200 or answer.body != data
                    tags.add(answer.get("ETag"))
    print(f"{count} rewrites, {stale} stale")
    sys.exit(stale > 0 or len(tags) != count)


if __name__ == "__main__":
    main()

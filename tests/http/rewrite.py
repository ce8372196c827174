#!/usr/bin/env python3
"""Rewrites files in place, again and again, while they are served. What is said
to be a version must be that version's bytes, to the last one, or be cut short.

    rewrite.py PORT FOLDER
"""
import os
import random
import subprocess
import sys
import threading
import time

from raw import Connection, request

# Kept in memory, digested at once, digested by a job: site/file.h.
SIZES = [300_000, 2_000_000, 6_000_000]
ROUNDS = 60


def digest(body):
    return subprocess.run(["xxhsum", "-H2", "-"], input=body, capture_output=True, check=True).stdout.split()[0].decode()


class Writer(threading.Thread):
    def __init__(self, path, size):
        super().__init__(daemon=True)
        self.path = path
        self.size = size
        self.is_over = False
        self.write(0)

    def write(self, number):
        piece = os.urandom(16) + number.to_bytes(8, "big")
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.write(piece * (self.size // len(piece)))

    def run(self):
        number = 0
        while not self.is_over:
            number += 1
            self.write(number)
            # From "changes all the time" to "rests for longer than a file system's clock ticks".
            time.sleep(random.choice([0, 0.005, 0.03, 0.08]))


def ask(port, target):
    """The answer, or None where the connection ended before the announced length."""
    with Connection(port) as connection:
        connection.send(request(target, host="localhost"))
        try:
            return connection.response()
        except EOFError:
            return None


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    checked = wrong = 0
    for size in SIZES:
        name = f"/rewritten-{size}.bin"
        writer = Writer(folder + name, size)
        writer.start()
        for _ in range(ROUNDS):
            plain = ask(port, name)
            tag = (plain.get("ETag") if plain else None) or '""'
            if plain and size == SIZES[0] and tag.startswith('"'):
                checked += 1
                wrong += digest(plain.body) != tag.strip('"')
            versioned = ask(port, f"{name}?v={tag.strip(chr(34))[:16]}")
            if versioned and "immutable" in versioned.get("Cache-Control"):
                checked += 1
                wrong += digest(versioned.body)[:16] != tag.strip('"')[:16]
        writer.is_over = True
        writer.join()
    print(f"{checked} checked, {wrong} wrong")
    sys.exit(wrong > 0 or checked < ROUNDS)


if __name__ == "__main__":
    main()

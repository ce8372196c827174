#!/usr/bin/env python3
"""Sends the requests of the wire_*.py tables with random faults in them, and holds the server to what it owes to anybody.

    mutate.py PORT COUNT SEED

Each connection carries one to three of them and then ends what it sends: it must be answered or closed in time, by
nothing but HTTP, and without a byte of what is hidden. One line for each that went wrong, then "N connections, N wrong".
"""
import glob
import os
import random
import runpy
import socket
import sys

sys.dont_write_bytecode = True

from wire_site import HIDDEN, SECRET

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT_S = 20
SEED_MAX_BYTES = 20_000
PIECES = [b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"%", b"%00", b"/", b"..", b"//", b"?", b"#", b"\xff", b",", b";",
          b'"', b"0", b"9" * 20, b"HTTP/1.1", b"HTTP/1.0", b"GET ", b"HEAD ", b"Content-Length: 5\r\n",
          b"Transfer-Encoding: chunked\r\n", b"Range: bytes=0-0,5-5\r\n", b"Host: x\r\n", b"Connection: close\r\n",
          b"Connection: keep-alive\r\n", b"Expect: 100-continue\r\n", b"If-None-Match: *\r\n", b"Accept: text/html\r\n",
          b"Accept-Encoding: gzip, br\r\n"]


def seeds():
    """The requests of all rows."""
    for path in sorted(glob.glob(f"{HERE}/wire_*.py")):
        for table in runpy.run_path(path).values():
            for one in table if isinstance(table, list) else []:
                if isinstance(one, dict) and len(one.get("request", bytes(SEED_MAX_BYTES))) < SEED_MAX_BYTES:
                    yield one["request"]


def mutate(chance, data):
    data = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 6])):
        at, kind = chance.randrange(len(data) + 1), chance.randrange(6)
        if kind == 0:
            del data[at:at + chance.choice([1, 1, 2, 5, 20])]
        elif kind == 1:
            data[at:at] = chance.choice(PIECES)
        elif kind == 2:
            data[at:at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            start = chance.randrange(len(data) + 1)
            data[at:at] = data[start:start + chance.choice([1, 5, 30])]
        elif kind == 4:
            data[at:at] = chance.choice(PIECES) * chance.choice([2, 10, 100])
        elif chance.random() < 0.2:
            del data[at:]
    return bytes(data)


def answers(port, data, cut):
    """All that comes back, and whether it came to an end."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as client:
        try:
            client.sendall(data[:cut])
            client.sendall(data[cut:])
            client.shutdown(socket.SHUT_WR)
            while more := client.recv(1 << 20):
                got += more
        except TimeoutError:
            return got, False
        except OSError:
            pass
    return got, True


def faults(got, has_ended):
    if not has_ended:
        yield "stays open"
    if got and not got.startswith(b"HTTP/1.1 "):
        yield f"got {got[:80]!r}"
    if SECRET in got or HIDDEN in got:
        yield "got what is hidden"


def main():
    port, count, chance = int(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3])
    pool = [seed.replace(b"{port}", str(port).encode()) for seed in seeds()]
    wrong = 0
    for _ in range(count):
        data = b"".join(mutate(chance, chance.choice(pool)) for _ in range(chance.choice([1, 1, 2, 3])))
        cut = chance.randrange(len(data) + 1) if chance.random() < 0.2 else len(data)
        found = list(faults(*answers(port, data, cut)))
        wrong += bool(found)
        for fault in found:
            print(f"{data[:500]!r}: {fault}")
    print(f"{count} connections, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()

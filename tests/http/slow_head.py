#!/usr/bin/env python3
"""Sends a head so slowly that it never ends, a byte every half second, and waits
to be cut off: the deadline of 10 s is for the whole head, not for each byte.

    slow_head.py PORT
"""
import select
import sys
import time

from raw import Connection

DEADLINE_S = 10
SLACK_S = 5


def main():
    start = time.monotonic()
    with Connection(int(sys.argv[1])) as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        while not connection.ended and time.monotonic() < start + DEADLINE_S + SLACK_S:
            if select.select([connection.socket], [], [], 0.5)[0]:
                connection.fill()
            else:
                connection.send(b"y")
    took_s = time.monotonic() - start
    print(f"cut off after {took_s:.1f} s with {connection.input[:60]!r}")
    sys.exit(not connection.ended or not DEADLINE_S - 1 <= took_s <= DEADLINE_S + SLACK_S)


if __name__ == "__main__":
    main()

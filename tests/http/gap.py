#!/usr/bin/env python3
"""Saves a file as editors do that move the old one away before they put the new
one in its place, and asks for it in between.

    gap.py PORT FILE TARGET
"""
import os
import sys
import time

from raw import Connection, request

ROUNDS = 20
GAP_S = 0.01
# A round in which this program itself was held up for so long says nothing.
LATE_S = 0.1


def main():
    port, path, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    done = wrong = 0
    with Connection(port) as connection:
        for number in range(ROUNDS * 5):
            ask = request(target, host="localhost")
            connection.send(ask)
            connection.response()
            with open(path + ".new", "w") as file:
                file.write(f"save {number}")
            start = time.monotonic()
            os.rename(path, path + ".old")
            connection.send(ask)
            time.sleep(GAP_S)
            os.rename(path + ".new", path)
            held_up = time.monotonic() - start > LATE_S
            answer = connection.response()
            if held_up:
                continue
            done += 1
            if answer.status != 200 or answer.body != f"save {number}".encode():
                wrong += 1
                print(f"save {number}: {answer}")
            if done == ROUNDS:
                break
    print(f"{done} saves, {wrong} wrong")
    sys.exit(wrong > 0 or done < ROUNDS)


if __name__ == "__main__":
    main()

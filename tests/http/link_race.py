#!/usr/bin/env python3
"""Puts a link that leads out of the site in the place of a file, and of a folder,
over and over, while both are asked for. No byte from outside may ever come.

    link_race.py PORT FOLDER PREFIX SUFFIX SECRET-FOLDER REQUESTS

The site's names are FOLDER/race.SUFFIX and FOLDER/race/file.SUFFIX, their URLs
PREFIX/race.SUFFIX and PREFIX/race/file.SUFFIX.
"""
import collections
import os
import sys
import threading

from raw import Connection, request


class Swapper(threading.Thread):
    """Renames, so that each name always is something."""

    def __init__(self, folder, suffix, outside):
        super().__init__(daemon=True)
        self.name_of_file = f"{folder}/race{suffix}"
        self.folder = f"{folder}/race"
        self.outside = outside
        self.suffix = suffix
        self.swaps = 0
        self.is_over = False

    def write(self, path):
        with open(path, "w") as file:
            file.write("inside")

    def swap_file(self, aside):
        os.symlink(f"{self.outside}/file{self.suffix}", aside)
        os.rename(aside, self.name_of_file)
        self.write(aside)
        os.rename(aside, self.name_of_file)

    def swap_folder(self, aside):
        os.rename(self.folder, aside)
        os.symlink(self.outside, self.folder)
        os.unlink(self.folder)
        os.rename(aside, self.folder)

    def run(self):
        while not self.is_over:
            self.swap_file(self.outside + "/.aside")
            self.swap_folder(self.outside + "/.folder")
            self.swaps += 1


def main():
    port, folder, prefix, suffix, outside, count = sys.argv[1:]
    os.makedirs(f"{folder}/race")
    swapper = Swapper(folder, suffix, outside)
    swapper.write(f"{folder}/race{suffix}")
    swapper.write(f"{folder}/race/file{suffix}")
    swapper.start()
    targets = [f"{prefix}/race{suffix}", f"{prefix}/race/file{suffix}"]
    statuses = collections.Counter()
    leaked = 0
    with Connection(int(port)) as connection:
        for number in range(int(count)):
            connection.send(request(targets[number % 2], host="localhost"))
            answer = connection.response()
            statuses[answer.status] += 1
            leaked += b"secret" in answer.body or (answer.status == 200 and b"inside" not in answer.body)
    swapper.is_over = True
    swapper.join()
    print(f"{sum(statuses.values())} requests, {swapper.swaps} swaps, {leaked} leaked, {dict(statuses)}")
    sys.exit(leaked > 0 or swapper.swaps == 0 or not statuses[200] or len(statuses) < 2)


if __name__ == "__main__":
    main()

"""The files of the site that a test made, $SITE, as an independent program sees them."""
import os
import subprocess

SITE = os.environ["SITE"]


def content(name):
    with open(f"{SITE}/{name}", "rb") as file:
        return file.read()


def digest(name):
    """The XXH3-128 of a file."""
    line = subprocess.run(["xxhsum", "-H2", f"{SITE}/{name}"], capture_output=True, text=True, check=True).stdout
    return line.split()[0].rpartition("_")[2]

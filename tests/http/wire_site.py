#!/usr/bin/env python3
"""Makes the folder that the wire_*.py tables ask for: plain files that any server can serve.

    wire_site.py DIRECTORY

Beside DIRECTORY lies a secret that no request may reach.
"""
import os
import sys

SECRET = b"the secret outside"
HIDDEN = b"the hidden file"
TEXT = b"0123456789abcdefghi"
TEXT_MTIME = 1_580_702_706
PATTERN = bytes((i * 7 + (i >> 8)) & 255 for i in range(300_000))

FILES = {
    "index.html": b"<p>root</p>\n",
    "a.txt": TEXT,
    "empty.txt": b"",
    "pattern.bin": PATTERN,
    "dir/index.html": b"<p>dir</p>\n",
    "dir/deep/b.txt": b"deep",
    "odd? name/index.html": b"odd",
    "with space.txt": b"space",
    "a+b.txt": b"plus",
    "100%.txt": b"percent",
    "what?.txt": b"question",
    "#hash.txt": b"hash",
    "semi;colon.txt": b"semicolon",
    "quote'\".txt": b"quotes",
    "\u00fc.txt": b"umlaut",
    "tilde~x.txt": b"tilde",
    "a..b.txt": b"dots",
    "...txt": HIDDEN,
    ".env": HIDDEN,
    ".git/config": HIDDEN,
    ".htaccess": HIDDEN,
    "dir/.hidden": HIDDEN,
    "a.txt~": HIDDEN,
}


def main():
    root = os.path.abspath(sys.argv[1])
    for name, content in FILES.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    for name in ["a.txt", "pattern.bin"]:
        os.utime(os.path.join(root, name), (TEXT_MTIME, TEXT_MTIME))
    with open(os.path.join(os.path.dirname(root), "secret.txt"), "wb") as file:
        file.write(SECRET)
    os.symlink("../secret.txt", os.path.join(root, "outside.txt"))
    os.symlink("..", os.path.join(root, "up"))
    os.symlink("a.txt", os.path.join(root, "inside.txt"))
    os.mkfifo(os.path.join(root, "fifo"))


if __name__ == "__main__":
    main()

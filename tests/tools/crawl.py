#!/usr/bin/env python3
"""Follows every link of a folder of pages, asks for every file that no link names,
and compares each answer with the file.

    crawl.py PORT FOLDER [--browser]

A link whose file isn't there must be 404. With --browser the pages are asked
for as a browser asks: the reload client may then be in them, and without its
one element they must be the file again.

One line for each thing that is wrong, then the counts. Exit status 0 if
nothing was wrong and something was looked at.
"""
import argparse
import collections
import html
import http.client
import os
import re
import sys
import urllib.parse

LINK = re.compile(rb"<(?:a|link|img|script)\b[^<>]*?\b(?:href|src)\s*=\s*[\"']([^\"'<>]*)[\"']")
CLIENT = re.compile(rb"<script\b[^>]*\bsrc=\"/_eddy/client\.js[^>]*></script>")
NAVIGATION = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode": "navigate",
              "Sec-Fetch-Dest": "document"}
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".xml": None, ".inv": None,
         ".js": "text/javascript; charset=utf-8", ".png": "image/png", ".svg": "image/svg+xml; charset=utf-8",
         ".txt": "text/plain; charset=utf-8", ".json": "application/json; charset=utf-8", ".gz": "application/gzip",
         ".py": "text/x-python; charset=utf-8"}


class Crawl:
    def __init__(self, port, folder, browser):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.folder = folder
        self.browser = browser
        self.pages = self.files = self.links = self.dangling = 0
        self.wrong = []

    def get(self, path, is_page):
        self.connection.request("GET", path, headers=NAVIGATION if self.browser and is_page else {})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def file_of(self, path):
        name = os.path.join(self.folder, urllib.parse.unquote(path).lstrip("/"))
        if path.endswith("/"):
            name += "index.html"
        return name if os.path.isfile(name) and "/." not in path else None

    def faults(self, path, name, answer, body):
        if name is None:
            if answer.status != 404:
                yield f"status {answer.status} for what isn't there"
            return
        if answer.status != 200:
            yield f"status {answer.status}"
            return
        with open(name, "rb") as file:
            expected = file.read()
        extension = os.path.splitext(name)[1]
        wanted = TYPES.get(extension, "application/octet-stream")
        if wanted and answer.headers["Content-Type"] != wanted:
            yield f"type {answer.headers['Content-Type']}, not {wanted}"
        if self.browser and extension == ".html":
            body, count = CLIENT.subn(b"", body)
            if count != 1:
                yield f"the reload client is there {count} times"
        if body != expected:
            yield f"{len(body)} bytes differ from the file's {len(expected)}"

    def visit(self, path):
        """Checks one URL; returns those that it names, if it is a page."""
        name = self.file_of(path)
        is_page = name is not None and name.endswith(".html")
        answer, body = self.get(path, is_page)
        self.wrong += [f"{path}: {fault}" for fault in self.faults(path, name, answer, body)]
        self.pages += is_page
        self.files += name is not None and not is_page
        self.dangling += name is None
        return self.links_of(path, body) if is_page else []

    def links_of(self, path, body):
        """The paths that a page names on this server."""
        named = collections.Counter(link.partition(b"#")[0] for link in LINK.findall(body))
        del named[b""]
        for link, count in named.items():
            target = urllib.parse.urlsplit(urllib.parse.urljoin(path, html.unescape(link.decode())))
            if not target.scheme and not target.netloc and not target.path.startswith("/_eddy/"):
                self.links += count
                yield target.path

    def all_files(self):
        for folder, _, names in os.walk(self.folder):
            for name in names:
                yield "/" + urllib.parse.quote(os.path.relpath(os.path.join(folder, name), self.folder))

    def run(self):
        queue = [*self.all_files(), "/"]
        seen = set(queue)
        while queue:
            for path in self.visit(queue.pop()):
                if path not in seen:
                    seen.add(path)
                    queue.append(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    crawl = Crawl(options.port, options.folder, options.browser)
    crawl.run()
    print(f"{crawl.pages} pages, {crawl.files} files, {crawl.links} links, {len(crawl.wrong)} wrong,"
          f" {crawl.dangling} to what isn't there")
    print("\n".join(crawl.wrong[:50]))
    sys.exit(bool(crawl.wrong) or not crawl.pages)


if __name__ == "__main__":
    main()

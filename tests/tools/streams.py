#!/usr/bin/env python3
"""Opens many reload streams, and has the server tell them something twice.

    streams.py PORT COUNT PID

PID is the server's, which reloads all browsers on SIGUSR1. Exit status 0 if
every stream was told the same two events, and nothing between them.
"""
import os
import re
import resource
import signal
import socket
import sys

TIMEOUT_S = 30


class Stream:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.sendall(f"GET /_eddy/events HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        self.text = ""
        self.read_events(1)

    def read_events(self, count):
        """Reads until so many events have come whole, of which hello is the first; returns their names and ids."""
        event = re.compile(r"id: (\S+)\nevent: (\w+)\ndata: .*\n\n")
        while len(event.findall(self.text)) < count:
            data = self.socket.recv(65536)
            if not data:
                sys.exit("a stream has ended")
            self.text += data.decode()
        return event.findall(self.text)


def main():
    port, count, pid = map(int, sys.argv[1:])
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))
    streams = [Stream(port) for _ in range(count)]
    for seen in 2, 3:
        os.kill(pid, signal.SIGUSR1)
        told = {tuple(stream.read_events(seen)) for stream in streams}
        if len(told) != 1:
            sys.exit(f"the streams were told {told}")
    events = told.pop()
    print(*(name for _, name in events))
    sequence = [int(number.rpartition("-")[2]) for number, _ in events]
    if sequence != [0, 1, 2]:
        sys.exit(f"the numbers are {sequence}")


if __name__ == "__main__":
    main()

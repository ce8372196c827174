#!/usr/bin/env python3
"""Kills one of two workers while connections to both are busy.

    kill_worker.py MASTER-PID URL

Which worker holds a connection is what the kernel says of the socket's owner.
Prints how many of the other worker's connections failed, and how many workers
there are in the end.
"""
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse

from churn import workers

CONNECTIONS = 20
CONNECTIONS_MAX = 200
SHARE = 3
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ESTABLISHED = "01"
AFTER_S = 1.0
DEADLINE_S = 30


def sockets_of(pid):
    """The inodes of the sockets that a process has open."""
    inodes = set()
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            name = os.readlink(f"/proc/{pid}/fd/{descriptor}")
        except FileNotFoundError:
            continue
        if name.startswith("socket:["):
            inodes.add(name[8:-1])
    return inodes


def server_inodes(port):
    """The inodes of the server's ends of the open connections, by the port of the client."""
    inodes = {}
    with open("/proc/net/tcp") as file:
        for line in list(file)[1:]:
            words = line.split()
            if int(words[1].split(":")[1], 16) == port and words[3] == ESTABLISHED:
                inodes[int(words[2].split(":")[1], 16)] = words[9]
    return inodes


class Client(threading.Thread):
    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        self.port = self.socket.getsockname()[1]
        self.leave = threading.Event()
        self.requests = 0
        self.failed = False
        self.exchange()

    def exchange(self):
        self.socket.sendall(REQUEST)
        answer = b""
        while not answer.endswith(b"</p>\n"):
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("closed")
            answer += data
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError(answer)
        self.requests += 1

    def run(self):
        try:
            while not self.leave.is_set():
                self.exchange()
        except OSError:
            self.failed = True


def held_by(pids, port, clients):
    """The clients of each worker."""
    inodes = server_inodes(port)
    held = {pid: sockets_of(pid) for pid in pids}
    return {pid: [client for client in clients if inodes[client.port] in held[pid]] for pid in pids}


def connect(pids, port):
    """Connects until each worker has a few busy clients; which one accepts is up to the kernel."""
    clients = []
    while True:
        for _ in range(CONNECTIONS):
            clients.append(Client(port))
            clients[-1].start()
        shares = held_by(pids, port, clients)
        if min(map(len, shares.values())) >= SHARE:
            return clients, shares
        if len(clients) >= CONNECTIONS_MAX:
            sys.exit("one worker gets no connections")


def main():
    master, port = int(sys.argv[1]), urllib.parse.urlsplit(sys.argv[2]).port
    first = workers(master)
    clients, shares = connect(first, port)
    victim = max(first, key=lambda pid: len(shares[pid]))
    others = [client for client in clients if client not in shares[victim]]
    os.kill(victim, signal.SIGKILL)
    time.sleep(AFTER_S)
    end_s = time.monotonic() + DEADLINE_S
    while len(workers(master)) != 2 and time.monotonic() < end_s:
        time.sleep(0.01)
    for client in clients:
        client.leave.set()
    for client in clients:
        client.join()
    print(f"connections: {len(clients)}, of the other worker: {len(others)}")
    print(f"requests of the other worker: {sum(client.requests for client in others)}")
    print(f"connections of the other worker: {sum(client.failed for client in others)} failed")
    print(f"workers: {len(workers(master))}")
    survivor = first - {victim}
    sys.exit(not survivor <= workers(master) or len(first) != 2)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Connects many clients at a time to a server that hasn't descriptors for all of them.

    crowd.py PORT COUNT

Each sends a request, and keeps its connection. Prints how many were answered. Then as many leave half a head
behind, and one more is to be answered as they are given up.
"""
import socket
import sys

from raw import Server, request

TIMEOUT_S = 20


def connect(server, data):
    connection = server.connect()
    connection.socket.settimeout(TIMEOUT_S)
    connection.send(data)
    return connection


def main():
    server, count = Server(int(sys.argv[1]), "eddy"), int(sys.argv[2])
    good = server.fill_in(request("/"))
    clients = [connect(server, good) for _ in range(count)]
    answers = [client.response() for client in clients]
    print(f"{sum(answer is not None and answer.status == 200 for answer in answers)} answered")
    for client in clients:
        client.socket.close()
    clients = [connect(server, b"GET / HT") for _ in range(count)]
    with connect(server, good) as late:
        print(f"then {late.response().status}")
    for client in clients:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.socket.close()


if __name__ == "__main__":
    main()

"""How long a server bears with a client: eddy with --head-timeout 1 --idle-timeout 2 --write-timeout 1."""
import select
import socket
import time

from raw import request, scenario

PAST_S = 3
LATEST_S = 20
HEAD_S, IDLE_S, WRITE_S = 1, 2, 1
LARGE = "/large.bin"


def ends(connection, start, after_s):
    """Waits for the end of the connection; yields what is wrong with its time."""
    connection.take_rest()
    took_s = time.monotonic() - start
    if not after_s * 0.9 <= took_s <= after_s + LATEST_S:
        yield f"ended after {took_s:.1f} s, not {after_s}"


def slow_head(server):
    """A byte now and then is no excuse: the deadline is for the whole head."""
    start = time.monotonic()
    with server.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        while not connection.ended and time.monotonic() < start + HEAD_S + LATEST_S:
            if select.select([connection.socket], [], [], 0.1)[0]:
                connection.fill()
            else:
                connection.send(b"y")
        if connection.input:
            yield f"got {connection.input[:80]!r}"
        yield from ends(connection, start, HEAD_S)


def idle(server):
    with server.connect() as connection:
        start = time.monotonic()
        connection.send(server.fill_in(request("/")))
        connection.response()
        yield from ends(connection, start, IDLE_S)


def idle_in_between(server):
    """A pause that is shorter ends nothing."""
    with server.connect() as connection:
        for _ in range(6):
            connection.send(server.fill_in(request("/")))
            response = connection.response()
            if response is None or response.status != 200:
                yield f"got {response}"
            time.sleep(IDLE_S / 5)


def ask_for_large(server):
    connection = server.connect()
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.send(server.fill_in(request(LARGE)))
    return connection


def takes_nothing(server):
    with ask_for_large(server) as connection:
        connection.fill()
        time.sleep(WRITE_S + PAST_S)
        try:
            connection.response()
            yield "got all of it"
        except EOFError:
            pass


def takes_little(server):
    """As long as it takes some, it gets all, longer than any deadline."""
    start = time.monotonic()
    with ask_for_large(server) as connection:
        while time.monotonic() < start + IDLE_S + PAST_S:
            connection.input += connection.socket.recv(65536)
            time.sleep(0.05)
        response = connection.response()
        if response is None or response.status != 200:
            yield f"got {response}"


ROWS = [
    scenario("a head that never ends", slow_head),
    scenario("a client that is silent behind its answer", idle),
    scenario("a client that comes back in time", idle_in_between),
    scenario("a client that takes nothing of its answer", takes_nothing),
    scenario("a client that takes little of its answer", takes_little),
]

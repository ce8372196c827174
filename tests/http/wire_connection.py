"""Connections: RFC 9112 §9. What takes more than a request and its answer, in order or out of it."""
import re
import socket
import struct
import time

from raw import request, scenario
from wire_site import PATTERN, TEXT

GOOD = "/a.txt"


def send(connection, server, *parts):
    connection.send(server.fill_in(b"".join(parts)))


def expect(connection, status, body=None, method="GET"):
    """The next response; yields what is wrong with it."""
    response = connection.response(method)
    if response is None:
        yield f"no answer, where {status} was due"
    elif response.status not in (status if isinstance(status, set) else {status}):
        yield f"{response.status}, where {status} was due"
    elif body is not None and response.body != body:
        yield f"the body {response.body[:80]!r}, where {body[:80]!r} was due"


def expect_end(connection):
    rest = connection.take_rest()
    if rest:
        yield f"{rest[:80]!r}, where the end was due"


def pipelined(count, *targets):
    def play(server):
        with server.connect() as connection:
            send(connection, server, *[request(targets[i % len(targets)][0]) for i in range(count)])
            for i in range(count):
                yield from expect(connection, *targets[i % len(targets)][1:])
    return play


def one_by_one(server):
    with server.connect() as connection:
        for _ in range(20):
            send(connection, server, request(GOOD))
            yield from expect(connection, 200, TEXT)


def every_kind(server):
    """Errors of a resource don't end the connection, nor do answers without a body."""
    with server.connect() as connection:
        send(connection, server, request("/nothing"), request(GOOD, method="HEAD"), request(GOOD, "If-None-Match: *"),
             request(GOOD, "Range: bytes=99-"), request("/dir"), request(GOOD, "Range: bytes=0-1"), request(GOOD))
        yield from expect(connection, 404)
        yield from expect(connection, 200, b"", "HEAD")
        yield from expect(connection, 304, b"")
        yield from expect(connection, 416)
        yield from expect(connection, {301, 308})
        yield from expect(connection, 206, b"01")
        yield from expect(connection, 200, TEXT)


def closing(*fields):
    """The last answer says so, and what was sent behind it is never answered (RFC 9112 §9.6)."""
    def play(server):
        with server.connect() as connection:
            send(connection, server, request(GOOD), request(GOOD, *fields), request(GOOD))
            yield from expect(connection, 200, TEXT)
            response = connection.response()
            if response is None or response.body != TEXT:
                yield f"got {response}"
            elif "close" not in (response.get("Connection") or "").lower():
                yield f"Connection: {response.get('Connection')}"
            yield from expect_end(connection)
    return play


def old_version(fields, stays):
    def play(server):
        good = b"GET /a.txt HTTP/1.0\r\nHost: localhost\r\n" + fields + b"\r\n"
        with server.connect() as connection:
            send(connection, server, good)
            response = connection.response()
            if response is None or response.body != TEXT:
                yield f"got {response}"
                return
            says = (response.get("Connection") or "").lower()
            if "chunked" in (response.get("Transfer-Encoding") or ""):
                yield "chunks for HTTP/1.0"
            if stays and says == "keep-alive":
                send(connection, server, good)
                yield from expect(connection, 200, TEXT)
            else:
                yield from expect_end(connection)
    return play


def byte_by_byte(server):
    with server.connect() as connection:
        for _ in range(2):
            connection.send_byte_by_byte(server.fill_in(request(GOOD)))
            yield from expect(connection, 200, TEXT)


def split_at_every_byte(server):
    data = server.fill_in(request(GOOD))
    for at in range(1, len(data), 7):
        with server.connect() as connection:
            connection.send(data[:at])
            time.sleep(0.002)
            connection.send(data[at:])
            yield from expect(connection, 200, TEXT)


def never_answered(data, statuses):
    """It gets a refusal or the end of the connection, and no file."""
    def play(server):
        with server.connect() as connection:
            connection.send(data)
            connection.socket.shutdown(socket.SHUT_WR)
            got = connection.take_rest()
            match = re.match(rb"HTTP/1\.1 (\d{3}) ", got)
            if got and not (match and int(match[1]) in statuses):
                yield f"got {got[:80]!r}"
            if TEXT in got or b"<p>root" in got:
                yield "got a file"
            if got.count(b"HTTP/1.1 ") > 1:
                yield f"got several answers: {got!r:.300}"
    return play


def nothing_sent(server):
    """A client that comes and goes."""
    for _ in range(20):
        with server.connect():
            pass
    yield from ()


def leaves(data, reset):
    """A client that doesn't wait for its answer; reset: it ends the connection rudely."""
    def play(server):
        for _ in range(10):
            with server.connect() as connection:
                send(connection, server, data)
                if reset:
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        yield from ()
    return play


def half_closed(path, body, count=1):
    """A client that has said all is still answered, and then the connection ends (RFC 9112 §9.6)."""
    def play(server):
        with server.connect() as connection:
            send(connection, server, request(path) * count)
            connection.socket.shutdown(socket.SHUT_WR)
            for _ in range(count):
                yield from expect(connection, 200, body)
            yield from expect_end(connection)
    return play


def half_closed_behind(first, rest):
    """What is no whole request any more is not waited for, whenever it is seen that no more comes."""
    def play(server):
        for pause_s in [0, 0.0005, 0.002, 0.02]:
            with server.connect() as connection:
                send(connection, server, request(first), rest)
                time.sleep(pause_s)
                connection.socket.shutdown(socket.SHUT_WR)
                connection.response()
                connection.take_rest()
        yield from ()
    return play


def slow_reader(server):
    """Gets all of it, however slowly it takes it, while others are answered."""
    with server.connect() as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        send(connection, server, request("/pattern.bin", "Connection: close"))
        got = b""
        for _ in range(10):
            got += connection.socket.recv(1024)
            time.sleep(0.01)
        yield from server.faults()
        connection.input += got
        yield from expect(connection, 200, PATTERN)


def unread_pipeline(server):
    """Hundreds of answers that nobody reads yet: no loss, no mix."""
    with server.connect() as connection:
        send(connection, server, request("/pattern.bin") * 100)
        yield from server.faults()
        for _ in range(100):
            yield from expect(connection, 200, PATTERN)


def slow_body(server):
    """A refused upload is told so at once, however slowly it goes on."""
    with server.connect() as connection:
        send(connection, server, request("/a.txt", "Content-Length: 100000", method="POST"))
        connection.send(b"x")
        yield from expect(connection, {405, 413})


def many_at_once(server):
    """200 clients that have sent half a head each, and one that has sent it all."""
    idle = [server.connect() for _ in range(200)]
    for connection in idle:
        connection.send(b"GET / HT")
    yield from server.faults()
    for connection in idle:
        connection.send(server.fill_in(b"TP/1.1\r\nHost: localhost\r\n\r\n"))
    for connection in idle:
        yield from expect(connection, 200)
        connection.socket.close()


TLS_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(32)) + bytes(160)

PERSISTENT = [
    scenario("20 requests on a connection, one by one", one_by_one),
    scenario("100 pipelined", pipelined(100, (GOOD, 200, TEXT))),
    scenario("100 pipelined are answered in their order",
             pipelined(100, (GOOD, 200, TEXT), ("/", 200, b"<p>root</p>\n"), ("/nothing", 404), ("/dir/", 200, b"<p>dir</p>\n"))),
    scenario("30 pipelined large ones", pipelined(30, ("/pattern.bin", 200, PATTERN))),
    scenario("answers of every kind keep the connection", every_kind),
    scenario("Connection: close", closing("Connection: close")),
    scenario("Connection: Close", closing("Connection: Close")),
    scenario("Connection: keep-alive, close", closing("Connection: keep-alive, close")),
    scenario("Connection: close in a second field", closing("Connection: x", "Connection: close")),
    scenario("HTTP/1.0 ends the connection", old_version(b"", False)),
    scenario("HTTP/1.0 with keep-alive", old_version(b"Connection: keep-alive\r\n", True)),
    scenario("HTTP/1.0 with close", old_version(b"Connection: close\r\n", False)),
    scenario("byte by byte", byte_by_byte),
    scenario("in two pieces", split_at_every_byte),
    scenario("a client that has said all", half_closed(GOOD, TEXT)),
    scenario("a client that has said all, of a pipeline", half_closed(GOOD, TEXT, 20)),
    scenario("a client that has said all, of large files", half_closed("/pattern.bin", PATTERN, 5)),
    *[scenario(f"a client that has said all but the end of {rest!r:.30}", half_closed_behind(first, rest))
      for first in ["/a.txt", "/nothing"] for rest in [b"GE", b"GET / HT", b"GET / HTTP/1.1\r\nHo", b"\r\n", b"\r"]],
    scenario("answers that nobody reads yet", unread_pipeline),
    scenario("a slow reader", slow_reader),
    scenario("200 half heads", many_at_once),
]

FOREIGN = [
    scenario("HTTP/0.9", never_answered(b"GET /a.txt\r\n", {400, 505})),
    scenario("HTTP/0.9 with an empty line", never_answered(b"GET /a.txt\r\n\r\n", {400, 505})),
    scenario("a TLS hello", never_answered(TLS_HELLO, {400, 405, 505})),
    scenario("a TLS hello of SSL 2", never_answered(bytes.fromhex("802e0100020015000000100100800200800300800400800500") +
                                                  bytes(30), {400, 405, 505})),
    scenario("the preface of HTTP/2", never_answered(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), {400, 405, 505})),
    scenario("SOCKS", never_answered(b"\x05\x01\x00", {400})),
    scenario("random bytes", never_answered(bytes(range(255, 0, -1)) * 4, {400, 405, 431, 505})),
    scenario("10,000 NULs", never_answered(bytes(10_000), {400, 405, 414, 431, 505})),
    scenario("10,000 CRs", never_answered(b"\r" * 10_000, {400, 405, 414, 431, 505})),
    scenario("only line ends", never_answered(b"\r\n" * 2000, {400})),
    scenario("half a request line", never_answered(b"GET /a.txt HT", {400, 408})),
    scenario("half a head", never_answered(b"GET /a.txt HTTP/1.1\r\nHost: local", {400, 408})),
    scenario("a head without its end", never_answered(b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\n", {400, 408})),
]

LEAVING = [
    scenario("a client that says nothing", nothing_sent),
    scenario("a client that leaves half a head", leaves(b"GET / HTTP/1.1\r\nHo", False)),
    scenario("a client that leaves half a head, rudely", leaves(b"GET / HTTP/1.1\r\nHo", True)),
    scenario("a client that doesn't wait", leaves(request("/pattern.bin"), False)),
    scenario("a client that doesn't wait, rudely", leaves(request("/pattern.bin"), True)),
    scenario("a client that leaves its pipeline", leaves(request("/pattern.bin") * 50, False)),
    scenario("a client that leaves its pipeline, rudely", leaves(request("/pattern.bin") * 50, True)),
    scenario("a client that leaves its upload", leaves(request("/", "Content-Length: 1000", method="POST"), True)),
    scenario("a slow body", slow_body),
]

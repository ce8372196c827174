#!/usr/bin/env python3
"""Raw HTTP/1.1 over a socket: what curl is too polite to send.

    raw.py PORT TABLE [--how whole|bytes|behind]... [--table NAME] [--server NAME] [--tls CERT]

TABLE is a Python file whose upper-case lists are tables of rows, made by
row() or scenario(). Each row is sent on a connection of its own: whole, byte by byte, or
pipelined behind 50 good requests. A row that is refused gets its answer, then
the end of the connection, and nothing after it, although a good request
follows on the same connection. After each row another connection is answered.

A server other than eddy is held to what the standards demand, eddy to what it
chose among that.

One line for each row that went wrong, then "N rows, N wrong". Exit status 0 if
all went well.
"""
import argparse
import re
import runpy
import select
import socket
import ssl
import sys
import time

sys.dont_write_bytecode = True

TIMEOUT_S = 20
GOOD_REQUESTS = 50
WAITS = "waits"
# Long enough apart for a server on a busy machine to read most bytes on their own.
BYTE_GAP_S = 0.0002


class Response:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), None)

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:200]!r}"


def request(target, *fields, method="GET", host="localhost:{port}", body=b""):
    """The bytes of a well-formed request; {port} in it stands for the server's port."""
    lines = [f"{method} {target} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    return "\r\n".join([*lines, *fields, "", ""]).encode("utf-8", "surrogateescape") + body


def row(name, request, status, headers=None, body=None, closes=False, *, eddy=None, only=False, check=None):
    """What is sent and what must come back.

    `status` is a number, or a set of them where a standard leaves the choice: the name says
    which section, and `eddy` the one that eddy chose. In `headers` a value is the text
    expected, a compiled pattern, None for a field that must be absent, or a
    set of texts and None.
    `body` is bytes, a pattern, a function that says whether it is right, or None where it doesn't matter;
    `check` is a function that yields what is wrong with a response. `closes` says whether the server
    must end the connection after its answer; None where it may, WAITS where it may wait for the rest of a body
    too. `only` is for what no standard says: other servers are not held to it.

    In `request` and in texts of `headers`, {port}, {etag} and {modified} stand for the
    server's port and the validators of /a.txt.
    """
    return {"name": name, "request": request, "status": status, "headers": headers or {}, "body": body,
            "closes": closes, "eddy": eddy, "only": only, "check": check}


def scenario(name, play, only=False):
    """What takes more than one request and its answer: play(server) yields what went wrong."""
    return {"name": name, "play": play, "only": only}


def refused(name, request):
    return row(name, request, 400, closes=True)


class Connection:
    """A client that never waits for more than TIMEOUT_S and keeps what it read."""

    def __init__(self, port, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.input = bytearray()
        self.ended = False
        self.reset = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends all of it; a server that has closed already is found out by reading."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.reset = True

    def send_byte_by_byte(self, data):
        for position in range(len(data)):
            if self.reset or select.select([self.socket], [], [], 0)[0]:
                break
            self.send(data[position:position + 1])
            time.sleep(BYTE_GAP_S)

    def fill(self):
        """Reads once more. False at the end of the connection."""
        if self.ended:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except (ConnectionResetError, ssl.SSLEOFError):
            self.reset = True
            data = b""
        self.ended = not data
        self.input += data
        return not self.ended

    def take(self, size):
        while len(self.input) < size and self.fill():
            pass
        if len(self.input) < size:
            raise EOFError(f"{len(self.input)} bytes of {size}")
        return self.cut(size)

    def cut(self, size):
        taken = bytes(self.input[:size])
        del self.input[:size]
        return taken

    def take_line(self):
        while b"\r\n" not in self.input and self.fill():
            pass
        end = self.input.find(b"\r\n")
        if end < 0:
            raise EOFError("no line")
        return self.cut(end + 2)[:-2].decode("latin-1")

    def take_chunks(self):
        body = b""
        while size := int(self.take_line().split(";")[0], 16):
            body += self.take(size)
            self.take(2)
        while self.take_line():
            pass
        return body

    def take_rest(self):
        while self.fill():
            pass
        return self.cut(len(self.input))

    def response(self, method="GET"):
        """The next response, or None at the end of the connection. Interim ones are passed over (RFC 9110 §15.2)."""
        if not self.input and not self.fill():
            return None
        response = self.one_response(method)
        return response if response.status >= 200 else self.response(method)

    def one_response(self, method):
        start = self.take_line()
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) [^\r\n]*", start)
        if not match:
            raise ValueError(f"bad status line {start!r}")
        fields = []
        while line := self.take_line():
            name, colon, value = line.partition(":")
            if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise ValueError(f"bad field line {line!r}")
            fields.append((name, value.strip(" \t")))
        response = Response(int(match[1]), fields, b"")
        response.body = self.body_of(response, method)
        return response

    def body_of(self, response, method):
        if method == "HEAD" or response.status in (204, 304) or response.status < 200:
            return b""
        if "chunked" in (response.get("Transfer-Encoding") or ""):
            return self.take_chunks()
        length = response.get("Content-Length")
        return self.take_rest() if length is None else self.take(int(length))


def method_of(data):
    return data.split(b" ", 1)[0].decode("latin-1")


def text_differs(actual, expected):
    if isinstance(expected, set):
        return actual not in expected
    if expected is None or actual is None:
        return actual is not expected
    if isinstance(expected, re.Pattern):
        return not expected.search(actual)
    if callable(expected):
        return not expected(actual)
    return actual != expected


class Server:
    """The server under test, and what rows may say of it."""

    def __init__(self, port, name, tls=None):
        self.port = port
        self.tls = tls
        self.is_eddy = name == "eddy"
        self.words = {"port": str(port), "etag": "", "modified": ""}
        with self.connect() as connection:
            connection.send(self.fill_in(request("/a.txt")))
            response = connection.response()
            connection.send(self.fill_in(request("/")))
            self.root = connection.response().body
        self.words["etag"] = response.get("ETag") or ""
        self.words["modified"] = response.get("Last-Modified") or ""

    def connect(self):
        return Connection(self.port, self.tls)

    def fill_in(self, template):
        """Puts the words into a request or a text."""
        for word, value in self.words.items():
            if isinstance(template, bytes):
                template = template.replace(b"{%s}" % word.encode(), value.encode())
            else:
                template = template.replace("{%s}" % word, value)
        return template

    def wanted(self, row):
        """The statuses that it may answer."""
        if self.is_eddy and row["eddy"] is not None:
            return {row["eddy"]}
        return row["status"] if isinstance(row["status"], set) else {row["status"]}

    def faults(self):
        """Whether it still answers somebody else."""
        try:
            with self.connect() as connection:
                connection.send(self.fill_in(request("/", "Connection: close")))
                response = connection.response()
        except (OSError, EOFError, ValueError) as error:
            response = error
        if not isinstance(response, Response) or response.status != 200:
            yield f"GET / got {response} afterwards"


# What answers of a status must say: RFC 9110 §15.
OWED = {206: ["Content-Type"], 301: ["Location"], 308: ["Location"], 405: ["Allow"], 416: ["Content-Range"]}
HEAD_BYTES = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


def protocol_faults(response):
    """What no answer may lack or say twice: RFC 9110 §6.6.1, §8.6, RFC 9112 §6.1, §6.2."""
    single = ["Date", "Content-Length", "Content-Type", "Content-Range", "ETag", "Last-Modified", "Location", "Server"]
    for name in single:
        if len(response.all(name)) > 1:
            yield f"{name} {len(response.all(name))} times"
    if response.get("Date") is None and response.status < 500:
        yield "no Date"
    length, coding = response.get("Content-Length"), response.get("Transfer-Encoding")
    if length is not None and (coding is not None or not length.isdigit()):
        yield f"the length {length!r} with the coding {coding!r}"
    if response.status in (204, 205) and (coding is not None or (length or "0") != "0"):
        yield f"{response.status} with a body"
    for name, value in response.fields:
        if HEAD_BYTES.search(name + value):
            yield f"control characters in {name}: {value!r}"
    for name in OWED.get(response.status, []):
        if response.get(name) is None:
            yield f"{response.status} without {name}"


def faults_of(response, row, server):
    wanted = server.wanted(row)
    if response is None:
        yield "no answer"
        return
    yield from protocol_faults(response)
    if response.status not in wanted:
        yield f"status {response.status}, not {'/'.join(map(str, sorted(wanted)))}"
    for name, expected in row["headers"].items():
        if isinstance(expected, str):
            expected = server.fill_in(expected)
        values = response.all(name)
        actual = ", ".join(values) if values else None
        if text_differs(actual, expected):
            yield f"{name}: {actual!r}, not {getattr(expected, 'pattern', expected)!r}"
    if row["check"] is not None:
        yield from row["check"](response)
    if row["body"] is not None and text_differs(response.body, row["body"]):
        yield f"body {response.body[:300]!r}, not {row['body']!r}"


def faults_behind(connection):
    for number in range(1, GOOD_REQUESTS + 1):
        good = connection.response()
        if good is None or good.status != 200:
            yield f"good request {number} of {GOOD_REQUESTS} got {good}"
            return


def faults_after(connection, response, row, server):
    if row["closes"] == WAITS:
        return
    if row["closes"]:
        rest = connection.take_rest()
        # libmicrohttpd 0.9.75 sends the head of its own refusals twice.
        if re.search(rb"HTTP/1\.1 (?!4)", rest) or (rest and response.get("Server")):
            yield f"a second answer: {rest[:80]!r}"
    else:
        follower = connection.response()
        if row["closes"] is None and (follower is None or follower.status == 400):
            return
        if follower is None or follower.status != 200 or follower.body != server.root:
            yield f"the request behind it got {follower}"


def row_faults(server, row, how):
    """Sends the row with a good request behind it; yields what went wrong."""
    good = server.fill_in(request("/"))
    data = server.fill_in(row["request"])
    with server.connect() as connection:
        try:
            if how == "bytes":
                connection.send_byte_by_byte(data + good)
            else:
                connection.send((good * GOOD_REQUESTS if how == "behind" else b"") + data + good)
            if how == "behind":
                yield from faults_behind(connection)
            response = connection.response(method_of(data))
            yield from faults_of(response, row, server)
            if response is not None:
                yield from faults_after(connection, response, row, server)
        except TimeoutError:
            yield "the connection stays open" if row["closes"] else "no answer in time"
        except (EOFError, ValueError) as error:
            reset = ", connection reset" if connection.reset else ""
            yield f"{type(error).__name__}: {error}{reset}"


def scenario_faults(server, one):
    try:
        yield from one["play"](server)
    except TimeoutError:
        yield "no answer in time"
    except (OSError, EOFError, ValueError) as error:
        yield f"{type(error).__name__}: {error}"


def faults(server, one, how):
    yield from scenario_faults(server, one) if "play" in one else row_faults(server, one, how)
    yield from server.faults()


def tls_context(path):
    """TLS 1.2: a server sends nothing of its own accord behind its handshake."""
    context = ssl.create_default_context(cafile=path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    parser.add_argument("--how", action="append", choices=["whole", "bytes", "behind"])
    parser.add_argument("--table", default="ROWS")
    parser.add_argument("--server", default="eddy")
    parser.add_argument("--tls", metavar="CERT", help="speak TLS with a server that has this certificate")
    options = parser.parse_args()

    server = Server(options.port, options.server, options.tls and tls_context(options.tls))
    rows = runpy.run_path(options.file)[options.table]
    count = wrong = 0
    for how in options.how or ["whole"]:
        for one in rows:
            if one["only"] and not server.is_eddy:
                continue
            found = list(faults(server, one, how))
            count += 1
            wrong += bool(found)
            for fault in found:
                print(f"{one['name']} ({how}): {fault}")
    print(f"{count} rows, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()

"""What every answer owes: RFC 9110 §6.4, §6.6, §8.6, §9.3.2, §15, RFC 9112 §6.3, §9. The site is wire_site.py's."""
import re

from raw import request, row, scenario
from wire_site import TEXT

DATE = re.compile(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                  r"\d\d:\d\d:\d\d GMT$")
HOST = b"Host: localhost:{port}\r\n"
ALLOW = re.compile(r"^(?=.*\bGET\b)(?=.*\bHEAD\b)[A-Z, ]+$")

# A request for each kind of answer: its name, target, fields, statuses, and what the answer's head must hold.
KINDS = [
    ("a file", "/a.txt", [], {200}, {"Content-Length": str(len(TEXT)), "Last-Modified": DATE, "ETag": re.compile("^\"")}),
    ("an empty file", "/empty.txt", [], {200}, {"Content-Length": "0"}),
    ("a page", "/dir/", [], {200}, {"Content-Type": re.compile("^text/html")}),
    ("what isn't there", "/nothing", [], {404}, {"ETag": None, "Last-Modified": None}),
    ("what is hidden", "/.env", [], {404}, {}),
    ("a redirect", "/dir?x", [], {301, 308}, {"Location": re.compile(r"/dir/\?x$")}),
    ("what has not changed", "/a.txt", ["If-None-Match: {etag}"], {304}, {"ETag": "{etag}"}),
    ("what has not changed, with a length of 0", "/a.txt", ["If-None-Match: {etag}", "Content-Length: 0"], {304}, {}),
    ("a failed precondition", "/a.txt", ['If-Match: "x"'], {412}, {}),
]


def answer(name, target, fields, statuses, headers):
    return row(name, request(target, *fields), statuses, {"Date": DATE, **headers})


def headless(name, target, fields, statuses, headers):
    """The fields of GET but for its body's, and nothing behind them (RFC 9110 §9.3.2)."""
    return row(f"HEAD of {name}", request(target, *fields, method="HEAD"), statuses, {"Date": DATE, **headers})


def old(name, target, fields, statuses, headers):
    """HTTP/1.0: no chunks, and the end of the connection behind it."""
    head = "\r\n".join([f"GET {target} HTTP/1.0", "Host: localhost:{port}", *fields, "", ""]).encode()
    return row(f"HTTP/1.0: {name}", head, statuses, {"Transfer-Encoding": None, **headers}, closes=True)


def raw(name, text, status, headers=None, body=None, closes=None, **more):
    return row(name, text, status, headers, body, closes, **more)


def fine(name, *fields, line=b"GET /a.txt HTTP/1.1", **more):
    return raw(name, line + b"\r\n" + HOST + b"".join(f + b"\r\n" for f in fields) + b"\r\n", 200, {}, TEXT, **more)


def host(value, status, **more):
    return raw(f"Host: {value.decode('latin-1')}", b"GET /a.txt HTTP/1.1\r\nHost: " + value + b"\r\n\r\n", status, **more)


def body_of(method, statuses, *fields, body, **more):
    head = method + b" /a.txt HTTP/1.1\r\n" + HOST + b"".join(f + b"\r\n" for f in fields) + b"\r\n"
    return raw(f"{method.decode()} with {fields[0].decode()}", head + body, statuses, **more)


def alternating(server):
    """Answers with and without bodies, each of its own length, none mixed up with the next."""
    plan = [("GET", "/a.txt", 200, TEXT), ("HEAD", "/pattern.bin", 200, b""), ("GET", "/empty.txt", 200, b""),
            ("HEAD", "/nothing", 404, b""), ("OPTIONS", "/a.txt", {200, 204, 405}, None), ("GET", "/nothing", 404, None),
            ("HEAD", "/dir", {301, 308}, b""), ("GET", "/dir/deep/b.txt", 200, b"deep")] * 25
    with server.connect() as connection:
        connection.send(server.fill_in(b"".join(request(target, method=method) for method, target, _, _ in plan)))
        for method, target, status, body in plan:
            response = connection.response(method)
            statuses = status if isinstance(status, set) else {status}
            if response is None or response.status not in statuses or (body is not None and response.body != body):
                yield f"{method} {target} got {response}"
                return


def lines_before(count):
    """RFC 9112 §2.2 asks for one empty line to be passed over."""
    return raw(f"{count} empty lines before a request", b"\r\n" * count + request("/a.txt"), {200, 400}, closes=None)


ANSWERS = [answer(*kind) for kind in KINDS]
HEADLESS = [headless(*kind) for kind in KINDS]
OLD = [old(*kind) for kind in KINDS]

ODD = [
    *map(lines_before, [2, 3, 10]),
    raw("an empty line between two requests", request("/a.txt") + b"\r\n", 200, {}, TEXT, closes=False),
    raw("HEAD with a range is HEAD (RFC 9110 §14.2)", request("/a.txt", "Range: bytes=0-3", method="HEAD"), {200, 206},
        eddy=200, closes=False),
    raw("HEAD with a range past the end (RFC 9110 §14.2)", request("/a.txt", "Range: bytes=99-", method="HEAD"),
        {200, 416}, eddy=200, closes=False),
    raw("OPTIONS of what isn't there", request("/nothing", method="OPTIONS"), {200, 204, 404, 405}, closes=False),
    raw("OPTIONS * in HTTP/1.0", b"OPTIONS * HTTP/1.0\r\n" + HOST + b"\r\n", {200, 204}, closes=True, only=True),
    raw("OPTIONS with a query", request("/a.txt?x", method="OPTIONS"), {200, 204}, {"Allow": ALLOW}, only=True),
    raw("HEAD *", request("*", method="HEAD"), 400, closes=None),
    body_of(b"OPTIONS", {200, 204, 400, 405, 413}, b"Content-Length: 5", body=b"hello", closes=None),
    body_of(b"OPTIONS", {200, 204, 400, 405, 413}, b"Transfer-Encoding: chunked", body=b"0\r\n\r\n", closes=None),
    body_of(b"HEAD", {200, 400, 413}, b"Transfer-Encoding: chunked", body=b"0\r\n\r\n", closes=None),
    body_of(b"DELETE", {405}, b"Content-Length: 0", body=b"", headers={"Allow": ALLOW}),
    body_of(b"PUT", {405}, b"Content-Length: 0", body=b"", headers={"Allow": ALLOW}),
    body_of(b"PATCH", {405, 501}, b"Content-Length: 3", body=b"GET", closes=None, eddy=405),
    body_of(b"TRACE", {400, 405}, b"Content-Length: 5", body=b"hello", closes=None),
    body_of(b"POST", {405}, b"Content-Length: 0", b"Expect: 100-continue", body=b"", headers={"Allow": ALLOW}),
    raw("Expect in HTTP/1.0 is no expectation (RFC 9110 §10.1.1)",
        b"GET /a.txt HTTP/1.0\r\n" + HOST + b"Expect: 100-continue\r\n\r\n", 200, {}, TEXT, closes=True),
    raw("chunked in HTTP/1.0, in GET (RFC 9112 §6.1)",
        b"GET /a.txt HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {200, 400}, eddy=400, closes=True),
    fine("If-Range without Range (RFC 9110 §13.1.5)", b"If-Range: \"x\""),
    fine("two dates that differ in If-Modified-Since", b"If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
         b"If-Modified-Since: Sun, 02 Jan 2000 00:00:00 GMT"),
    fine("Cache-Control and Pragma of a reload", b"Cache-Control: no-cache", b"Pragma: no-cache"),
    fine("only-if-cached is for caches", b"Cache-Control: max-age=0, only-if-cached"),
    fine("identity refused (RFC 9110 §12.5.3)", b"Accept-Encoding: identity;q=0, gzip;q=0"),
    fine("an empty Accept", b"Accept:"),
    fine("a type that isn't accepted (RFC 9110 §12.4.1)", b"Accept: image/png"),
    fine("a charset that isn't accepted", b"Accept-Charset: ebcdic"),
    fine("Date and From of a client", b"Date: yesterday", b"From: nobody@"),
    fine("Upgrade without Connection", b"Upgrade: TLS/1.0, HTTP/3.0, IRC/6.9, x"),
    fine("Connection: Transfer-Encoding", b"Connection: Transfer-Encoding"),
    fine("Connection: Content-Length", b"Connection: Content-Length", b"Content-Length: 0"),
    fine("Proxy-Connection is no field of ours", b"Proxy-Connection: close"),
    fine("X-Accel-Redirect and X-Sendfile decide nothing", b"X-Accel-Redirect: /.env", b"X-Sendfile: /etc/passwd"),
    fine("Front-End-Https and Client-Ip decide nothing", b"Front-End-Https: on", b"Client-Ip: 127.0.0.1"),
    fine("Origin: null", b"Origin: null"),
    fine("an Origin that is none", b"Origin: javascript:alert(1)"),
    fine("Sec-Fetch garbage", b"Sec-Fetch-Site: ?1", b"Sec-Fetch-Mode: ,", b"Sec-Fetch-Dest: \xff"),
    fine("Sec-Fetch-Site: none", b"Sec-Fetch-Site: none", b"Sec-Fetch-Mode: navigate"),
    fine("Content-Length 0 with blanks", b"Content-Length:  0\t"),
    *[host(value, 200) for value in [b"localhost.", b"LocalHost", b"a.localhost", b"a.b.localhost:1", b"localhost:0",
                                     b"localhost:65535", b"[0:0:0:0:0:0:0:1]", b"[::0001]"]],
    *[host(value, {400, 421}, only=True, closes=None)
      for value in [b"127.1", b"0x7f.1", b"[::ffff:127.0.0.1]", b"[fe80::1%25lo]", b"localhost..", b".localhost",
                    b"..", b"-", b"localhost.com", b"evil.example:localhost", b"xn--localhost", b"*.localhost/", b"*"]],
    raw("two targets by two spaces", b"GET /a.txt /a.txt HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    raw("a query of spaces", b"GET /a.txt?a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    raw("a line end of LF CR", b"GET /a.txt HTTP/1.1\n\r" + HOST + b"\r\n", 400),
    raw("a CR LF LF", b"GET /a.txt HTTP/1.1\r\n" + HOST + b"\r\r\n", 400),
    scenario("200 answers with and without bodies in their order", alternating),
]

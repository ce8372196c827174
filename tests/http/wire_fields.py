"""Header fields: RFC 9110 §5, RFC 9112 §3.2, §5. The site is wire_site.py's."""
from raw import row
from wire_site import TEXT

LINE = b"GET /a.txt HTTP/1.1\r\n"
HOST = b"Host: localhost:{port}\r\n"


def fine(name, *fields, **more):
    return row(name, LINE + HOST + b"".join(field + b"\r\n" for field in fields) + b"\r\n", 200, {}, TEXT, **more)


def bad(name, *fields):
    return row(name, LINE + HOST + b"".join(field + b"\r\n" for field in fields) + b"\r\n", 400, closes=True)


def choice(name, field, statuses=(200, 400), eddy=400, closes=None):
    return row(name, LINE + HOST + field + b"\r\n\r\n", set(statuses), closes=closes, eddy=eddy)


def host(value, status, **more):
    return row(f"Host: {value.decode('latin-1')!s:.60}", LINE + b"Host: " + value + b"\r\n\r\n", status, **more)


def bad_host(value):
    return host(value, 400, closes=True)


NAMES = [
    fine("every character of a token in a name", b"!#$%&'*+-.^_`|~09azAZ: x"),
    fine("a name of one letter", b"x: y"),
    fine("a name of digits", b"123: y"),
    fine("names of any case", b"aCCEPT: */*", b"RANGE-x: y"),
    bad("a space before the colon (RFC 9112 §5.1)", b"X-Y : z"),
    bad("a tab before the colon", b"X-Y\t: z"),
    bad("a space before the colon of the last field", b"Accept: */*", b"X : y"),
    bad("a space inside a name", b"X Y: z"),
    bad("an empty name", b": z"),
    bad("nothing but a colon", b":"),
    bad("a field without a colon", b"X-Y"),
    bad("a bare CR before the colon", b"X\r: y"),
    bad("a bare CR inside a name", b"X\rY: z"),
    bad("NUL inside a name", b"X\0Y: z"),
    bad("a second request line for a field", b"GET /b HTTP/1.1"),
    *[bad(f"{name!r} in a name (RFC 9112 §2.2, §5)", b"X" + name + b"Y: z")
      for name in [b"(", b")", b",", b"/", b";", b"<", b"=", b"@", b"[", b"\\", b"{", b"\"", b"\x01", b"\x7f", b"\xe9"]],
]

VALUES = [
    fine("no value", b"X:"),
    fine("a value of blanks", b"X: \t "),
    fine("no blank behind the colon", b"X:y"),
    fine("blanks around a value", b"X: \t y \t "),
    fine("a tab inside a value", b"X: y\tz"),
    fine("bytes past ASCII in a value (RFC 9110 §5.5)", b"X: \xe9\xff\x80"),
    fine("colons in a value", b"X: a:b::c:"),
    fine("a value that looks like a field", b"X: Host: evil.example"),
    choice("a field folded with a space (RFC 9112 §5.2)", b"X: y\r\n z"),
    choice("a field folded with a tab (RFC 9112 §5.2)", b"X: y\r\n\tz"),
    choice("a fold of nothing (RFC 9112 §5.2)", b"X: y\r\n \r\nZ: a"),
    choice("a fold before the first value (RFC 9112 §5.2)", b"X:\r\n y"),
    bad("a fold before the first field", b" X: y"),
    row("white space behind the request line (RFC 9112 §2.2)", LINE + b" X: y\r\n" + HOST + b"\r\n", {200, 400},
        closes=None, eddy=400),
    choice("a bare CR in a value (RFC 9112 §2.2)", b"X: y\rz"),
    choice("a bare CR at the end of a value (RFC 9112 §2.2)", b"X: y\r"),
    choice("a bare LF behind a value (RFC 9112 §2.2)", b"X: y\nZ: a"),
    choice("NUL in a value (RFC 9110 §5.5)", b"X: y\0z"),
    choice("NUL for a value (RFC 9110 §5.5)", b"X: \0"),
    *[choice(f"{value!r} in a value (RFC 9110 §5.5)", b"X: y" + value + b"z")
      for value in [b"\x01", b"\x08", b"\x0b", b"\x0c", b"\x1b", b"\x7f"]],
    row("a bare LF ends the head (RFC 9112 §2.2)", LINE + HOST + b"\n", {200, 400}, closes=None, eddy=400),
    row("bare LFs everywhere (RFC 9112 §2.2)", b"GET /a.txt HTTP/1.1\nHost: localhost\n\n", {200, 400}, closes=None,
        eddy=400),
]

HOSTS = [
    row("no Host (RFC 9112 §3.2)", LINE + b"\r\n", 400, closes=True),
    row("no Host among others", LINE + b"Accept: */*\r\nX: y\r\n\r\n", 400, closes=True),
    row("two Hosts (RFC 9112 §3.2)", LINE + HOST + b"Host: evil.example\r\n\r\n", 400, closes=True),
    row("the same Host twice", LINE + HOST + HOST + b"\r\n", 400, closes=True),
    row("two Hosts far apart", LINE + HOST + b"A: b\r\nC: d\r\nhost: localhost\r\n\r\n", 400, closes=True),
    row("two Hosts, one of them empty", LINE + HOST + b"Host:\r\n\r\n", 400, closes=True),
    row("two Hosts in HTTP/1.0", b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n", 400, closes=True),
    *[host(value, 200, closes=False) for value in [b"localhost", b"localhost:{port}", b"LOCALHOST:{port}", b"127.0.0.1",
                                                   b"127.0.0.1:{port}", b"[::1]", b"[::1]:{port}", b"localhost:"]],
    row("Host behind a tab", LINE + b"Host:\tlocalhost\t\r\n\r\n", 200),
    row("Host without a blank", LINE + b"hOsT:localhost\r\n\r\n", 200),
    row("Host as the last field", LINE + b"A: b\r\nC: d\r\n" + HOST + b"\r\n", 200),
    *map(bad_host, [
        b"", b" ", b"local host", b"localhost/", b"localhost/a.txt", b"http://localhost", b"user@localhost",
        b"user:pass@localhost", b"localhost:99999", b"localhost:65536", b"localhost:http", b"localhost:-1",
        b"localhost: 80", b"localhost:80:80", b"localhost:+80", b"localhost:8_0", b":80", b":", b"[::1", b"::1",
        b"[::1]x", b"[::1]:x", b"[]", b"[localhost]", b"[::g]", b"localhost]", b"localhost?", b"localhost#", b"local\\host",
        b"<localhost>", b"\"localhost\"", b"local^host", b"{localhost}", b"local|host", b"local\thost", b"localhost\x01",
        b"localhost\0", b"local\x7fhost", b"localhost\rx", b"%", b"%zz", b"localhost\r\n evil.example"]),
    *[host(value, 421, only=True, closes=None)
      for value in [b"evil.example", b"localhost.evil.example", b"xlocalhost", b"127.0.0.2", b"0.0.0.0", b"2130706433",
                    b"localhost,evil.example", b"%6cocalhost", b"[::2]", b"localhost%00"]],
]

ANY = [
    fine("Accept garbage", b"Accept: ,,,;q=;;*/,/,text"),
    fine("Accept-Encoding garbage", b"Accept-Encoding: gzip;q=abc,,;;q=9,\x22"),
    fine("an Accept-Encoding of a thousand names", b"Accept-Encoding: " + b",".join(b"x%d" % i for i in range(1000))),
    fine("Accept-Language garbage", b"Accept-Language: *-*-*;q=-1"),
    fine("a cookie of 4 KiB", b"Cookie: a=" + b"b" * 4000),
    fine("a cookie without a name", b"Cookie: =;;=;"),
    fine("Authorization garbage", b"Authorization: Basic !!!"),
    fine("Connection of commas", b"Connection: ,, ,"),
    fine("Connection that names an unknown option", b"Connection: foo, bar"),
    fine("Connection that names Host", b"Connection: Host"),
    fine("Keep-Alive past any number", b"Keep-Alive: timeout=99999999999999999999, max=-1"),
    fine("an upgrade to HTTP/2 is not taken (RFC 9110 §7.8)", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
         b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    fine("an upgrade to WebSocket is not taken (RFC 9110 §7.8)", b"Connection: Upgrade", b"Upgrade: websocket",
         b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    fine("TE: trailers", b"TE: trailers", b"Connection: TE"),
    fine("Trailer without a body", b"Trailer: X"),
    fine("Content-Type and Content-Encoding without a body", b"Content-Type: x/y", b"Content-Encoding: gzip"),
    fine("Max-Forwards", b"Max-Forwards: 0"),
    fine("X-Forwarded garbage", b"X-Forwarded-For: ,,<>,::::,999.1.1.1", b"X-Forwarded-Proto: javascript"),
    fine("X-Forwarded-Host decides nothing", b"X-Forwarded-Host: evil.example"),
    fine("X-HTTP-Method-Override decides nothing", b"X-HTTP-Method-Override: DELETE"),
    fine("X-Original-URL decides nothing", b"X-Original-URL: /.env", b"X-Rewrite-URL: /.env"),
    fine("Proxy", b"Proxy: http://evil.example"),
    fine("Transfer-Encoding with another letter", b"Transfer_Encoding: chunked"),
    fine("the same field ten times", *[b"X: y"] * 10),
    fine("Referer garbage", b"Referer: javascript:%00"),
    fine("Via and Forwarded garbage", b"Via: ,", b"Forwarded: for=\x22_gazonk\x22;;proto"),
    choice("an unknown expectation (RFC 9110 §10.1.1)", b"Expect: the-unexpected", (200, 417), 417),
    choice("an unknown expectation beside 100-continue (RFC 9110 §10.1.1)", b"Expect: 100-continue, x", (200, 417), 417),
    fine("Expect: 100-continue without a body (RFC 9110 §10.1.1)", b"Expect: 100-continue"),
    fine("Expect: 100-Continue", b"Expect: 100-Continue"),
]

SIZES = [
    fine("90 fields", *[b"X-%d: y" % i for i in range(90)]),
    fine("a value of 7 KiB", b"X: " + b"y" * 7000),
    fine("a name of 4 KiB", b"X" * 4000 + b": y"),
    *[row(f"{name} (RFC 6585 §5)", LINE + HOST + fields + b"\r\n\r\n", 431, closes=True) for name, fields in [
        ("a value of 40 KiB", b"X: " + b"y" * 40_000),
        ("a name of 40 KiB", b"X" * 40_000 + b": y"),
        ("a value of 1 MiB", b"X: " + b"y" * (1 << 20)),
        ("5,000 fields", b"\r\n".join(b"X-%d: yyyyyyyyyy" % i for i in range(5000))),
        ("100 fields of 1 KiB", b"\r\n".join(b"X-%d: " % i + b"y" * 1000 for i in range(100))),
        ("a cookie of 64 KiB", b"Cookie: " + b"c" * 65_536),
    ]],
    row("101 fields", LINE + HOST + b"\r\n".join(b"X-%d: y" % i for i in range(100)) + b"\r\n\r\n", 431, closes=True,
        only=True),
    row("1,000 fields", LINE + HOST + b"\r\n".join(b"X-%d: y" % i for i in range(1000)) + b"\r\n\r\n", 431, closes=True,
        only=True),
]

"""Where a request ends: RFC 9112 §6, §7, §11.2. Nothing that a body holds is ever answered as a request."""
import re

from raw import WAITS, row

HOST = b"Host: localhost:{port}\r\n"
HIDDEN = b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
ALLOW = re.compile(r"^(?=.*\bGET\b)(?=.*\bHEAD\b)[A-Z, ]+$")


def sent(method, *fields, body=b"", version=b"HTTP/1.1"):
    return b" ".join([method, b"/a.txt", version]) + b"\r\n" + HOST + b"".join(f + b"\r\n" for f in fields) + b"\r\n" + body


def bad(name, *fields, body=b"", method=b"GET", version=b"HTTP/1.1"):
    return row(name, sent(method, *fields, body=body, version=version), 400, closes=True)


def coded(name, *fields, body=b"0\r\n\r\n", statuses=(400, 501), eddy=400):
    """§6.1: 501 where a coding is unknown; §6.3: 400 where the last one isn't chunked."""
    return row(f"{name} (§6.1, §6.3)", sent(b"POST", *fields, body=body), set(statuses), closes=True, eddy=eddy)


def not_allowed(name, *fields, body, closes=None):
    """A method that isn't allowed, with a body that is all right or not: RFC 9110 §15.5.6."""
    return row(name, sent(b"POST", *fields, body=body), {400, 405}, closes=closes)


def chunked(name, body):
    """A body that is never read: 405; a server that reads it may find it broken: 400 (§7.1)."""
    return row(f"{name} (§7.1)", sent(b"POST", b"Transfer-Encoding: chunked", body=body), {400, 405}, closes=None,
               eddy=405)


LENGTHS = [
    row("no length at all", sent(b"GET"), 200),
    row("a length of 0", sent(b"GET", b"Content-Length: 0"), 200),
    row("a length of 000", sent(b"GET", b"Content-Length: 000"), 200),
    *[bad(f"the length {value.decode('latin-1')!r}", b"Content-Length: " + value) for value in [
        b"", b"-1", b"-0", b"+5", b"+0", b"5 5", b"0 0", b"0, 5", b"5;", b";5", b"5.0", b".5", b"5e0", b"0x5", b"0b1", b"5_0",
        b"five", b"\"5\"", b"'5'", b"5x", b"x5", b"\xb2", "\u0665".encode(), b"0\x0b", b"\x0c0", b"NaN", b"inf", b"true",
        b"(5)", b"5\0", b"5\r"]],
    *[row(f"the length {name} (§6.3, RFC 9110 §15.5.14)", sent(b"GET", b"Content-Length: " + value), {400, 413},
          closes=True)
      for name, value in [("2^63", b"9223372036854775808"), ("2^64", b"18446744073709551616"),
                          ("2^64 + 5", b"18446744073709551621"), ("of 100 digits", b"9" * 100),
                          ("of 2000 digits", b"9" * 2000)]],
    row("2^32 + 0 is no length of 0", sent(b"POST", b"Content-Length: 4294967296"), {405, 413}, closes=WAITS),
    bad("two lengths that differ", b"Content-Length: 0", b"Content-Length: 5", body=b"hello"),
    bad("two lengths that differ, the other way round", b"Content-Length: 5", b"Content-Length: 0", body=b"hello"),
    row("the same length twice (§6.3)", sent(b"GET", b"Content-Length: 0", b"Content-Length: 0"), {200, 400},
        closes=None, eddy=400),
    row("the same length twice in a list (§6.3)", sent(b"GET", b"Content-Length: 0, 0"), {200, 400}, closes=None,
        eddy=400),
    bad("a length with a space before its colon", b"Content-Length : 5", body=b"hello"),
    row("a length that is folded (§5.2)", sent(b"GET", b"Content-Length:\r\n 0"), {200, 400}, closes=None, eddy=400),
    row("a length with an underscore is no length", sent(b"GET", b"Content_Length: 5"), 200),
    bad("a length in a method that has none, malformed", b"Content-Length: x", method=b"HEAD"),
    bad("a malformed length in a method that is not allowed", b"Content-Length: +5", method=b"POST", body=b"hello"),
    bad("two lengths in a method that is not allowed", b"Content-Length: 5", b"Content-Length: 6", method=b"PUT",
        body=b"hello!"),
]

CODINGS = [
    bad("chunked with a length", b"Content-Length: 5", b"Transfer-Encoding: chunked", method=b"POST", body=b"0\r\n\r\n"),
    bad("chunked with a length, the other way round", b"Transfer-Encoding: chunked", b"Content-Length: 5",
        method=b"POST", body=b"0\r\n\r\n"),
    bad("chunked with a length, and a request hidden in it", b"Content-Length: 4", b"Transfer-Encoding: chunked",
        method=b"POST", body=b"2e\r\n" + HIDDEN + b"\r\n0\r\n\r\n"),
    bad("chunked with a length, and a request hidden behind it", b"Content-Length: 60", b"Transfer-Encoding: chunked",
        method=b"POST", body=b"0\r\n\r\n" + HIDDEN),
    bad("chunked with a length, in GET", b"Content-Length: 0", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    bad("chunked in HTTP/1.0 (§6.1)", b"Transfer-Encoding: chunked", method=b"POST", version=b"HTTP/1.0",
        body=b"0\r\n\r\n"),
    coded("an unknown coding", b"Transfer-Encoding: xchunked"),
    coded("gzip alone", b"Transfer-Encoding: gzip"),
    coded("identity", b"Transfer-Encoding: identity"),
    coded("chunked that isn't the last", b"Transfer-Encoding: chunked, gzip"),
    coded("chunked twice", b"Transfer-Encoding: chunked, chunked"),
    coded("chunked twice in two fields", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    coded("chunked and identity in two fields", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"),
    coded("an unknown coding and chunked", b"Transfer-Encoding: gzip, chunked", eddy=501),
    coded("no coding", b"Transfer-Encoding:"),
    coded("a comma", b"Transfer-Encoding: ,"),
    coded("chunked in quotes", b"Transfer-Encoding: \"chunked\""),
    coded("chunked with a parameter", b"Transfer-Encoding: chunked;q=1"),
    coded("chunked behind a vertical tab", b"Transfer-Encoding: \x0bchunked"),
    coded("chunked and a NUL", b"Transfer-Encoding: chunked\0"),
    coded("chunked, letters in front of it", b"Transfer-Encoding: x chunked"),
    coded("chunked with a space inside", b"Transfer-Encoding: chun ked"),
    coded("chunked, folded", b"Transfer-Encoding:\r\n chunked", statuses=(400, 405)),
    bad("a coding with a space before its colon", b"Transfer-Encoding : chunked", method=b"POST", body=b"0\r\n\r\n"),
    bad("a coding hidden by a bare CR", b"X: y\rTransfer-Encoding: chunked", body=b"0\r\n\r\n"),
    row("a coding hidden by a bare LF (§2.2)", sent(b"POST", b"X: y\nTransfer-Encoding: chunked", body=b"0\r\n\r\n"),
        {400, 405}, closes=None, eddy=400),
]

CHUNKS = [
    chunked("chunks as they should be", b"5\r\nhello\r\n0\r\n\r\n"),
    chunked("no chunk but the last", b"0\r\n\r\n"),
    chunked("a request in a chunk", b"2a\r\n" + HIDDEN + b"\r\n0\r\n\r\n"),
    chunked("a size that is no number", b"zz\r\nhello\r\n0\r\n\r\n"),
    chunked("a negative size", b"-5\r\nhello\r\n0\r\n\r\n"),
    chunked("a size with a sign", b"+5\r\nhello\r\n0\r\n\r\n"),
    chunked("a size with 0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
    chunked("a space before a size", b" 5\r\nhello\r\n0\r\n\r\n"),
    chunked("a space behind a size", b"5 \r\nhello\r\n0\r\n\r\n"),
    chunked("no size", b"\r\nhello\r\n0\r\n\r\n"),
    chunked("a size past 64 bits", b"ffffffffffffffff5\r\nhello\r\n0\r\n\r\n"),
    chunked("a size of 2^64 - 1", b"ffffffffffffffff\r\n" + HIDDEN),
    chunked("a size of a thousand digits", b"0" * 1000 + b"5\r\nhello\r\n0\r\n\r\n"),
    chunked("a chunk longer than its size", b"3\r\nhello\r\n0\r\n\r\n"),
    chunked("a chunk shorter than its size", b"9\r\nhello\r\n0\r\n\r\n"),
    chunked("no line end behind a chunk", b"5\r\nhello0\r\n\r\n"),
    chunked("bare LFs", b"5\nhello\n0\n\n"),
    chunked("an extension", b"5;a=b\r\nhello\r\n0\r\n\r\n"),
    chunked("an extension in quotes", b"5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n"),
    chunked("an extension with a bare LF", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    chunked("an extension of 64 KiB", b"5;" + b"a" * 65_536 + b"\r\nhello\r\n0\r\n\r\n"),
    chunked("a trailer field", b"5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
    chunked("a trailer field that is a length", b"0\r\nContent-Length: 42\r\n\r\n"),
    chunked("a request for a trailer", b"0\r\n" + HIDDEN),
    chunked("10,000 chunks of one byte", b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n"),
]

BODIES = [
    not_allowed("POST with a length and a body", b"Content-Length: 5", body=b"hello"),
    not_allowed("POST with a request for its body", b"Content-Length: %d" % len(HIDDEN), body=HIDDEN),
    not_allowed("POST of a form", b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: 3", body=b"a=b"),
    not_allowed("POST of a broken multipart", b"Content-Type: multipart/form-data; boundary=", b"Content-Length: 4",
                body=b"--\r\n"),
    row("POST with 100-continue is not asked to go on (RFC 9110 §10.1.1)",
        sent(b"POST", b"Content-Length: 5", b"Expect: 100-continue"), {405, 417}, closes=WAITS, eddy=405),
    row("PUT of 1 MB reads its refusal", sent(b"PUT", b"Content-Length: 1000000", body=b"x" * 1_000_000), {405, 413},
        closes=None, eddy=405),
    row("POST of 10 GB is not waited for", sent(b"POST", b"Content-Length: 10000000000", body=b"x"), {405, 413},
        closes=WAITS),
    row("GET with a body (RFC 9110 §9.3.1)", sent(b"GET", b"Content-Length: 5", body=b"hello"), {200, 400, 413},
        closes=None, eddy=413),
    row("GET with a request for its body (RFC 9110 §9.3.1)", sent(b"GET", b"Content-Length: %d" % len(HIDDEN), body=HIDDEN),
        {200, 400, 413}, closes=None, eddy=413),
    row("GET with a chunked body (RFC 9110 §9.3.1)",
        sent(b"GET", b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"), {200, 400, 413}, closes=None, eddy=413),
    row("HEAD with a body (RFC 9110 §9.3.2)", sent(b"HEAD", b"Content-Length: 5", body=b"hello"), {200, 400, 413},
        closes=None, eddy=413),
    row("a body nobody spoke of is the next request", sent(b"GET") + b"hello\r\n\r\n", 200, closes=None),
]

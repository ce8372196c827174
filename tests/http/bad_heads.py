"""Heads that must be refused (RFC 9112 §2.2, §3.2, §5, §6.1, §11.2): each is a
way to make two parties of one connection disagree about where a request ends
or whom it is for."""
from raw import refused, row

HOST = b"Host: localhost\r\n"


def head(*lines):
    """A head of these lines, CRLF after each, without a Host of its own."""
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def with_field(line):
    return head(b"GET / HTTP/1.1", b"Host: localhost", line)


def with_host(*values):
    return head(b"GET / HTTP/1.1", *(b"Host: " + value for value in values))


ROWS = [
    # Line ends
    refused("bare LF ends the request line", b"GET / HTTP/1.1\n" + HOST + b"\r\n"),
    refused("bare LF ends a field", b"GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n"),
    refused("bare LF ends the last field", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y\n\r\n"),
    refused("bare LF ends the head", b"GET / HTTP/1.1\r\nHost: localhost\r\n\n"),
    refused("bare LF ends every line", b"GET / HTTP/1.1\nHost: localhost\n\n"),
    refused("a bare LF hides a second head", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y\n\nGET /x HTTP/1.1\r\n\r\n"),
    # Folded lines
    refused("a field folded with a space", with_field(b"X: y\r\n z")),
    refused("a field folded with a tab", with_field(b"X: y\r\n\tz")),
    refused("the Host folded", head(b"GET / HTTP/1.1", b"Host:\r\n localhost")),
    refused("white space before the first field", head(b"GET / HTTP/1.1", b" X: y", b"Host: localhost")),
    # NUL
    refused("NUL in a field name", with_field(b"X\0Y: z")),
    refused("NUL in a field value", with_field(b"X: y\0z")),
    refused("NUL at the end of a field value", with_field(b"X: y\0")),
    refused("NUL in the target", head(b"GET /index\0.html HTTP/1.1", b"Host: localhost")),
    refused("NUL in the Host", with_host(b"localhost\0.evil.example")),
    # Blanks and controls in the target
    refused("a tab in the target", head(b"GET /index.html\t HTTP/1.1", b"Host: localhost")),
    refused("a tab before the version", head(b"GET /\tHTTP/1.0 HTTP/1.1", b"Host: localhost")),
    refused("a control character in the query", head(b"GET /?\x01 HTTP/1.1", b"Host: localhost")),
    # Names
    refused("a space before the colon", with_field(b"X : y")),
    refused("a tab before the colon", with_field(b"X\t: y")),
    refused("a space before the colon of Content-Length", with_field(b"Content-Length : 5")),
    refused("an empty field name", with_field(b": y")),
    refused("a field without a colon", with_field(b"nonsense")),
    # Host
    refused("no Host", head(b"GET / HTTP/1.1")),
    refused("an empty Host", with_host(b"")),
    refused("two Hosts", with_host(b"localhost", b"evil.example")),
    refused("the same Host twice", with_host(b"localhost", b"localhost")),
    refused("a Host with a space", with_host(b"local host")),
    refused("a Host with a path", with_host(b"localhost/evil")),
    refused("a Host with a user", with_host(b"user@localhost")),
    refused("a Host with a port that is none", with_host(b"localhost:99999")),
    refused("a Host with letters for a port", with_host(b"localhost:http")),
    refused("a Host with an open bracket", with_host(b"[::1")),
    # Where the body ends
    refused("Transfer-Encoding with Content-Length",
            head(b"POST / HTTP/1.1", b"Host: localhost", b"Content-Length: 5", b"Transfer-Encoding: chunked")
            + b"0\r\n\r\n"),
    refused("two Content-Lengths", head(b"GET / HTTP/1.1", b"Host: localhost", b"Content-Length: 0",
                                        b"Content-Length: 5")),
    refused("a list of Content-Lengths", with_field(b"Content-Length: 0, 5")),
    refused("a negative Content-Length", with_field(b"Content-Length: -1")),
    refused("a Content-Length with a sign", with_field(b"Content-Length: +5")),
    refused("a hexadecimal Content-Length", with_field(b"Content-Length: 0x5")),
    row("a Content-Length past 64 bits", with_field(b"Content-Length: 99999999999999999999"), {400, 413}, closes=True),
    refused("an unknown Transfer-Encoding", with_field(b"Transfer-Encoding: gzip")),
    refused("a Transfer-Encoding that ends with another", with_field(b"Transfer-Encoding: chunked, gzip")),
    refused("a misspelt Transfer-Encoding", with_field(b"Transfer-Encoding: xchunked")),
    refused("two Transfer-Encodings", head(b"GET / HTTP/1.1", b"Host: localhost", b"Transfer-Encoding: chunked",
                                           b"Transfer-Encoding: identity") + b"0\r\n\r\n"),
]

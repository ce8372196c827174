"""Request lines: RFC 9112 §2.2, §2.3, §3, RFC 9110 §9. The site is wire_site.py's."""
import re

from raw import row
from wire_site import TEXT

FIELDS = b"\r\nHost: localhost:{port}\r\n\r\n"
ALLOW = re.compile(r"^(?=.*\bGET\b)(?=.*\bHEAD\b)[A-Z, ]+$")


def line(name, text, status, headers=None, body=None, closes=None, **more):
    return row(name, text + FIELDS, status, headers, body, closes, **more)


def bad(name, text, **more):
    """An invalid request line is answered 400 (§3)."""
    return line(name, text, 400, **more)


def lax(name, text):
    """§3 lets a server take any white space for the one space; eddy doesn't."""
    return line(f"{name} (§3)", text, {200, 400}, eddy=400)


def method(name, target=b"/a.txt", status=405, **more):
    return line(f"the method {name.decode('latin-1')!s:.20}", name + b" " + target + b" HTTP/1.1", status, {"Allow": ALLOW},
                **more)


def unknown(name):
    """RFC 9110 §9.1 asks for 501 where a method is not recognized, and 405 where it is not allowed."""
    return row(f"the method {name.decode():.20} (RFC 9110 §9.1)", name + b" /a.txt HTTP/1.1" + FIELDS, {405, 501},
               closes=None, eddy=405)


LINES = [
    line("a plain request", b"GET /a.txt HTTP/1.1", 200, {}, TEXT, closes=False),
    line("an empty line before it (§2.2)", b"\r\nGET /a.txt HTTP/1.1", 200, {}, TEXT, closes=False),
    row("nothing but the Host", b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, {}, TEXT),
    lax("a tab before the method", b"\tGET / HTTP/1.1"),
    lax("two spaces before the target", b"GET  / HTTP/1.1"),
    lax("two spaces before the version", b"GET /  HTTP/1.1"),
    lax("a tab before the target", b"GET\t/ HTTP/1.1"),
    lax("a tab before the version", b"GET /\tHTTP/1.1"),
    lax("a space behind the version", b"GET / HTTP/1.1 "),
    lax("a tab behind the version", b"GET / HTTP/1.1\t"),
    lax("a vertical tab before the target", b"GET\x0b/ HTTP/1.1"),
    lax("a form feed before the version", b"GET /\x0cHTTP/1.1"),
    row("a bare LF ends the request line (§2.2)", b"GET / HTTP/1.1\nHost: localhost\r\n\r\n", {200, 400}, closes=None,
        eddy=400),
    bad("a bare CR ends the request line", b"GET / HTTP/1.1\rHost: localhost"),
    bad("a bare CR before the target", b"GET \r/ HTTP/1.1"),
    bad("a CR too many behind the version", b"GET / HTTP/1.1\r"),
    bad("a target in two words", b"GET /a b HTTP/1.1"),
    bad("a word behind the version", b"GET / HTTP/1.1 x"),
    bad("two versions", b"GET / HTTP/1.1 HTTP/1.1"),
    bad("no target", b"GET HTTP/1.1"),
    bad("no target but a space", b"GET  HTTP/1.1"),
    bad("only a word of another protocol", b"EHLO example.org"),
    bad("a status line", b"HTTP/1.1 200 OK"),
    bad("a field for a request line", b"Accept: text/html"),
    bad("NUL before the method", b"\0GET / HTTP/1.1"),
    bad("NUL behind the version", b"GET / HTTP/1.1\0"),
    bad("a BOM before the method", b"\xef\xbb\xbfGET / HTTP/1.1"),
]

# What isn't even a method and a target.
NO_LINES = [
    lax("a space before the method", b" GET / HTTP/1.1"),
    bad("only a method", b"GET"),
    bad("only a space", b" "),
    bad("SSH", b"SSH-2.0-OpenSSH_9.2"),
    bad("no method", b" /a.txt HTTP/1.1"),
]

VERSIONS = [
    line("HTTP/1.2 is answered as 1.1 (RFC 9110 §6.2)", b"GET /a.txt HTTP/1.2", 200, {}, TEXT),
    line("HTTP/1.9 too", b"GET /a.txt HTTP/1.9", 200, {}, TEXT),
    line("HTTP/1.0 with a Host", b"GET /a.txt HTTP/1.0", 200, {}, TEXT, closes=True),
    row("HTTP/1.0 without a Host", b"GET /a.txt HTTP/1.0\r\n\r\n", 200, {}, TEXT, closes=True),
    *[line(f"{version.decode()} (RFC 9110 §15.6.6)", b"GET / " + version, 505, closes=True)
      for version in [b"HTTP/2.0", b"HTTP/2.1", b"HTTP/3.0", b"HTTP/9.9"]],
    *[line(f"{version.decode()} (RFC 9110 §15.6.6, RFC 9112 §3)", b"GET / " + version, {400, 505})
      for version in [b"HTTP/0.9", b"HTTP/0.0", b"HTTP/10.0", b"HTTP/11.1", b"HTTP/2"]],
    *[bad(f"the version {version.decode('latin-1')!r}", b"GET / " + version)
      for version in [b"HTTP/1.", b"HTTP/.1", b"HTTP/1", b"HTTP/", b"HTTP", b"HTTP/1.10", b"HTTP/01.1", b"HTTP/1.01",
                      b"HTTP/1,1", b"HTTP/1.1x", b"HTTP/1.1.1", b"HTTP/-1.1", b"HTTP/+1.1", b"HTTP/1.-1", b"HTTP/x.y",
                      b"http/1.1", b"Http/1.1", b"HTTPS/1.1", b"XTTP/1.1", b"ICY/1.1", b"HTTP\\1.1", b"HTTP//1.1",
                      b"HTTP/1.1;x", b"\"HTTP/1.1\"", b"HTTP/\xb2.0", b"HTTP/1.1" + b"1" * 500]],
    bad("a space inside the version", b"GET / HTTP/ 1.1"),
    bad("a space before the slash of the version", b"GET / HTTP /1.1"),
    bad("a version before the target", b"GET HTTP/1.1 /"),
    row("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", {400, 505}, closes=True),
]

METHODS = [
    row("HEAD", b"HEAD /a.txt HTTP/1.1" + FIELDS, 200, {"Content-Length": str(len(TEXT))}),
    row("HEAD of what isn't there", b"HEAD /nothing HTTP/1.1" + FIELDS, 404, closes=None),
    row("HEAD with a range", b"HEAD /a.txt HTTP/1.1\r\nRange: bytes=0-3" + FIELDS, {200, 206}),
    row("OPTIONS", b"OPTIONS /a.txt HTTP/1.1" + FIELDS, {200, 204}, {"Allow": ALLOW}, eddy=204, only=True),
    row("OPTIONS *", b"OPTIONS * HTTP/1.1" + FIELDS, {200, 204}, {"Allow": ALLOW}, eddy=204, only=True),
    row("GET *", b"GET * HTTP/1.1" + FIELDS, 400, closes=None),
    *map(method, [b"POST", b"PUT", b"DELETE", b"TRACE"]),
    row("CONNECT (RFC 9110 §9.1, §9.3.6)", b"CONNECT localhost:{port} HTTP/1.1" + FIELDS, {400, 405}, closes=None,
        eddy=405),
    row("CONNECT to somebody else", b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
        {400, 405, 421}, closes=None, eddy=405),
    row("CONNECT with a path", b"CONNECT / HTTP/1.1" + FIELDS, {400, 405}, closes=None, eddy=405),
    row("TRACE is not echoed", b"TRACE / HTTP/1.1\r\nX-Echo: canary" + FIELDS, 405,
        body=re.compile(rb"^(?![\s\S]*canary)"), closes=None),
    *map(unknown, [b"PATCH", b"PROPFIND", b"MKCOL", b"BREW", b"PURGE", b"DEBUG", b"TRACK", b"SEARCH", b"GETX", b"GE",
                   b"G", b"GET-GET", b"A" * 1000]),
    *[row(f"the method {name.decode()}, for methods are case-sensitive (RFC 9110 §9.1)", name + b" / HTTP/1.1" + FIELDS,
          {400, 405, 501}, closes=None, eddy=405) for name in [b"get", b"Get", b"gET", b"head", b"oPTIONS"]],
    *[bad(f"the method {name.decode('latin-1')!r}", name + b" / HTTP/1.1")
      for name in [b"G@T", b"GE(T", b"GET,", b"GET;", b"\"GET\"", b"GET/", b"<GET>", b"G\x01T", b"G\0T", b"G\x7fT",
                   b"G\xc3\x89T", b"{GET}", b"[GET]", b"GE=T", b"GET:", b"G\\T", b"?GET"]],
]

TARGETS = [
    line("the absolute form (§3.2.2)", b"GET http://localhost:{port}/a.txt HTTP/1.1", 200, {}, TEXT),
    line("the absolute form, its scheme in capitals", b"GET HTTP://localhost:{port}/a.txt HTTP/1.1", 200, {}, TEXT),
    line("the absolute form without a path", b"GET http://localhost:{port} HTTP/1.1", 200, {}, b"<p>root</p>\n"),
    line("the absolute form with a query and no path", b"GET http://localhost:{port}?a=b HTTP/1.1", 200, {},
         b"<p>root</p>\n"),
    row("the authority of the target rules over Host (§3.2.2)",
        b"GET http://localhost/a.txt HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200, {}, TEXT),
    row("the authority of another host", b"GET http://evil.example/a.txt HTTP/1.1" + FIELDS, 421, closes=None,
        only=True),
    row("the absolute form needs a Host too (§3.2)", b"GET http://localhost/a.txt HTTP/1.1\r\n\r\n", 400, closes=None),
    row("the absolute form with two Hosts", b"GET http://localhost/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400,
        closes=True),
    row("the absolute form with a bad Host", b"GET http://localhost/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400, closes=True),
    row("the absolute form in HTTP/1.0", b"GET http://localhost/a.txt HTTP/1.0\r\n\r\n", 200, {}, TEXT, closes=True),
    *[bad(f"the target {target.decode('latin-1')}", b"GET " + target + b" HTTP/1.1")
      for target in [b"a.txt", b"./a.txt", b"../a.txt", b"localhost/a.txt", b"localhost:80", b"?a", b"#", b"\\", b"*.txt",
                     b"**", b"http:", b"http:/", b"http://", b"http:///a.txt", b"://localhost/", b"http//localhost/",
                     b"ftp://localhost/", b"file:///etc/passwd", b"javascript:alert(1)", b"http://user@localhost/",
                     b"http://user:pass@localhost/", b"http://local host/", b"http://[::1/", b"http://localhost:99999/",
                     b"http://localhost:x/", b"%2fa.txt"]],
    *[row(f"a fragment in the target {target.decode()} (§3.2)", b"GET " + target + b" HTTP/1.1" + FIELDS, {200, 400},
          closes=None, eddy=400) for target in [b"/#", b"/a.txt#top", b"/a.txt?x#y"]],
    *[bad(f"a control character in the target {target!r}", b"GET " + target + b" HTTP/1.1")
      for target in [b"/\x01", b"/a\x08.txt", b"/a.txt\x1f", b"/\x7f", b"/a.txt?\x02", b"/\x1b[31m", b"/a.txt\0",
                     b"/a.txt\0.html", b"/?a=\0", b"/a\rb", b"/?\r"]],
    row("a target of bytes past ASCII, as curl sends them", "GET /\u00fc.txt HTTP/1.1".encode() + FIELDS, {200, 400},
        {}, eddy=200, closes=None),
    row("a query of bytes past ASCII", b"GET /a.txt?\xff\xfe HTTP/1.1" + FIELDS, {200, 400}, {}, eddy=200, closes=None),
    row("a target of 8000 bytes", b"GET /?" + b"x" * 7998 + b" HTTP/1.1" + FIELDS, 200),
    row("a target of 60 KiB (RFC 9110 §15.5.15)", b"GET /" + b"x" * 60_000 + b" HTTP/1.1" + FIELDS, 414, closes=True),
    row("a query of 60 KiB", b"GET /?" + b"x" * 60_000 + b" HTTP/1.1" + FIELDS, 414, closes=True),
    row("a target of 1 MiB", b"GET /" + b"x" * (1 << 20) + b" HTTP/1.1" + FIELDS, 414, closes=True),
    row("a target of 30,000 slashes", b"GET " + b"/" * 30_000 + b" HTTP/1.1" + FIELDS, {400, 414}, closes=True,
        eddy=414),
    row("a query of 2,000 parameters", b"GET /a.txt?" + b"a&" * 2000 + b" HTTP/1.1" + FIELDS, 200, {}, TEXT),
]

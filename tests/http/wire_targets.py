"""From target to file: RFC 3986 §2, §5.2.4. No target leads out of the site, and none to what is hidden in it."""
import re

from raw import request, row
from wire_site import HIDDEN, SECRET, TEXT

SPILT = [SECRET, HIDDEN, b"root:x:0:0"]


def spills(response):
    for text in SPILT:
        if text in response.body:
            yield f"the body holds {text!r}"


def found(target, body, name=None):
    return row(name or f"{target:.60}", request(target), 200, {}, body)


def absent(target):
    """Decoded once, it names nothing that is there."""
    return row(f"nothing at {target:.60}", request(target), 404, check=spills)


def out(target):
    """Leads out of the site, or would if it were decoded twice or taken for another system's path."""
    return row(f"{target:.60} leads nowhere", request(target), {400, 403, 404}, check=spills, closes=None, eddy=400)


def dotted(target):
    """A dot segment inside the site: RFC 3986 §5.2.4 lets it be removed, eddy refuses what no client sends."""
    return row(f"{target:.60} (RFC 3986 §5.2.4)", request(target), {200, 308, 301, 400, 404}, check=spills, closes=None,
               eddy=400)


def redirect(target, location):
    """A path of this host, for a client resolves //x to another one."""
    pattern = re.compile(r"^(http://localhost(:\d+)?)?" + re.escape(location) + "$")
    return row(f"{target:.60} is redirected", request(target), {301, 302, 307, 308}, {"Location": pattern}, eddy=308)


def never_away(target):
    """No redirect to another host, whatever else."""
    pattern = re.compile(r"^(?:(?:http://localhost(?::\d+)?)?/(?![/\\]).*)$")

    def faults(response):
        location = response.get("Location")
        if location is not None and not pattern.match(location):
            yield f"redirected to {location!r}"
        yield from spills(response)

    return row(f"{target:.60} leads to no other host", request(target), {200, 301, 308, 400, 404}, check=faults,
               closes=None)


FOUND = [
    found("/", b"<p>root</p>\n"),
    found("/index.html", b"<p>root</p>\n"),
    found("/a.txt", TEXT),
    found("/%61%2e%74%78%74", TEXT),
    found("/dir/", b"<p>dir</p>\n"),
    found("/dir/index.html", b"<p>dir</p>\n"),
    found("/dir/deep/b.txt", b"deep"),
    found("/%64ir/deep/b.txt", b"deep"),
    found("/with%20space.txt", b"space"),
    found("/a+b.txt", b"plus"),
    found("/a%2Bb.txt", b"plus"),
    found("/100%25.txt", b"percent"),
    found("/what%3F.txt", b"question"),
    found("/what%3f.txt?x", b"question"),
    found("/%23hash.txt", b"hash"),
    found("/semi;colon.txt", b"semicolon"),
    found("/quote'%22.txt", b"quotes"),
    found("/%C3%BC.txt", b"umlaut"),
    found("/tilde~x.txt", b"tilde"),
    found("/tilde%7Ex.txt", b"tilde"),
    found("/a..b.txt", b"dots"),
    found("/inside.txt", TEXT),
    found("/empty.txt", b""),
    found("/a.txt?", TEXT),
    found("/a.txt??", TEXT),
    found("/a.txt?../../secret.txt", TEXT),
    found("/a.txt?%00", TEXT),
    found("/a.txt?%zz", TEXT),
    found("/a.txt?x=/../y", TEXT),
    found("/a.txt?file=.env", TEXT),
    found("/?/", b"<p>root</p>\n"),
]

ABSENT = [
    absent("/nothing"),
    absent("/nothing/"),
    absent("/A.TXT"),
    absent("/a.txt%20"),
    absent("/a.txt."),
    absent("/a.txt::$DATA"),
    absent("/a.txt/"),
    absent("/a.txt/b"),
    absent("/dir/deep/nothing"),
    absent("/.env"),
    absent("/%2eenv"),
    absent("/.git/config"),
    absent("/.git/"),
    absent("/.git"),
    absent("/.htaccess"),
    absent("/dir/.hidden"),
    absent("/dir/%2Ehidden"),
    absent("/...txt"),
    absent("/.../"),
    absent("/a.txt~"),
    absent("/a.txt%7e"),
    absent("/fifo"),
    absent("/outside.txt"),
    absent("/up/secret.txt"),
    absent("/up/"),
    absent("/%252e%252e/secret.txt"),
    absent("/%25%32%65%25%32%65/secret.txt"),
    absent("/..%252fsecret.txt"),
    absent("/%c0%ae%c0%ae/secret.txt"),
    absent("/%e0%80%ae%e0%80%ae/secret.txt"),
    absent("/%25uff0e%25uff0e/secret.txt"),
    absent("/%EF%BC%8E%EF%BC%8E/secret.txt"),
    absent("/..;/secret.txt"),
    absent("/.;/a.txt"),
    absent("/..%20/secret.txt"),
    absent("/etc/passwd"),
    absent("/C:/Windows/win.ini"),
    absent("/" + "n" * 300),
    absent("/" + "d/" * 2000),
    absent("/" + "%41" * 2000),
]

OUT = [
    *map(out, [
        "/../secret.txt", "/../../secret.txt", "/" + "../" * 50 + "etc/passwd", "/dir/../../secret.txt", "/..", "/../",
        "/dir/deep/../../../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/.%2e/secret.txt",
        "/%2e./secret.txt", "/%2e%2e%2fsecret.txt", "/..%2fsecret.txt", "/..%2Fsecret.txt", "/..%5csecret.txt",
        "/..%5Csecret.txt", "/..\\secret.txt", "/dir/..\\..\\secret.txt", "/%5c..%5csecret.txt", "/%2fetc%2fpasswd",
        "/dir%2f..%2f..%2fsecret.txt", "/dir%2findex.html", "/dir%5cindex.html", "/a.txt%00", "/a.txt%00.html", "/%00",
        "/.env%00.txt", "/%00/../../secret.txt", "/..%00/secret.txt", "/..%01/secret.txt", "/a.txt%0a",
        "/a.txt%0d%0aX:%20y", "/a%1fb", "/a%7fb", "/%2e%2e%5csecret.txt", "/./../secret.txt", "/.//../secret.txt",
        "/dir//../.git/confi", "/dir///../../secret.txt", "/dir//%2e%2e/secret.txt", "/dir//..//",
        "/dir/%2e%2e/%2e%2e/secret.txt", "/\\..\\secret.txt", "/%c0%ae%c0%ae%2fsecret.txt", "/.git%2fconfig",
        "/dir/..%2f.env", "/%2e%2e", "/%2e%2e/"]),
    *[row(f"the broken escape {target}", request(target), 400, closes=None)
      for target in ["/%", "/a.txt%", "/%2", "/%zz", "/%2x", "/a%g0", "/%%", "/%u002e%u002e/secret.txt", "/%+2e",
                     "/%-1"]],
    *map(dotted, ["/.", "/./", "/%2e", "/./a.txt", "/dir/../a.txt", "/dir/./index.html", "/%2e/a.txt", "/dir/%2e%2e/a.txt", "/dir/.",
                  "/dir/.."]),
]

REDIRECTS = [
    redirect("/dir", "/dir/"),
    redirect("/dir?x=1", "/dir/?x=1"),
    redirect("/dir?x=%20//y&z", "/dir/?x=%20//y&z"),
    redirect("/%64ir", "/dir/"),
    redirect("/dir?a", "/dir/?a"),
    redirect("/odd%3F%20name", "/odd%3F%20name/"),
    row("a redirect of HEAD", request("/dir", method="HEAD"), {301, 308}, eddy=308),
    row("a redirect has no line of the client's", request("/dir?%0d%0aX-Evil:%20y"), {301, 308}, {"X-Evil": None},
        eddy=308),
    *map(never_away, [
        "//evil.example", "//evil.example/", "//evil.example/%2e%2e", "//evil.example/..", "///evil.example",
        "//dir", "//dir/..", "/\\evil.example", "/%5cevil.example", "/%2f%2fevil.example", "/%2fevil.example/..",
        "//localhost/dir", "//evil.example@localhost/", "/dir//", "/dir//deep", "//", "///", "////dir", "/.//evil.example",
        "/http://evil.example", "/%09/evil.example", "/;//evil.example"]),
]

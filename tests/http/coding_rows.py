"""In which content coding an answer comes, over the folder that coding.bats makes: $SITE."""
import gzip
import re

from raw import request, row
from site_files import content, digest


def unzips_to(name):
    wanted = content(name)

    def check(body):
        try:
            return gzip.decompress(body) == wanted
        except (OSError, EOFError):
            return False
    return check


def coded(name, target, accept, coding, body=None, fields=(), **headers):
    """A 200 in the coding; its tag is that of the bytes it was made of, with the coding's name."""
    headers = {"Content-Encoding": coding, "Vary": re.compile(r"\bAccept-Encoding\b"),
               "Accept-Ranges": "none" if coding else "bytes", **headers}
    return row(name, request(target, *([] if accept is None else [f"Accept-Encoding: {accept}"]), *fields), 200,
               headers, body)


def tag(name, coding=None):
    return f'"{digest(name)}-{coding}"' if coding else f'"{digest(name)}"'


def gzipped(name, accept):
    return coded(name, "/text.txt", accept, "gzip", unzips_to("text.txt"), ETag=tag("text.txt", "gzip"))


def brotlied(name, accept):
    return coded(name, "/text.txt", accept, "br", ETag=tag("text.txt", "br"))


def plain(name, accept):
    return coded(name, "/text.txt", accept, None, content("text.txt"), ETag=tag("text.txt"))


# RFC 9110 §12.5.3
ON_THE_FLY = [
    plain("no Accept-Encoding", None),
    plain("an empty one", ""),
    plain("identity", "identity"),
    plain("an unknown coding", "compress, zstd"),
    plain("gzip refused", "gzip;q=0"),
    plain("all refused", "*;q=0"),
    plain("all refused, identity too: never 406", "identity;q=0, *;q=0"),
    plain("identity preferred", "gzip;q=0.5, identity;q=0.8"),
    plain("a malformed quality", "gzip;q=2"),
    plain("another name that starts alike", "gzipped, gzi, brotli"),
    gzipped("gzip", "gzip"),
    gzipped("gzip in capitals", "GZIP"),
    gzipped("x-gzip (§8.4.1.3)", "x-gzip"),
    gzipped("gzip with a quality", "gzip;q=0.001"),
    gzipped("gzip preferred", "br;q=0.5, gzip;q=0.8"),
    gzipped("br refused, all else welcome", "br;q=0, *"),
    gzipped("gzip among others", "deflate, gzip, zstd"),
    brotlied("br", "br"),
    brotlied("what browsers send", "gzip, deflate, br, zstd"),
    brotlied("anything", "*"),
    brotlied("identity refused", "identity;q=0, br, gzip"),
    row("in two fields", request("/text.txt", "Accept-Encoding: identity;q=0.1", "Accept-Encoding: gzip"), 200,
        {"Content-Encoding": "gzip"}, unzips_to("text.txt")),
    coded("a file that is larger than what is kept in memory", "/long.js", "gzip", "gzip", unzips_to("long.js"),
          ETag=tag("long.js", "gzip"), **{"Content-Type": "text/javascript; charset=utf-8"}),
    coded("a file of more than 8 MiB", "/longer.js", "gzip", None, content("longer.js")),
    coded("exactly 1 KiB", "/kib.txt", "gzip", "gzip", unzips_to("kib.txt")),
    coded("a byte less than 1 KiB", "/less.txt", "gzip, br", None, content("less.txt")),
    coded("text that gets no smaller", "/noise.txt", "gzip", None, content("noise.txt"), ETag=tag("noise.txt")),
    coded("an empty file", "/empty.txt", "gzip, br", None, b""),
    row("a picture", request("/noise.png", "Accept-Encoding: gzip, br"), 200, {"Content-Encoding": None, "Vary": None},
        content("noise.png")),
    coded("a page that something else than a navigation asks for", "/page.html", "gzip", "gzip", unzips_to("page.html"),
          fields=("Sec-Fetch-Dest: empty", "Accept: */*")),
    row("HEAD", request("/text.txt", "Accept-Encoding: gzip", method="HEAD"), 200,
        {"Content-Encoding": "gzip", "ETag": tag("text.txt", "gzip"), "Content-Length": re.compile("^[0-9]{2,4}$")}),
    coded("the version of the bytes", f"/text.txt?v={digest('text.txt')[:16]}", "gzip", "gzip", unzips_to("text.txt"),
          **{"Cache-Control": "public, max-age=31536000, immutable"}),
    coded("another version", "/text.txt?v=0123456789abcdef", "gzip", "gzip", unzips_to("text.txt"),
          **{"Cache-Control": "no-cache"}),
]


def conditional(name, fields, status, headers, target="/text.txt"):
    return row(name, request(target, *fields), status, {"Vary": re.compile(r"\bAccept-Encoding\b"), **headers},
               b"" if status == 304 else None)


GZIP_TAG = tag("text.txt", "gzip")
PLAIN_TAG = tag("text.txt")

CONDITIONS = [
    conditional("304 of gzip", ("Accept-Encoding: gzip", f"If-None-Match: {GZIP_TAG}"), 304, {"ETag": GZIP_TAG}),
    conditional("304 of gzip, weak", ("Accept-Encoding: gzip", f"If-None-Match: W/{GZIP_TAG}"), 304, {"ETag": GZIP_TAG}),
    conditional("304 of the file", (f"If-None-Match: {PLAIN_TAG}",), 304, {"ETag": PLAIN_TAG}),
    conditional("gzip isn't the file", ("Accept-Encoding: gzip", f"If-None-Match: {PLAIN_TAG}"), 200, {"ETag": GZIP_TAG}),
    conditional("the file isn't gzip", (f"If-None-Match: {GZIP_TAG}",), 200, {"ETag": PLAIN_TAG}),
    conditional("br isn't gzip", ("Accept-Encoding: br", f"If-None-Match: {GZIP_TAG}"), 200,
                {"ETag": tag("text.txt", "br")}),
    conditional("If-Match of gzip", ("Accept-Encoding: gzip", f"If-Match: {GZIP_TAG}"), 200, {"ETag": GZIP_TAG}),
    row("If-Match of another form", request("/text.txt", "Accept-Encoding: gzip", f"If-Match: {PLAIN_TAG}"), 412),
    row("a range is of the file, in no coding", request("/text.txt", "Accept-Encoding: gzip", "Range: bytes=0-9"), 206,
        {"Content-Encoding": None, "ETag": PLAIN_TAG, "Vary": re.compile("Accept-Encoding")}, content("text.txt")[:10]),
    row("a range of what was got in gzip", request("/text.txt", "Accept-Encoding: gzip", "Range: bytes=5-9",
                                                   f"If-Range: {GZIP_TAG}"), 200,
        {"Content-Encoding": None, "ETag": PLAIN_TAG}, content("text.txt")),
]


def beside(name, target, accept, coding, file, **headers):
    return coded(name, target, accept, coding, content(file), **{"Content-Type": "text/css; charset=utf-8", **headers})


BESIDE = [
    beside("br", "/both.css", "br", "br", "both.css.br", ETag=tag("both.css.br", "br")),
    beside("gzip", "/both.css", "gzip", "gzip", "both.css.gz", ETag=tag("both.css.gz", "gzip")),
    beside("either", "/both.css", "gzip, br", "br", "both.css.br"),
    beside("gzip preferred", "/both.css", "gzip, br;q=0.5", "gzip", "both.css.gz"),
    beside("none", "/both.css", None, None, "both.css", ETag=tag("both.css")),
    beside("what is there comes before what could be made", "/one.css", "gzip, br", "gzip", "one.css.gz"),
    beside("a small file", "/small.css", "gzip", "gzip", "small.css.gz"),
    beside("the version of the file itself", f"/both.css?v={digest('both.css')[:16]}", "br", "br", "both.css.br",
           **{"Cache-Control": "public, max-age=31536000, immutable"}),
    coded("one that is older than the file", "/old.css", "gzip", "gzip", unzips_to("old.css"), ETag=tag("old.css", "gzip")),
    coded("one that leads out of the root", "/led.css", "gzip", "gzip", unzips_to("led.css"), ETag=tag("led.css", "gzip")),
    coded("a folder of that name", "/folder.css", "gzip", "gzip", unzips_to("folder.css")),
    row("the compressed file itself", request("/both.css.gz", "Accept-Encoding: gzip"), 200,
        {"Content-Encoding": None, "Content-Type": "application/gzip", "ETag": tag("both.css.gz")}, content("both.css.gz")),
    row("a range", request("/both.css", "Accept-Encoding: gzip", "Range: bytes=0-4"), 206,
        {"Content-Encoding": None, "ETag": tag("both.css")}, content("both.css")[:5]),
    row("304", request("/both.css", "Accept-Encoding: gzip", f"If-None-Match: {tag('both.css.gz', 'gzip')}"), 304,
        {"ETag": tag("both.css.gz", "gzip"), "Vary": "Accept-Encoding"}, b""),
    row("HEAD", request("/both.css", "Accept-Encoding: gzip", method="HEAD"), 200,
        {"Content-Encoding": "gzip", "Content-Length": str(len(content("both.css.gz")))}),
    coded("one too long to be digested at once", "/large.csv", "gzip", "gzip", content("large.csv.gz"),
          ETag=tag("large.csv.gz", "gzip")),
]

OFF = [
    row("on the fly", request("/text.txt", "Accept-Encoding: gzip, br"), 200, {"Content-Encoding": None, "Vary": None},
        content("text.txt")),
    row("beside", request("/both.css", "Accept-Encoding: gzip, br"), 200, {"Content-Encoding": None, "Vary": None},
        content("both.css")),
]

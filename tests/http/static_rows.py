"""What the static server answers, over the folder that static.bats makes: $SITE."""
import email.utils
import os
import re

from raw import request, row
from site_files import SITE, content, digest

TEXT = b"0123456789abcdefghi"
SIZE = len(TEXT)
HTML = "text/html; charset=utf-8"
REVALIDATE = "no-cache"
KEEP = "public, max-age=31536000, immutable"
UNCACHED = {"Cache-Control": "no-store"}
# RFC 9110 §8.6: a 304 may say the length that the 200 would have, or nothing.
NO_OTHER_LENGTH = {None, str(SIZE)}


def etag(name):
    return f'"{digest(name)}"'


def modified(name):
    return email.utils.formatdate(os.stat(f"{SITE}/{name}").st_mtime, usegmt=True)


def get(name, target, status, headers=None, body=None):
    return row(name, request(target), status, headers, body)


def absent(name, target):
    return get(name, target, 404, UNCACHED)


def bad(name, target):
    return row(name, request(target), 400, closes=None)


TARGETS = [
    get("a file", "/a.txt", 200, {"Content-Type": "text/plain; charset=utf-8"}, TEXT),
    get("a file with escapes in its URL", "/%61%2Etxt", 200, {}, TEXT),
    get("a name with a space", "/with%20space.txt", 200, {}, b"space"),
    get("a name in UTF-8", "/%C3%BC.txt", 200, {}, b"umlaut"),
    get("a name that is no UTF-8", "/latin%FC.txt", 200, {}, b"latin"),
    get("a name with a plus, which is no space", "/a+b.txt", 200, {}, b"plus"),
    get("a name with a question mark", "/what%3F.txt", 200, {}, b"question"),
    get("a name with a percent sign", "/100%25.txt", 200, {}, b"percent"),
    get("the query decides nothing", "/a.txt?file=../../etc/passwd&%00", 200, {}, TEXT),
    get("1,500 parameters", "/a.txt?" + "&".join(map(str, range(1500))), 200, {}, TEXT),
    get("an empty file", "/empty.txt", 200, {"Content-Length": "0"}, b""),
    get("the root's index", "/", 200, {"Content-Type": HTML}, b"<p>root</p>\n"),
    get("a folder's index", "/dir/", 200, {"Content-Type": HTML}, b"<p>dir</p>\n"),
    get("a page without its extension", "/page", 200, {"Content-Type": HTML}, b"<p>page</p>\n"),
    get("a page with its extension", "/page.html", 200, {"Content-Type": HTML}, b"<p>page</p>\n"),
    get("a file that is named like a page", "/both", 200, {}, b"the file itself"),
    get("a link that stays inside", "/inside", 200, {}, TEXT),
    get("/.well-known/", "/.well-known/acme.txt", 200, {}, b"acme"),
    get("a folder without an index", "/list/", 200, {**UNCACHED, "Content-Type": re.compile("^text/")},
        re.compile(rb"one\.txt[\s\S]*two\.txt")),
    # Folders are redirected to their slash
    get("a folder without its slash", "/dir", 308, {"Location": "/dir/", **UNCACHED}),
    get("a folder without its slash, with a query", "/dir?x=1&y=%20//z", 308, {"Location": "/dir/?x=1&y=%20//z"}),
    get("a folder without its slash, escaped", "/%64ir", 308, {"Location": "/dir/"}),
    get("a folder whose name has a question mark", "/odd%3F%20name", 308, {"Location": "/odd%3F%20name/"}),
    # Names that aren't there for anybody
    absent("a name that isn't there", "/nothing"),
    absent("a page that isn't there", "/nothing.html"),
    absent("a file taken for a folder", "/a.txt/"),
    absent("a file in a file", "/a.txt/b"),
    absent("a dotfile", "/.env"),
    absent("a dotfile, escaped", "/%2Eenv"),
    absent("a file in a dot folder", "/.git/config"),
    absent("a dot folder", "/.git"),
    absent("a dotfile further down", "/dir/.hidden"),
    absent("a dotfile under /.well-known/", "/.well-known/.hidden"),
    absent("the settings", "/eddy.conf"),
    absent("a backup", "/a.txt~"),
    absent("vim's swap file", "/.a.txt.swp"),
    absent("emacs's autosave", "/%23a.txt%23"),
    absent("emacs's lock", "/.%23a.txt"),
    absent("the new file of a JetBrains save", "/a.txt___jb_tmp___"),
    absent("the old file of a JetBrains save", "/a.txt___jb_old___"),
    absent("a link out of the root", "/outside"),
    absent("a link out of the root, relative", "/outside-relative"),
    absent("a file behind a linked folder", "/outside-folder/secret.txt"),
    absent("a link to /proc/self/root", "/magic/etc/hostname"),
    absent("a FIFO", "/fifo"),
    absent("a socket", "/socket"),
    absent("a link to a device", "/null"),
    absent("a link to itself", "/loop"),
    absent("a name too long for any file system", "/" + "n" * 300),
]

TRAVERSAL = [
    *[bad(f"target {target}", target) for target in [
        "/../secret.txt", "/dir/../../secret.txt", "/..", "/dir/.", "/./a.txt", "/dir/..", "/dir/../a.txt",
        "/.", "/./", "/dir//../.git/confi",
        "/%2e%2e/secret.txt", "/.%2e/secret.txt", "/%2e./secret.txt", "/%2E%2E/%2E%2E/secret.txt", "/%2e/a.txt",
        "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/dir%2Findex.html",
        "/dir%5Cindex.html", "/a.txt%00", "/a.txt%00.html", "/%00", "/dir/%00/../../secret.txt", "/a%0Ab", "/a%0D%0Ab",
        "/a%1Fb", "/a%7Fb", "/a%", "/a%2", "/a%zz", "/%c0%ae%c0%ae%2fsecret.txt",
        "//a.txt", "//evil.example/%2e%2e", "//evil.example", "///", "a.txt", "*.txt", "",
    ]],
    # Decoded once, the dots of these are no dots yet.
    absent("dots escaped twice", "/%252e%252e/secret.txt"),
    absent("a slash escaped twice", "/..%252fsecret.txt"),
    absent("overlong dots", "/%c0%ae%c0%ae/secret.txt"),
    absent("three dots", "/.../secret.txt"),
]


def conditional(name, fields, status, headers=None, body=None, target="/a.txt"):
    return row(name, request(target, *fields), status, headers, body)


def unchanged(name, *fields, target="/a.txt"):
    """304 with what the 200 would have said of the file, and no length that isn't the file's."""
    headers = {"ETag": etag("a.txt"), "Cache-Control": REVALIDATE, "Last-Modified": modified("a.txt"),
               "Content-Length": NO_OTHER_LENGTH}
    return conditional(name, fields, 304, headers, b"", target)


def whole(name, *fields, target="/a.txt"):
    headers = {"ETag": etag("a.txt"), "Content-Length": str(SIZE), "Content-Range": None}
    return conditional(name, fields, 200, headers, TEXT, target)


def failed(name, *fields):
    return conditional(name, fields, 412, UNCACHED)


TAG = etag("a.txt")
LONG_AGO = "Sat, 01 Jan 2000 00:00:00 GMT"
LATER = "Fri, 31 Dec 2060 23:59:59 GMT"

VALIDATORS = [
    get("a file has a strong ETag made from its bytes", "/a.txt", 200,
        {"ETag": TAG, "Last-Modified": modified("a.txt"), "Cache-Control": REVALIDATE, "Accept-Ranges": "bytes"}, TEXT),
    get("an empty file too", "/empty.txt", 200, {"ETag": etag("empty.txt")}, b""),
    get("a file of 3 MiB too", "/big.bin", 200, {"ETag": etag("big.bin"), "Content-Length": str(3 << 20)}),
    get("a file of 9 MiB too", "/bigger.bin", 200, {"ETag": etag("bigger.bin"), "Content-Length": str(9 << 20)}),
    # RFC 9110 §13.1.2
    unchanged("If-None-Match", f"If-None-Match: {TAG}"),
    unchanged("If-None-Match, weak", f"If-None-Match: W/{TAG}"),
    unchanged("If-None-Match *", "If-None-Match: *"),
    unchanged("If-None-Match, first of a list", f'If-None-Match: {TAG}, "other"'),
    unchanged("If-None-Match, last of a list", f'If-None-Match: "a", W/"b,c" ,{TAG}'),
    unchanged("If-None-Match, in the second field", 'If-None-Match: "other"', f"If-None-Match: {TAG}"),
    unchanged("If-None-Match before If-Modified-Since", f"If-None-Match: {TAG}", f"If-Modified-Since: {LONG_AGO}"),
    unchanged("If-None-Match before Range", f"If-None-Match: {TAG}", "Range: bytes=0-0"),
    whole("If-None-Match, another", 'If-None-Match: "other"'),
    whole("If-None-Match, another, and not modified", 'If-None-Match: "other"', f"If-Modified-Since: {LATER}"),
    whole("If-None-Match without its quotes", f"If-None-Match: {TAG[1:-1]}"),
    whole("If-None-Match, a part of it", f"If-None-Match: {TAG[:-3]}\""),
    # §13.1.3
    unchanged("If-Modified-Since, the very second", f"If-Modified-Since: {modified('a.txt')}"),
    unchanged("If-Modified-Since, later", f"If-Modified-Since: {LATER}"),
    unchanged("If-Modified-Since, RFC 850", "If-Modified-Since: Wednesday, 01-Jan-25 00:00:00 GMT"),
    unchanged("If-Modified-Since, asctime", "If-Modified-Since: Wed Jan  1 00:00:00 2025"),
    whole("If-Modified-Since, earlier", f"If-Modified-Since: {LONG_AGO}"),
    whole("If-Modified-Since, no date", "If-Modified-Since: yesterday"),
    whole("If-Modified-Since, no such day", "If-Modified-Since: Wed, 32 Jan 2030 00:00:00 GMT"),
    # §13.1.1, §13.1.4
    whole("If-Match", f"If-Match: {TAG}"),
    whole("If-Match *", "If-Match: *"),
    whole("If-Match, in a list", f'If-Match: "other", {TAG}'),
    failed("If-Match, another", 'If-Match: "other"'),
    failed("If-Match, weak", f"If-Match: W/{TAG}"),
    whole("If-Unmodified-Since, the very second", f"If-Unmodified-Since: {modified('a.txt')}"),
    whole("If-Match before If-Unmodified-Since", f"If-Match: {TAG}", f"If-Unmodified-Since: {LONG_AGO}"),
    whole("If-Match, in the second field", 'If-Match: "other"', f"If-Match: {TAG}"),
    whole("If-Unmodified-Since, no date", "If-Unmodified-Since: yesterday"),
    failed("If-Unmodified-Since, earlier", f"If-Unmodified-Since: {LONG_AGO}"),
    # §13.2.2, from the first step to the last
    failed("If-Match before If-None-Match", 'If-Match: "other"', f"If-None-Match: {TAG}"),
    failed("If-Match before Range", 'If-Match: "other"', "Range: bytes=0-0"),
    failed("If-Unmodified-Since before If-None-Match", f"If-Unmodified-Since: {LONG_AGO}", "If-None-Match: *"),
    unchanged("If-Match holds, If-None-Match too", f"If-Match: {TAG}", f"If-None-Match: {TAG}"),
    unchanged("If-Match holds, not modified since", "If-Match: *", f"If-Modified-Since: {LATER}"),
    conditional("If-Match holds, and a range", (f"If-Match: {TAG}", "Range: bytes=0-0"), 206, {"ETag": TAG}, b"0"),
    unchanged("not modified before a range", f"If-Modified-Since: {LATER}", "Range: bytes=0-0", f"If-Range: {TAG}"),
    unchanged("not modified before a range beyond the end", f"If-Modified-Since: {LATER}", "Range: bytes=99-"),
]

VERSION = digest("a.txt")[:16]

VERSIONS = [
    get("the version of the bytes", f"/a.txt?v={VERSION}", 200, {"Cache-Control": KEEP, "ETag": TAG}, TEXT),
    get("the version among others", f"/a.txt?x=1&v={VERSION}&y=2", 200, {"Cache-Control": KEEP}, TEXT),
    get("another version", "/a.txt?v=0123456789abcdef", 200, {"Cache-Control": REVALIDATE, "ETag": TAG}, TEXT),
    get("no version", "/a.txt", 200, {"Cache-Control": REVALIDATE}, TEXT),
    get("an empty version", "/a.txt?v=", 200, {"Cache-Control": REVALIDATE}, TEXT),
    get("a version without a value", "/a.txt?v", 200, {"Cache-Control": REVALIDATE}, TEXT),
    get("the first digits of the version", f"/a.txt?v={VERSION[:8]}", 200, {"Cache-Control": REVALIDATE}, TEXT),
    get("the version and more", f"/a.txt?v={VERSION}0", 200, {"Cache-Control": REVALIDATE}, TEXT),
    get("another name for the version", f"/a.txt?version={VERSION}", 200, {"Cache-Control": REVALIDATE}, TEXT),
    row("304 of a version keeps its rule", request(f"/a.txt?v={VERSION}", f"If-None-Match: {TAG}"), 304,
        {"Cache-Control": KEEP, "ETag": TAG}, b""),
    row("a range of a version keeps its rule", request(f"/a.txt?v={VERSION}", "Range: bytes=0-0"), 206,
        {"Cache-Control": KEEP, "ETag": TAG}, b"0"),
    absent("a version of nothing", f"/nothing?v={VERSION}"),
]


def part(name, spec, first, last, *fields):
    headers = {"Content-Range": f"bytes {first}-{last}/{SIZE}", "Content-Length": str(last - first + 1), "ETag": TAG,
               "Last-Modified": modified("a.txt"), "Content-Type": "text/plain; charset=utf-8"}
    return conditional(name, (f"Range: {spec}", *fields), 206, headers, TEXT[first:last + 1])


def unsatisfiable(name, spec, target="/a.txt", size=SIZE):
    return conditional(name, (f"Range: {spec}",), 416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"},
                       b"", target)


def ignored(name, spec, *fields):
    return whole(name, f"Range: {spec}", *fields)


RANGES = [
    part("the first byte", "bytes=0-0", 0, 0),
    part("some bytes", "bytes=3-7", 3, 7),
    part("the last byte", "bytes=18-18", 18, 18),
    part("all bytes", "bytes=0-18", 0, 18),
    part("a suffix", "bytes=-5", 14, 18),
    part("a suffix of one", "bytes=-1", 18, 18),
    part("a suffix longer than the file", "bytes=-100", 0, 18),
    part("from a byte on", "bytes=5-", 5, 18),
    part("from the first byte on", "bytes=0-", 0, 18),
    part("past the end", "bytes=10-100", 10, 18),
    part("past 64 bits", "bytes=10-99999999999999999999999", 10, 18),
    part("a unit in capitals (RFC 9110 §14.1)", "BYTES=0-0", 0, 0),
    part("If-Range, the ETag", "bytes=1-2", 1, 2, f"If-Range: {TAG}"),
    part("If-Range, the date", "bytes=1-2", 1, 2, f"If-Range: {modified('a.txt')}"),
    part("If-None-Match, another", "bytes=1-2", 1, 2, 'If-None-Match: "other"'),
    unsatisfiable("right behind the end", "bytes=19-"),
    unsatisfiable("right behind the end, closed", "bytes=19-25"),
    unsatisfiable("far behind the end", "bytes=100-200"),
    unsatisfiable("far behind 64 bits", "bytes=99999999999999999999999-"),
    unsatisfiable("a suffix of nothing", "bytes=-0"),
    unsatisfiable("any range of an empty file", "bytes=0-", "/empty.txt", 0),
    ignored("backwards", "bytes=9-2"),
    ignored("no unit", "0-5"),
    ignored("no bounds", "bytes=-"),
    ignored("nothing", "bytes="),
    ignored("letters", "bytes=a-b"),
    ignored("hexadecimal", "bytes=0x0-0x5"),
    ignored("a sign", "bytes=+1-3"),
    ignored("two signs", "bytes=--5"),
    ignored("a space inside", "bytes=1 - 3"),
    ignored("one bad of two", "bytes=0-0,b-c"),
    ignored("another unit", "lines=0-5"),
    ignored("If-Range, another ETag", "bytes=1-2", 'If-Range: "other"'),
    ignored("If-Range, weak", "bytes=1-2", f"If-Range: W/{TAG}"),
    ignored("If-Range, another date", "bytes=1-2", f"If-Range: {LONG_AGO}"),
]

def multipart(name, content, content_type, *ranges):
    """A pattern for the whole body: nothing else may be in it, and one boundary between all."""
    parts = [b"--(?P<boundary>[0-9A-Za-z]{1,70})" if i == 0 else rb"\r\n--(?P=boundary)" for i in range(len(ranges))]
    text = rb"\A"
    for start, (first, last) in zip(parts, ranges):
        head = f"\r\nContent-Type: {content_type}\r\nContent-Range: bytes {first}-{last}/{len(content)}\r\n\r\n"
        text += start + re.escape(head.encode() + content[first:last + 1])
    return re.compile(text + rb"\r\n--(?P=boundary)--\r\n\Z", re.S)


MULTIPART = {"Content-Type": re.compile(r"^multipart/byteranges; boundary=[0-9A-Za-z]{1,70}$"), "Content-Range": None,
             "ETag": TAG, "Last-Modified": modified("a.txt"), "Cache-Control": REVALIDATE}


def several(name, spec, *ranges, fields=()):
    return conditional(name, (f"Range: {spec}", *fields), 206, MULTIPART,
                       multipart("a.txt", TEXT, "text/plain; charset=utf-8", *ranges))


BIG = content("big.bin")

SEVERAL_RANGES = [
    several("two", "bytes=0-1,4-5", (0, 1), (4, 5)),
    several("two, the last byte among them", "bytes=0-0,-1", (0, 0), (18, 18)),
    several("blanks and empty elements", "bytes=0-0 ,, \t4-4,", (0, 0), (4, 4)),
    several("out of order", "bytes=10-11,0-1", (0, 1), (10, 11)),
    several("eight", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 16, 2)), *[(n, n) for n in range(0, 16, 2)]),
    several("one of three beyond the end", "bytes=0-0,50-60,4-4", (0, 0), (4, 4)),
    several("If-Range, the ETag", "bytes=0-0,4-4", (0, 0), (4, 4), fields=(f"If-Range: {TAG}",)),
    several("overlapping ones and one apart", "bytes=0-3,2-5,9-9", (0, 5), (9, 9)),
    row("two of a file in no memory", request("/big.bin", "Range: bytes=5-9,3000000-3000004"), 206,
        {"Content-Length": re.compile("^[0-9]{3}$")},
        multipart("big.bin", BIG, "application/octet-stream", (5, 9), (3000000, 3000004))),
    part("overlapping", "bytes=0-5,3-8", 0, 8),
    part("touching", "bytes=0-3,4-8", 0, 8),
    part("one inside the other", "bytes=2-10,4-5", 2, 10),
    part("the same, many times", "bytes=" + ",".join(["3-4"] * 500), 3, 4),
    part("every byte on its own", "bytes=" + ",".join(f"{n}-{n}" for n in range(SIZE)), 0, 18),
    part("one within, one beyond", "bytes=2-3,100-200", 2, 3),
    unsatisfiable("all beyond", "bytes=19-20,100-,-0"),
    ignored("nine", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 18, 2))),
    row("a thousand apart", request("/big.bin", "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(0, 2000, 2))), 200,
        {"Content-Length": str(len(BIG)), "Content-Range": None}, BIG),
    ignored("one malformed of three", "bytes=0-0,4-3,6-6"),
    ignored("If-Range, another ETag", "bytes=0-0,4-4", 'If-Range: "other"'),
    row("a page with the reload client in it is sent whole", request("/page", "Accept: text/html", "Range: bytes=0-3"), 200,
        {"Accept-Ranges": "none", "Content-Range": None}, re.compile(rb"<p>page</p>")),
    row("HEAD", request("/a.txt", "Range: bytes=0-0,4-4", method="HEAD"), 200, {"Content-Length": str(SIZE)}),
]

LARGE = 5 << 30

LARGE_FILE = [
    row("its size", request("/large.bin", method="HEAD"), 200, {"Content-Length": str(LARGE), "ETag": re.compile('^"')}),
    row("its last bytes", request("/large.bin", "Range: bytes=-4"), 206,
        {"Content-Range": f"bytes {LARGE - 4}-{LARGE - 1}/{LARGE}"}, b"last"),
    row("bytes past 4 GiB", request("/large.bin", f"Range: bytes={(4 << 30) + 5}-{(4 << 30) + 10}"), 206,
        {"Content-Range": f"bytes {(4 << 30) + 5}-{(4 << 30) + 10}/{LARGE}"}, b"middle"),
    row("bytes on both sides of 4 GiB", request("/large.bin", f"Range: bytes=0-3,{(4 << 30) + 5}-{(4 << 30) + 10}"), 206,
        {}, re.compile(rb"Content-Range: bytes 0-3/%d\r\n\r\n\0{4}\r\n--.*bytes %d-%d/%d\r\n\r\nmiddle\r\n--" % (
            LARGE, (4 << 30) + 5, (4 << 30) + 10, LARGE), re.S)),
    row("its end is past the end", request("/large.bin", f"Range: bytes={LARGE}-"), 416,
        {"Content-Range": f"bytes */{LARGE}"}, b""),
]

ALLOW = re.compile(r"^(?=.*\bGET\b)(?=.*\bHEAD\b)(?=.*\bOPTIONS\b)[A-Z, ]+$")


def method(name, one, target="/a.txt", status=405, headers=None, fields=(), body=b""):
    return row(name, request(target, *fields, method=one, body=body), status, headers or {"Allow": ALLOW}, closes=None)


def with_body(name, one, target="/a.txt", size=5):
    """Refused, and the connection ends, for what follows can't be told from the body."""
    fields = (f"Content-Length: {size}",)
    return row(name, request(target, *fields, method=one, body=b"x" * size), {400, 405, 413}, closes=True)


METHODS = [
    row("HEAD says what GET says", request("/a.txt", method="HEAD"), 200,
        {"ETag": TAG, "Content-Length": str(SIZE), "Content-Type": "text/plain; charset=utf-8",
         "Last-Modified": modified("a.txt"), "Cache-Control": REVALIDATE}),
    # RFC 9110 §14.2: Range is defined for GET only.
    row("HEAD of a range", request("/a.txt", "Range: bytes=1-2", method="HEAD"), 200,
        {"Content-Length": str(SIZE), "Content-Range": None}),
    row("HEAD, unchanged", request("/a.txt", f"If-None-Match: {TAG}", method="HEAD"), 304, {"ETag": TAG}),
    row("HEAD of nothing", request("/nothing", method="HEAD"), 404, UNCACHED),
    row("HEAD of a folder", request("/dir", method="HEAD"), 308, {"Location": "/dir/"}),
    row("OPTIONS", request("/a.txt", method="OPTIONS"), {200, 204}, {"Allow": ALLOW}),
    row("OPTIONS *", request("*", method="OPTIONS"), 204, {"Allow": ALLOW, "Content-Length": None}),
    *[method(one, one) for one in ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "TRACE", "BREW", "get"]],
    with_body("POST with a body", "POST"),
    with_body("PUT with a body", "PUT"),
    with_body("GET with a body", "GET"),
    with_body("a body of 1 MB", "POST", size=1_000_000),
    row("a chunked body", request("/a.txt", "Transfer-Encoding: chunked", method="POST",
                                  body=b"5\r\nhello\r\n0\r\n\r\n"), {400, 405, 413}, closes=True),
]


def typed(name, content_type):
    return get(f"the type of {name}", f"/types/{name}", 200,
               {"Content-Type": content_type, "X-Content-Type-Options": "nosniff"})


TYPES = [
    typed("a.html", HTML), typed("a.htm", HTML), typed("a.css", "text/css; charset=utf-8"),
    typed("a.js", "text/javascript; charset=utf-8"), typed("a.mjs", "text/javascript; charset=utf-8"),
    typed("a.json", "application/json; charset=utf-8"), typed("a.map", "application/json; charset=utf-8"),
    typed("a.webmanifest", "application/manifest+json; charset=utf-8"), typed("a.svg", "image/svg+xml; charset=utf-8"),
    typed("a.txt", "text/plain; charset=utf-8"), typed("a.md", "text/markdown; charset=utf-8"),
    typed("a.csv", "text/csv; charset=utf-8"), typed("a.xml", re.compile("^(application|text)/xml; charset=utf-8$")),
    typed("a.png", "image/png"), typed("a.jpg", "image/jpeg"), typed("a.gif", "image/gif"),
    typed("a.webp", "image/webp"), typed("a.avif", "image/avif"),
    typed("a.ico", re.compile("^image/(x-icon|vnd.microsoft.icon)$")), typed("a.woff2", "font/woff2"),
    typed("a.woff", "font/woff"), typed("a.wasm", "application/wasm"), typed("a.pdf", "application/pdf"),
    typed("a.mp4", "video/mp4"), typed("a.mp3", "audio/mpeg"), typed("A.PNG", "image/png"),
    typed("a.tar.gz", "application/gzip"), typed("a.unheard-of", "application/octet-stream"),
    typed("noextension", "application/octet-stream"),
]

EVERYWHERE = {"Server": "eddy", "X-Content-Type-Options": "nosniff",
              "Date": re.compile(r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$"),
              "Access-Control-Allow-Origin": None, "Cross-Origin-Resource-Policy": "same-site"}

ANSWERS = [
    row("a file", request("/a.txt"), 200, EVERYWHERE),
    row("a page", request("/"), 200, EVERYWHERE),
    row("a listing", request("/list/"), 200, EVERYWHERE),
    row("a redirect", request("/dir"), 308, EVERYWHERE),
    row("nothing", request("/nothing"), 404, EVERYWHERE),
    row("unchanged", request("/a.txt", f"If-None-Match: {TAG}"), 304, EVERYWHERE),
    row("a part", request("/a.txt", "Range: bytes=0-0"), 206, EVERYWHERE),
    row("no part", request("/a.txt", "Range: bytes=99-"), 416, EVERYWHERE),
    row("another method", request("/a.txt", method="PUT"), 405, EVERYWHERE, closes=None),
]


def host(value, status, headers=None, body=None, target="/a.txt"):
    return row(f"Host {value}", request(target, host=value), status, headers, body)


def misdirected(value, cure):
    return host(value, 421, UNCACHED, re.compile(re.escape(f"--allow-host {cure}").encode()))


HOSTS = [
    *[host(value, 200, {}, TEXT) for value in [
        "localhost", "localhost:{port}", "LocalHost:{port}", "127.0.0.1:{port}", "127.0.0.1", "[::1]:{port}", "[::1]",
        "app.localhost:{port}", "a.b.localhost"]],
    misdirected("evil.example", "evil.example"),
    misdirected("evil.example:{port}", "evil.example"),
    misdirected("localhost.evil.example", "localhost.evil.example"),
    misdirected("evillocalhost", "evillocalhost"),
    *[host(value, 421) for value in ["127.0.0.1.evil.example", "127.0.0.2", "10.0.0.1", "[::2]", "[::ffff:127.0.0.1]",
                                     "0.0.0.0", "127.1", "2130706433"]],
    row("the target's authority replaces Host", request("http://localhost/a.txt", host="evil.example"), 200, {}, TEXT),
    row("a foreign authority", request("http://evil.example/a.txt"), 421, UNCACHED),
    row("an authority without a path", request("http://localhost"), 200, {}, b"<p>root</p>\n"),
    row("an authority with a user", request("http://user@localhost/a.txt"), 400, closes=None),
    row("a reload stream for another host", request("/_eddy/events", host="evil.example"), 421, UNCACHED),
]

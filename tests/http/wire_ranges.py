"""Parts of a file, compared byte by byte: RFC 9110 §14. The site is wire_site.py's."""
import email

from raw import request, row
from wire_site import PATTERN, TEXT

SIZE = len(TEXT)
LARGE = len(PATTERN)


def one(spec, first, last, *fields, target="/a.txt", content=TEXT):
    """206 with exactly these bytes (§15.3.7)."""
    return row(f"{spec:.50} {' '.join(fields):.40}".strip(), request(target, f"Range: {spec}", *fields), 206,
               {"Content-Range": f"bytes {first}-{last}/{len(content)}", "Content-Length": str(last - first + 1)},
               content[first:last + 1])


def none(spec, target="/a.txt", size=SIZE):
    """416 that says the size (§15.5.17), and nothing of the file."""
    def faults(response):
        if TEXT in response.body:
            yield "the body is the file"

    return row(f"{spec:.50} of {target}", request(target, f"Range: {spec}"), 416,
               {"Content-Range": f"bytes */{size}", "ETag": {None, "{etag}"}}, check=faults)


def whole(spec, *fields, name=None):
    """A Range that is malformed, or may not be used, is ignored (§14.2)."""
    return row(name or f"{spec:.50} {' '.join(fields):.40}".strip(), request("/a.txt", f"Range: {spec}", *fields), 200,
               {"Content-Range": None, "Content-Length": str(SIZE)}, TEXT)


def malformed(spec):
    """§14.2: an invalid ranges-specifier MAY be ignored or refused."""
    return row(f"{spec:.50} (§14.2)", request("/a.txt", f"Range: {spec}"), {200, 416}, {}, eddy=200)


def parts_of(response):
    """Each part of a multipart/byteranges body as (first, last, size, bytes): §14.6."""
    head = b"Content-Type: " + response.get("Content-Type").encode() + b"\r\n\r\n"
    message = email.message_from_bytes(head + response.body)
    if not message.is_multipart():
        raise ValueError(f"no parts in {response}")
    boundary = message.get_boundary().encode()
    for chunk in response.body.split(b"--" + boundary)[1:-1]:
        fields, _, content = chunk.partition(b"\r\n\r\n")
        named = dict(line.split(b": ", 1) for line in fields.strip().split(b"\r\n"))
        unit, _, rest = {k.lower(): v for k, v in named.items()}[b"content-range"].partition(b" ")
        span, _, size = rest.partition(b"/")
        first, _, last = span.partition(b"-")
        yield int(first), int(last), int(size), content[:-2]


def several(spec, *spans, target="/pattern.bin", content=PATTERN):
    """Several parts in one body; a server may answer whole, or join what touches (§14.2, §15.3.7.2)."""
    def faults(response):
        if response.status == 200:
            if response.body != content:
                yield "the body is not the file"
            return
        found = list(parts_of(response))
        for first, last, size, part in found:
            if size != len(content) or part != content[first:last + 1]:
                yield f"the part {first}-{last}/{size} holds other bytes"
        if [(first, last) for first, last, _, _ in found] != list(spans):
            yield f"parts {[part[:2] for part in found]}, not {list(spans)}"

    return row(f"{spec:.50} in parts", request(target, f"Range: {spec}"), {200, 206}, {"Content-Range": None}, check=faults,
               eddy=206)


def bounded(name, spec, target="/pattern.bin", content=PATTERN):
    """Too much of it: never more bytes than the file has, and some room for the heads of parts (§14.2, §17.15)."""
    def faults(response):
        if len(response.body) > len(content) + 4096:
            yield f"{len(response.body)} bytes of a file of {len(content)}"
        if response.status == 200 and response.body != content:
            yield "the body is not the file"

    return row(f"{name} (§17.15)", request(target, f"Range: {spec}"), {200, 206, 416}, check=faults)


SINGLE = [
    one("bytes=0-0", 0, 0),
    one("bytes=0-1", 0, 1),
    one("bytes=1-1", 1, 1),
    one("bytes=5-9", 5, 9),
    one("bytes=18-18", 18, 18),
    one("bytes=0-18", 0, 18),
    one("bytes=0-", 0, 18),
    one("bytes=18-", 18, 18),
    one("bytes=7-", 7, 18),
    one("bytes=-1", 18, 18),
    one("bytes=-18", 1, 18),
    one("bytes=-19", 0, 18),
    one("bytes=-20", 0, 18),
    one("bytes=-999999999999", 0, 18),
    one("bytes=-99999999999999999999999999", 0, 18),
    one("bytes=10-19", 10, 18),
    one("bytes=10-4294967296", 10, 18),
    one("bytes=10-9223372036854775807", 10, 18),
    one("bytes=10-18446744073709551615", 10, 18),
    one("bytes=10-18446744073709551616", 10, 18),
    one("bytes=0000-0003", 0, 3),
    one("BYTES=0-3", 0, 3),
    one("Bytes=0-3", 0, 3),
    one("bytes=0-3,", 0, 3),
    one("bytes=,0-3", 0, 3),
    one("bytes=0-3,19-20", 0, 3),
    one("bytes=99-100,2-4", 2, 4),
    one("bytes=0-65535", 0, 65535, target="/pattern.bin", content=PATTERN),
    one("bytes=65535-65537", 65535, 65537, target="/pattern.bin", content=PATTERN),
    one("bytes=100000-299999", 100000, 299999, target="/pattern.bin", content=PATTERN),
    one("bytes=299999-", 299999, 299999, target="/pattern.bin", content=PATTERN),
    one("bytes=-100000", 200000, 299999, target="/pattern.bin", content=PATTERN),
    one("bytes=1-2", 1, 2, "If-Range: {etag}"),
    one("bytes=1-2", 1, 2, "If-Range: {modified}"),
    one("bytes=1-2", 1, 2, 'If-None-Match: "x"'),
    one("bytes=1-2", 1, 2, "If-Match: {etag}"),
    one("bytes=1-2", 1, 2, "Accept-Encoding: gzip, br"),
    none("bytes=19-"),
    none("bytes=19-19"),
    none("bytes=20-30"),
    none("bytes=4294967296-"),
    none("bytes=9223372036854775807-"),
    none("bytes=9223372036854775808-"),
    none("bytes=18446744073709551616-"),
    none("bytes=18446744073709551616-18446744073709551620"),
    none("bytes=99999999999999999999999999-"),
    none("bytes=-0"),
    none("bytes=19-,20-"),
    none("bytes=0-0", "/empty.txt", 0),
    none("bytes=0-", "/empty.txt", 0),
    whole("lines=0-3"),
    whole("byte=0-3"),
    whole("bytes"),
    whole("0-3"),
    whole("none"),
    whole("bytes 0-3"),
    whole("bytes:0-3"),
    whole("bytes=1-2", 'If-Range: "x"'),
    whole("bytes=1-2", "If-Range: Sat, 01 Jan 2000 00:00:00 GMT"),
    whole("bytes=1-2", "If-Range: W/{etag}"),
    whole("bytes=1-2", "If-Range: garbage"),
    whole("bytes=99-", 'If-Range: "x"'),
    *map(malformed, ["bytes=9-2", "bytes=-", "bytes=", "bytes=a-b", "bytes=0-b", "bytes=a-5", "bytes=0x0-0x5",
                     "bytes=+0-5", "bytes=0-+5", "bytes=--5", "bytes=0--5", "bytes=0-5-9", "bytes=1 - 3", "bytes=1- 3",
                     "bytes=0-3 4-5", "bytes=0-3;4-5", "bytes=0-3,b-c", "bytes=9-2,0-3", "bytes=0-3,-", "bytes=0.0-3",
                     "bytes=0-3e1", "bytes=*", "bytes=0-*", "bytes==0-3", "bytes=\"0-3\"", "bytes=0-3, bytes=4-5",
                     "bytes=\u0660-\u0663"]),
    row("an empty Range", request("/a.txt", "Range:"), 200, {}, TEXT),
    row("two Ranges in two fields (RFC 9110 §5.3)", request("/a.txt", "Range: bytes=0-0", "Range: bytes=5-5"),
        {200, 206, 400}),
    row("Range with POST", request("/a.txt", "Range: bytes=0-0", method="POST"), 405, closes=None),
    row("Range of what isn't there", request("/nothing", "Range: bytes=0-0"), 404, {"Content-Range": None}),
    row("Range of a redirect", request("/dir", "Range: bytes=0-0"), {301, 308}, {"Content-Range": None}, eddy=308),
    row("Request-Range is no field", request("/a.txt", "Request-Range: bytes=0-0"), 200, {}, TEXT),
]

BOUNDED = [
    bounded("5,000 parts of a byte", "bytes=" + ",".join(f"{i * 3}-{i * 3}" for i in range(1200))),
    bounded("the whole file 1,000 times", "bytes=" + ",".join(["0-"] * 1000)),
    bounded("the whole file, its suffixes", "bytes=" + ",".join(f"-{LARGE - i}" for i in range(500))),
    bounded("parts that lie over each other", "bytes=" + ",".join(f"{i}-" for i in range(1000))),
    bounded("parts in each other", "bytes=" + ",".join(f"{i}-{LARGE - i}" for i in range(1000))),
    bounded("the same byte 2,000 times", "bytes=" + ",".join(["0-0"] * 2000)),
    bounded("parts backwards", "bytes=" + ",".join(f"{i * 10}-{i * 10 + 1}" for i in range(800, 0, -1))),
    bounded("5,000 commas", "bytes=" + "," * 5000 + "0-0"),
]

SEVERAL = [
    several("bytes=0-0,5-5", (0, 0), (5, 5)),
    several("bytes=0-9,100-199,299990-", (0, 9), (100, 199), (299990, 299999)),
    several("bytes=0-1, 10-11 ,\t20-21", (0, 1), (10, 11), (20, 21)),
    several("bytes=-5,0-4", (0, 4), (299995, 299999)),
    several("bytes=0-1,999999-,5-6", (0, 1), (5, 6)),
    several("bytes=" + ",".join(f"{i * 1000}-{i * 1000 + 99}" for i in range(8)),
            *((i * 1000, i * 1000 + 99) for i in range(8))),
    several("bytes=0-3,10-12", (0, 3), (10, 12), target="/a.txt", content=TEXT),
]

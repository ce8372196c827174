"""Preconditions: RFC 9110 §13. {etag} and {modified} are the validators of /a.txt."""
from raw import request, row
from wire_site import TEXT

LONG_AGO = "Sat, 01 Jan 2000 00:00:00 GMT"
LATER = "Fri, 31 Dec 2060 23:59:59 GMT"


def whole(*fields, name=None):
    return row(name or "; ".join(fields)[:90], request("/a.txt", *fields), 200, {"ETag": "{etag}"}, TEXT)


def unchanged(*fields, name=None, method="GET"):
    """304 with the validator, no body, and no length that isn't the file's (§15.4.5, §8.6)."""
    return row(name or "; ".join((method, *fields))[:90], request("/a.txt", *fields, method=method), 304,
               {"ETag": "{etag}", "Content-Length": {None, str(len(TEXT))}, "Content-Range": None}, b"")


def failed(*fields, name=None):
    return row(name or "; ".join(fields)[:90], request("/a.txt", *fields), 412, {}, closes=None)


NONE_MATCH = [
    unchanged("If-None-Match: {etag}"),
    unchanged("If-None-Match: {etag}", method="HEAD"),
    unchanged("If-None-Match: W/{etag}"),
    unchanged("If-None-Match: *"),
    unchanged('If-None-Match: "x", {etag}'),
    unchanged('If-None-Match: {etag}, "x"'),
    unchanged('If-None-Match: "a","b",W/"c",{etag}'),
    unchanged('If-None-Match: "a,b", {etag}'),
    unchanged('If-None-Match: "", {etag}'),
    unchanged("If-None-Match:\t{etag} "),
    unchanged('If-None-Match: ,, {etag} ,,'),
    unchanged('If-None-Match: "x"', "If-None-Match: {etag}", name="If-None-Match in a second field (RFC 9110 §5.3)"),
    unchanged("If-None-Match: " + ", ".join(f'"{i}"' for i in range(800)) + ", {etag}", name="If-None-Match of 801"),
    unchanged("If-None-Match: {etag}", f"If-Modified-Since: {LONG_AGO}"),
    unchanged("If-None-Match: {etag}", "If-Modified-Since: garbage"),
    unchanged("If-None-Match: {etag}", "Range: bytes=0-0"),
    unchanged("If-None-Match: {etag}", "Accept-Encoding: identity"),
    unchanged("If-None-Match: {etag}", "If-Match: *"),
    whole('If-None-Match: "x"'),
    whole('If-None-Match: W/"x"'),
    whole('If-None-Match: ""'),
    whole('If-None-Match: "x"', f"If-Modified-Since: {LATER}"),
    whole('If-None-Match: "*"'),
    whole("If-None-Match: garbage"),
    whole("If-None-Match: \""),
    whole("If-None-Match: W/"),
    whole("If-None-Match: ,,,"),
    whole("If-None-Match: \"unclosed"),
    whole("If-None-Match: '{etag}'"),
    row("If-None-Match of what isn't there", request("/nothing", "If-None-Match: *"), 404),
    row("If-None-Match of a redirect", request("/dir", "If-None-Match: *"), {301, 308}, eddy=308),
    row("If-None-Match with POST", request("/a.txt", "If-None-Match: *", method="POST"), 405, closes=None),
]

SINCE = [
    unchanged("If-Modified-Since: {modified}"),
    unchanged("If-Modified-Since: {modified}", method="HEAD"),
    *[whole(f"If-Modified-Since: {value}") for value in [
        LONG_AGO, "garbage", "", "0", "-1", "1580702706", "2060-12-31T23:59:59Z", "Fri, 32 Dec 2060 23:59:59 GMT",
        "Fri, 31 Foo 2060 23:59:59 GMT", "Fri, 31 Dec 2060 25:59:59 GMT", "Fri, 31 Dec 2060 23:61:59 GMT",
        "Thu, 30 Feb 2040 00:00:00 GMT", "31 Dec 2060", "Fri,", ",", "Fri, 31 Dec 2060", "x" * 1000, "{etag}"]],
    whole(f"If-Unmodified-Since: {LATER}"),
    whole("If-Unmodified-Since: {modified}"),
    whole("If-Unmodified-Since: garbage"),
    failed(f"If-Unmodified-Since: {LONG_AGO}"),
]

# nginx takes any later date for a change unless it is told otherwise: §13.1.3 says that it isn't one.
LATER_DATES = [
    unchanged(f"If-Modified-Since: {LATER}"),
    unchanged("If-Modified-Since: Monday, 03-Feb-20 04:05:06 GMT", name="If-Modified-Since of RFC 850"),
    unchanged("If-Modified-Since: Mon Feb  3 04:05:06 2020", name="If-Modified-Since of asctime"),
]

MATCH = [
    whole("If-Match: {etag}"),
    whole("If-Match: *"),
    whole('If-Match: "x", {etag}'),
    whole('If-Match: {etag}, "x"'),
    whole("If-Match: {etag}", f"If-Unmodified-Since: {LONG_AGO}"),
    whole('If-Match: "x"', "If-Match: {etag}", name="If-Match in a second field (RFC 9110 §5.3)"),
    failed('If-Match: "x"'),
    failed("If-Match: W/{etag}"),
    failed('If-Match: "x", "y"'),
    failed('If-Match: ""'),
    failed('If-Match: "x"', "If-None-Match: {etag}"),
    failed('If-Match: "x"', "Range: bytes=0-0"),
    failed('If-Match: "x"', f"If-Unmodified-Since: {LATER}"),
    row("If-Match of what isn't there (§13.1.1)", request("/nothing", 'If-Match: "x"'), {404, 412}, eddy=404),
]

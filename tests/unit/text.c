/*
 * Tests of the text layer, table by table: `text TABLE` runs each row of it and
 * prints those whose outcome, written out as text, is not the expected one.
 * `text digest-file FILE` prints a file's digest, read in pieces.
 */
#include "text/accept.h"
#include "text/digest.h"
#include "text/html.h"
#include "text/json.h"
#include "text/mime.h"
#include "text/range.h"
#include "text/url.h"
#include "text/validator.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* Noon on the 15th of June 2024. */
#define NOW INT64_C(1718452800)

struct row {
	const char *name;
	struct str input;
	const char *expected;
	const char *extra; /* a second input, where the table needs one */
};

struct table {
	const char *name;
	struct str (*run)(struct arena *a, const struct row *row);
	const struct row *rows;
	size_t count;
};

static struct str
error_text(struct arena *a, const struct err *e)
{
	return str_format(a, "%d %.*s", err_kind_status(e->kind), STR_ARG(e->message));
}

/* ---- url ---- */

static struct str
run_target(struct arena *a, const struct row *row)
{
	struct err e = err_make(a);
	struct buf b = buf_make(a);
	struct url u;

	if (!url_parse(a, row->input, &u, &e))
		return error_text(a, &e);
	buf_addf(&b, "[%.*s]", STR_ARG(u.path));
	if (u.form == URL_ABSOLUTE)
		buf_addf(&b, " at %.*s", STR_ARG(u.authority));
	if (u.form == URL_ASTERISK)
		buf_add_lit(&b, " asterisk");
	if (u.is_directory)
		buf_add_lit(&b, " directory");
	if (u.is_hidden)
		buf_add_lit(&b, " hidden");
	if (u.has_query)
		buf_addf(&b, " query [%.*s]", STR_ARG(u.query));
	return buf_str(&b);
}

#define TARGET_CONTROL "400 the request target holds a space or a control character"
#define PATH_ESCAPE "400 the path holds an invalid percent escape"
#define PATH_CONTROL "400 the path holds an encoded control character"
#define PATH_SLASH "400 the path holds an encoded slash or backslash"
#define PATH_DOTS "400 the path holds a '.' or '..' segment"
#define PATH_EMPTY "404 the path holds an empty segment"
#define TARGET_FORM "400 the request target is neither a path nor an http URL"

static const struct row target_rows[] = {
    {"the root", TEXT("/"), "[] directory", 0},
    {"a file", TEXT("/a/b.html"), "[a/b.html]", 0},
    {"a directory", TEXT("/a/b/"), "[a/b] directory", 0},
    {"escapes are decoded once", TEXT("/a%20b%2541"), "[a b%41]", 0},
    {"bytes that are not UTF-8 are kept", TEXT("/%ff\xfe"), "[\xff\xfe]", 0},
    {"the query is split at the first question mark", TEXT("/a?b?c=%00"), "[a] query [b?c=%00]", 0},
    {"an empty query", TEXT("/a?"), "[a] query []", 0},
    {"an encoded question mark belongs to the path", TEXT("/a%3fb"), "[a?b]", 0},
    {"an encoded number sign belongs to the path", TEXT("/a%23b"), "[a#b]", 0},
    {"dots inside a segment", TEXT("/a..b/...c./d.."), "[a..b/...c./d..] hidden", 0},
    {"the asterisk", TEXT("*"), "[] asterisk", 0},
    {"an absolute URL", TEXT("http://h:80/a?b"), "[a] at h:80 query [b]", 0},
    {"an absolute URL in capitals", TEXT("HTTPS://h/"), "[] at h directory", 0},
    {"an absolute URL without a path", TEXT("http://h"), "[] at h directory", 0},
    {"an absolute URL without a path but a query", TEXT("http://h?a=/b"), "[] at h directory query [a=/b]",
	0},
    {"an absolute URL without a host", TEXT("http:///a"), "400 the request target names no host", 0},
    {"another scheme", TEXT("ftp://h/a"), TARGET_FORM, 0},
    {"the authority form", TEXT("h:443"), TARGET_FORM, 0},
    {"an empty target", TEXT(""), TARGET_FORM, 0},
    {"a relative path", TEXT("a/b"), TARGET_FORM, 0},
    {"a fragment", TEXT("/a#b"), "400 the request target holds a fragment", 0},
    {"a space", TEXT("/a b"), TARGET_CONTROL, 0},
    {"a NUL", TEXT("/a\0b"), TARGET_CONTROL, 0},
    {"a DEL in the query", TEXT("/a?\x7f"), TARGET_CONTROL, 0},
    {"an encoded NUL", TEXT("/a%00.html"), "400 the path holds an encoded NUL", 0},
    {"an encoded line feed", TEXT("/a%0Ab"), PATH_CONTROL, 0},
    {"an encoded DEL", TEXT("/a%7f"), PATH_CONTROL, 0},
    {"an encoded slash", TEXT("/a%2Fb"), PATH_SLASH, 0},
    {"an encoded backslash", TEXT("/a%5cb"), PATH_SLASH, 0},
    {"a backslash", TEXT("/a\\b"), "400 the path holds a backslash", 0},
    {"an escape that is cut off", TEXT("/a%2"), PATH_ESCAPE, 0},
    {"an escape at the very end", TEXT("/a%"), PATH_ESCAPE, 0},
    {"an escape that is not hexadecimal", TEXT("/a%g0"), PATH_ESCAPE, 0},
    {"two slashes at the start", TEXT("//evil.example/"), "400 the path begins with two slashes", 0},
    {"two slashes behind an authority", TEXT("http://h//a"), "400 the path begins with two slashes", 0},
    {"two slashes further on", TEXT("/a//b"), PATH_EMPTY, 0},
    {"two slashes at the end", TEXT("/a//"), PATH_EMPTY, 0},
    {"two dots behind two slashes", TEXT("/a//../.git/x"), PATH_DOTS, 0},
    {"a dot alone", TEXT("/."), PATH_DOTS, 0},
    {"a dot segment", TEXT("/./a"), PATH_DOTS, 0},
    {"a dot segment at the end", TEXT("/a/."), PATH_DOTS, 0},
    {"two dots", TEXT("/.."), PATH_DOTS, 0},
    {"two dots before a slash", TEXT("/a/../"), PATH_DOTS, 0},
    {"two encoded dots", TEXT("/%2e%2E/etc/passwd"), PATH_DOTS, 0},
    {"one dot of two encoded", TEXT("/a/.%2e/b"), PATH_DOTS, 0},
    {"a dot file", TEXT("/.env"), "[.env] hidden", 0},
    {"a dot folder", TEXT("/a/.git/config"), "[a/.git/config] hidden", 0},
    {"an encoded dot file", TEXT("/%2eenv"), "[.env] hidden", 0},
    {"the well-known folder", TEXT("/.well-known/security.txt"), "[.well-known/security.txt]", 0},
    {"the well-known folder elsewhere", TEXT("/a/.well-known/x"), "[a/.well-known/x] hidden", 0},
    {"a dot file in the well-known folder", TEXT("/.well-known/.x"), "[.well-known/.x] hidden", 0},
    {"a name that begins like the well-known folder", TEXT("/.well-known2"), "[.well-known2] hidden", 0},
    {"a backup of Emacs", TEXT("/a.html~"), "[a.html~] hidden", 0},
    {"an autosave of Emacs", TEXT("/%23a.html%23"), "[#a.html#] hidden", 0},
    {"a single number sign", TEXT("/%23"), "[#]", 0},
    {"a swap file of Vim", TEXT("/.a.html.swp"), "[.a.html.swp] hidden", 0},
    {"a temporary of JetBrains", TEXT("/a.html___jb_tmp___"), "[a.html___jb_tmp___] hidden", 0},
    {"a former file of JetBrains", TEXT("/a.html___jb_old___/b"), "[a.html___jb_old___/b] hidden", 0},
};

static struct str
run_encode(struct arena *a, const struct row *row)
{
	return url_encode_path(a, row->input, row->extra != NULL);
}

static const struct row encode_rows[] = {
    {"the root", TEXT(""), "/", "directory"},
    {"the root as a file", TEXT(""), "/", 0},
    {"plain names", TEXT("a/B-c_d.e~1"), "/a/B-c_d.e~1", 0},
    {"a directory", TEXT("a b"), "/a%20b/", "directory"},
    {"UTF-8", TEXT("gr\xc3\xbc\xc3\x9f"), "/gr%C3%BC%C3%9F", 0},
    {"what HTML and URLs read otherwise", TEXT("<a href='x'>&\"?#%:\\"),
	"/%3Ca%20href=%27x%27%3E%26%22%3F%23%25%3A%5C", 0},
    {"another host", TEXT("/evil.example"), "/evil.example/", "directory"},
};

static struct str
run_query(struct arena *a, const struct row *row)
{
	struct str rest = row->input;
	struct buf b = buf_make(a);
	struct url_param p;

	while (url_query_next(a, &rest, &p))
		buf_addf(&b, "[%.*s=%.*s]", STR_ARG(p.name), STR_ARG(p.value));
	return buf_str(&b);
}

static const struct row query_rows[] = {
    {"nothing", TEXT(""), "", 0},
    {"several", TEXT("a=1&b=2&a=3"), "[a=1][b=2][a=3]", 0},
    {"no value", TEXT("a&b=&=c"), "[a=][b=][=c]", 0},
    {"empty parts", TEXT("&&a=1&"), "[a=1]", 0},
    {"an equals sign in the value", TEXT("a=b=c"), "[a=b=c]", 0},
    {"plus and escapes", TEXT("a+b=%31+%26%3d"), "[a b=1 &=]", 0},
    {"invalid escapes stay", TEXT("a=%zz%4%"), "[a=%zz%4%]", 0},
    {"bytes that are not UTF-8", TEXT("a=%ff\xfe"), "[a=\xff\xfe]", 0},
};

static struct str
run_values(struct arena *a, const struct row *row)
{
	struct str first, last, *all;
	bool has_first = url_query_first(a, row->input, STR("v"), &first);
	bool has_last = url_query_last(a, row->input, STR("v"), &last);
	size_t count = url_query_all(a, row->input, STR("v"), &all);
	struct buf b = buf_make(a);

	if (!has_first && !has_last && first.len == 0 && last.len == 0)
		buf_add_lit(&b, "none");
	else
		buf_addf(&b, "first [%.*s] last [%.*s]", STR_ARG(first), STR_ARG(last));
	for (size_t i = 0; i < count; i++)
		buf_addf(&b, " %.*s", STR_ARG(all[i]));
	return buf_str(&b);
}

static const struct row values_rows[] = {
    {"missing", TEXT("w=1"), "none", 0},
    {"one", TEXT("w=1&v=2"), "first [2] last [2] 2", 0},
    {"several", TEXT("v=1&v=2&w=0&%76=a+b"), "first [1] last [a b] 1 2 a b", 0},
    {"empty", TEXT("v"), "first [] last [] ", 0},
};

static struct str
run_host(struct arena *a, const struct row *row)
{
	static const char *const kinds[] = {"name", "IPv4", "IPv6"};
	struct err e = err_make(a);
	struct url_host host;

	if (!url_host_parse(a, row->input, &host, &e))
		return error_text(a, &e);
	return host.has_port ? str_format(a, "%s [%.*s] %d", kinds[host.kind], STR_ARG(host.name), host.port)
			     : str_format(a, "%s [%.*s]", kinds[host.kind], STR_ARG(host.name));
}

#define HOST_MALFORMED "400 the host of the request is malformed"

static const struct row host_rows[] = {
    {"a name", TEXT("LocalHost"), "name [localhost]", 0},
    {"a port", TEXT("a.example:8000"), "name [a.example] 8000", 0},
    {"an empty port", TEXT("a.example:"), "name [a.example]", 0},
    {"a dot at the end", TEXT("a.example.:1"), "name [a.example] 1", 0},
    {"IPv4", TEXT("127.0.0.1:65535"), "IPv4 [127.0.0.1] 65535", 0},
    {"IPv6", TEXT("[::1]"), "IPv6 [::1]", 0},
    {"IPv6 with a port", TEXT("[FE80::1]:80"), "IPv6 [fe80::1] 80", 0},
    {"a short IPv4 address is a name", TEXT("127.1"), "name [127.1]", 0},
    {"empty", TEXT(""), HOST_MALFORMED, 0},
    {"only a dot", TEXT("."), HOST_MALFORMED, 0},
    {"only a port", TEXT(":80"), HOST_MALFORMED, 0},
    {"a port too large", TEXT("a:65536"), HOST_MALFORMED, 0},
    {"a port with a sign", TEXT("a:+80"), HOST_MALFORMED, 0},
    {"two ports", TEXT("a:80:80"), HOST_MALFORMED, 0},
    {"user information", TEXT("user@localhost"), HOST_MALFORMED, 0},
    {"a path", TEXT("localhost/a"), HOST_MALFORMED, 0},
    {"a list", TEXT("localhost, evil.example"), HOST_MALFORMED, 0},
    {"a NUL", TEXT("localhost\0evil"), HOST_MALFORMED, 0},
    {"UTF-8", TEXT("b\xc3\xbcro"), HOST_MALFORMED, 0},
    {"an open bracket", TEXT("[::1"), HOST_MALFORMED, 0},
    {"text behind the bracket", TEXT("[::1]x"), HOST_MALFORMED, 0},
    {"no address in the brackets", TEXT("[localhost]"), HOST_MALFORMED, 0},
    {"empty brackets", TEXT("[]:80"), HOST_MALFORMED, 0},
    {"IPv6 without brackets", TEXT("::1"), HOST_MALFORMED, 0},
};

/* The server is bound to `extra` and allows box.local on any port and pinned.example:8000. */
static struct str
run_allowed(struct arena *a, const struct row *row)
{
	struct err e = err_make(a);
	struct url_host allowed[2], host;

	url_host_parse(a, STR("box.local"), &allowed[0], &e);
	url_host_parse(a, STR("pinned.example:8000"), &allowed[1], &e);
	if (!url_host_parse(a, row->input, &host, &e))
		return error_text(a, &e);
	return url_host_allowed(&host, str_of(row->extra), allowed, 2) ? STR("yes") : STR("no");
}

static const struct row allowed_rows[] = {
    {"localhost", TEXT("localhost:8000"), "yes", 0},
    {"localhost with a dot", TEXT("LOCALHOST."), "yes", 0},
    {"a name below localhost", TEXT("app.localhost"), "yes", 0},
    {"a name that ends like localhost", TEXT("notlocalhost"), "no", 0},
    {"localhost as a label", TEXT("localhost.evil.example"), "no", 0},
    {"127.0.0.1", TEXT("127.0.0.1:1"), "yes", 0},
    {"another loopback address", TEXT("127.0.0.2"), "no", 0},
    {"::1", TEXT("[::1]:8000"), "yes", 0},
    {"::1 written long", TEXT("[0:0::0:1]"), "yes", 0},
    {"the bound IPv4 address", TEXT("192.0.2.7:8000"), "yes", "192.0.2.7"},
    {"another IPv4 address", TEXT("192.0.2.8"), "no", "192.0.2.7"},
    {"the bound IPv6 address", TEXT("[2001:DB8::0:1]"), "yes", "2001:db8::1"},
    {"the bound IPv6 address with its zone", TEXT("[fe80::1]"), "yes", "fe80::1%eth0"},
    {"the bound name", TEXT("Dev.Box"), "yes", "dev.box"},
    {"an address while a name is bound", TEXT("192.0.2.7"), "no", "dev.box"},
    {"an allowed name on any port", TEXT("BOX.local:9"), "yes", 0},
    {"an allowed name on its port", TEXT("pinned.example:8000"), "yes", 0},
    {"an allowed name on another port", TEXT("pinned.example:8001"), "no", 0},
    {"an allowed name without its port", TEXT("pinned.example"), "no", 0},
    {"a stranger", TEXT("evil.example"), "no", 0},
};

/* ---- html ---- */

static struct str
run_escape(struct arena *a, const struct row *row)
{
	struct buf b = buf_make(a);

	html_escape(&b, row->input);
	return buf_str(&b);
}

static const struct row escape_rows[] = {
    {"all five", TEXT("<a b=\"c\" d='e'>&amp;"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;", 0},
    {"the rest", TEXT("gr\xc3\xbc\xc3\x9f \x01"), "gr\xc3\xbc\xc3\x9f \x01", 0},
};

static uint64_t
place_by_bytes(struct str document)
{
	struct html_scan s = html_scan_make();

	for (size_t i = 0; i < document.len; i++)
		if (html_scan_feed(&s, str_slice(document, i, i + 1)))
			break;
	return html_scan_end(&s);
}

/* The document with a '|' where the script goes. */
static struct str
run_place(struct arena *a, const struct row *row)
{
	uint64_t place = html_injection_point(row->input);

	if (place != place_by_bytes(row->input))
		return STR("another place when fed byte by byte");
	if (place == HTML_NOWHERE)
		return STR("nowhere");
	return str_format(
	    a, "%.*s|%.*s", STR_ARG(str_slice(row->input, 0, place)), STR_ARG(str_from(row->input, place)));
}

/* A row whose document is what comes before and after the place. */
#define PLACE(name, before, after)                            \
	{                                                     \
		name, TEXT(before after), before "|" after, 0 \
	}
#define NOWHERE(name, document)                    \
	{                                          \
		name, TEXT(document), "nowhere", 0 \
	}

static const struct row place_rows[] = {
    PLACE("an empty document", "", ""),
    PLACE("behind head", "<!doctype html><head>", "<title>x</title></head><body></body>"),
    PLACE("behind head in capitals with attributes", "<HTML><HEAD a='>' b=\">\" c=d>", "</HEAD>"),
    PLACE("behind head that closes itself", "<head/>", "<body></body>"),
    PLACE("header is not head", "<header><p></header>", "</body>"),
    PLACE("before the end of the body", "<body><p>x", "</body></html>"),
    PLACE("before the last end of the body", "<body>a</body>b", "</body  x='</body>'>c"),
    PLACE("at the end", "<!doctype html><p>x\n", ""),
    PLACE("not in a script", "<script>'<head></body>'</script><p>", "</body>"),
    PLACE("not in an escaped script", "<script><!--<script>'</script><head></body>'--></script>", "</body>"),
    PLACE("a script that is only half escaped", "<script><!--'</script>", "</body>-->"),
    PLACE("a script after an escape that ended", "<script><!-- <script> --></script>", "</body></script>"),
    PLACE("a script in which an empty comment escapes nothing", "<script><!--><script></script>", "</body>"),
    PLACE("a script with a longer word", "<script></scripty></body></script >", "</body>"),
    PLACE("not in a style", "<style><!--</body></style>", "</body>--></style>"),
    PLACE("not in a title", "<title><head></title>", "</body></title>"),
    PLACE("not in a textarea", "<textarea><head></body></textarea>", ""),
    PLACE("not in an iframe, xmp, noscript, noembed, noframes",
	"<iframe></body></iframe><xmp></body></xmp><noscript></body></noscript><noembed></body></noembed>"
	"<noframes></body></noframes>",
	""),
    PLACE("not in plaintext", "<p>", "<plaintext></body></plaintext></body>"),
    PLACE("not in a comment", "<!-- <head> </body> --><p>", "</body><!-- </body> -->"),
    PLACE("short comments", "<!--><!---><!-- --!><!----><b>", "</body>"),
    PLACE("a comment that seems to end", "<!-- -- ></body> --!x></body> -->", ""),
    PLACE("bogus comments", "<!x '></body'><?php '<head' ?></ <body>", "</body>"),
    PLACE("an empty end tag", "</>", "</body>"),
    PLACE("not in an attribute", "<p a='</body>' b=\"<head>\" c=</body d= '</body>' = e>", "</body>"),
    PLACE("quotes in an unquoted value", "<p a=b'c>", "</body>'"),
    PLACE("a quote in a name", "<p a'>", "</body>'>"),
    PLACE("a value that is missing", "<p a=>", "</body>"),
    PLACE("a value that begins with a slash", "<p a=/>", "</body>"),
    PLACE("not in a template", "<template><head></body><template></template></body></template>", "</body>"),
    PLACE("a less-than sign that begins nothing", "a < b <3 <", "</body>"),
    PLACE("CDATA in SVG", "<svg><![CDATA[</svg></body>]]]></svg>", "</body>"),
    PLACE("CDATA in HTML is a bogus comment", "<![CDATA[<p>", "</body>]]>"),
    PLACE("a title in SVG that closes itself", "<svg><title/><style/><script/></svg>", "</body>"),
    PLACE("a title in HTML that seems to", "<p>", "<title/></body>"),
    PLACE("an SVG end tag in MathML", "<p>", "<math></svg></body>"),
    PLACE("an SVG that closes itself", "<svg/><![CDATA[>", "</body>]]>"),
    PLACE("a doctype with a quoted greater-than sign", "<!DOCTYPE html PUBLIC \"a>b\"><p>", "</body>"),
    PLACE("cut off in a comment", "<p>a", "<!-- b"),
    PLACE("cut off in a script", "<p>a", "<script>b('</p>"),
    PLACE("cut off in the end tag of a script", "<p>a", "<script></script"),
    PLACE("cut off in a tag", "<p>a", "<b c='d"),
    PLACE("cut off in a template", "<p>a", "<template><script>b</script>"),
    PLACE("cut off in an SVG", "<p>a", "<svg><g></body>"),
    PLACE("cut off in the tag of the head", "<!doctype html>", "<head a='>"),
    PLACE("cut off behind the end of the body", "<p>", "</body><!-- a"),
    NOWHERE("cut off in the doctype", "<!doctype html"),
    NOWHERE("UTF-16, little end first", "\xff\xfe<\0p\0>\0"),
    NOWHERE("UTF-16, big end first", "\xfe\xff\0<\0p\0>"),
};

/* ---- range ---- */

static struct str
run_range(struct arena *a, const struct row *row)
{
	struct buf b = buf_make(a);
	struct range_set set;
	uint64_t length;

	str_to_u64(str_of(row->extra), &length);
	switch (range_parse(row->input, length, &set)) {
	case RANGE_NONE:
		return STR("whole");
	case RANGE_UNSATISFIABLE:
		return STR("unsatisfiable");
	case RANGE_OK:
		break;
	}
	for (size_t i = 0; i < set.count; i++)
		buf_addf(
		    &b, "%s%" PRIu64 "-%" PRIu64, i > 0 ? "," : "", set.ranges[i].first, set.ranges[i].last);
	return buf_str(&b);
}

static const struct row range_rows[] = {
    {"the first bytes", TEXT("bytes=0-4"), "0-4", "19"},
    {"one byte", TEXT("bytes=0-0"), "0-0", "19"},
    {"the last byte", TEXT("bytes=18-18"), "18-18", "19"},
    {"open", TEXT("bytes=5-"), "5-18", "19"},
    {"suffix", TEXT("bytes=-5"), "14-18", "19"},
    {"suffix longer than the whole", TEXT("bytes=-100"), "0-18", "19"},
    {"clamped", TEXT("bytes=5-100"), "5-18", "19"},
    {"the whole", TEXT("bytes=0-"), "0-18", "19"},
    {"the unit in capitals", TEXT("BYTES=0-4"), "0-4", "19"},
    {"several", TEXT("bytes=0-1,4-5"), "0-1,4-5", "19"},
    {"several out of order", TEXT("bytes=10-11,-1,0-1"), "0-1,10-11,18-18", "19"},
    {"blanks and empty elements", TEXT("bytes=,0-1 ,\t, 4-5,"), "0-1,4-5", "19"},
    {"overlapping", TEXT("bytes=0-5,3-9"), "0-9", "19"},
    {"neighbours", TEXT("bytes=5-9,0-4"), "0-9", "19"},
    {"one that joins all", TEXT("bytes=0-1,4-5,8-9,1-8"), "0-9", "19"},
    {"one inside another", TEXT("bytes=0-9,3-4"), "0-9", "19"},
    {"the same many times", TEXT("bytes=0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-"), "0-18", "19"},
    {"one beyond the end beside one that isn't", TEXT("bytes=100-200,0-1"), "0-1", "19"},
    {"eight", TEXT("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14"), "0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14",
	"19"},
    {"nine", TEXT("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16"), "whole", "19"},
    {"nine that become eight", TEXT("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,1-1"),
	"0-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16", "19"},
    {"ten that become one", TEXT("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,0-17"), "0-17", "19"},
    {"beyond the end", TEXT("bytes=19-"), "unsatisfiable", "19"},
    {"far beyond the end", TEXT("bytes=100-200"), "unsatisfiable", "19"},
    {"an empty suffix", TEXT("bytes=-0"), "unsatisfiable", "19"},
    {"an empty file", TEXT("bytes=0-0"), "unsatisfiable", "0"},
    {"a suffix of an empty file", TEXT("bytes=-5"), "whole", "0"},
    {"backwards", TEXT("bytes=9-2"), "whole", "19"},
    {"backwards beside one that isn't", TEXT("bytes=0-1,9-2"), "whole", "19"},
    {"no range", TEXT("bytes="), "whole", "19"},
    {"only commas", TEXT("bytes=,, ,"), "whole", "19"},
    {"only a dash", TEXT("bytes=-"), "whole", "19"},
    {"no dash", TEXT("bytes=5"), "whole", "19"},
    {"two dashes", TEXT("bytes=--5"), "whole", "19"},
    {"three numbers", TEXT("bytes=1-2-3"), "whole", "19"},
    {"letters", TEXT("bytes=a-b"), "whole", "19"},
    {"a sign", TEXT("bytes=+1-2"), "whole", "19"},
    {"blanks in a range", TEXT("bytes=1 - 2"), "whole", "19"},
    {"a blank behind the equals sign", TEXT("bytes= 1-2"), "whole", "19"},
    {"a blank before the equals sign", TEXT("bytes =1-2"), "whole", "19"},
    {"no unit", TEXT("0-4"), "whole", "19"},
    {"another unit", TEXT("items=0-4"), "whole", "19"},
    {"nothing", TEXT(""), "whole", "19"},
    {"past 4 GiB", TEXT("bytes=4294967296-4294967300"), "4294967296-4294967300", "4294967301"},
    {"past 64 bits", TEXT("bytes=1-99999999999999999999"), "1-18", "19"},
    {"wholly past 64 bits", TEXT("bytes=99999999999999999999-"), "unsatisfiable", "19"},
    {"a suffix past 64 bits", TEXT("bytes=-99999999999999999999"), "0-18", "19"},
    {"the longest file", TEXT("bytes=18446744073709551614-,0-0"),
	"0-0,18446744073709551614-18446744073709551614", "18446744073709551615"},
};

/* ---- validator ---- */

static struct str
run_date(struct arena *a, const struct row *row)
{
	int64_t seconds;

	if (!validator_date_parse(row->input, NOW, &seconds))
		return STR("ignored");
	return str_format(a, "%" PRId64 " %.*s", seconds, STR_ARG(validator_date(a, seconds)));
}

static const struct row date_rows[] = {
    {"the preferred form", TEXT("Sun, 06 Nov 1994 08:49:37 GMT"), "784111777 Sun, 06 Nov 1994 08:49:37 GMT",
	0},
    {"the form of RFC 850", TEXT("Sunday, 06-Nov-94 08:49:37 GMT"), "784111777 Sun, 06 Nov 1994 08:49:37 GMT",
	0},
    {"the form of asctime", TEXT("Sun Nov  6 08:49:37 1994"), "784111777 Sun, 06 Nov 1994 08:49:37 GMT", 0},
    {"asctime with two digits", TEXT("Wed Nov 16 08:49:37 1994"), "784975777 Wed, 16 Nov 1994 08:49:37 GMT",
	0},
    {"a year 50 ahead", TEXT("Friday, 01-Jan-74 00:00:00 GMT"), "3281990400 Mon, 01 Jan 2074 00:00:00 GMT",
	0},
    {"a year 51 ahead", TEXT("Wednesday, 01-Jan-75 00:00:00 GMT"), "157766400 Wed, 01 Jan 1975 00:00:00 GMT",
	0},
    {"a leap day", TEXT("Thu, 29 Feb 2024 23:59:59 GMT"), "1709251199 Thu, 29 Feb 2024 23:59:59 GMT", 0},
    {"a leap second", TEXT("Sat, 31 Dec 2016 23:59:60 GMT"), "1483228799 Sat, 31 Dec 2016 23:59:59 GMT", 0},
    {"before 1970", TEXT("Wed, 31 Dec 1969 23:59:58 GMT"), "-2 Wed, 31 Dec 1969 23:59:58 GMT", 0},
    {"the year 9999", TEXT("Fri, 31 Dec 9999 23:59:59 GMT"), "253402300799 Fri, 31 Dec 9999 23:59:59 GMT", 0},
    {"no leap day", TEXT("Wed, 29 Feb 2023 00:00:00 GMT"), "ignored", 0},
    {"the 32nd", TEXT("Wed, 32 Jan 2024 00:00:00 GMT"), "ignored", 0},
    {"the 31st of June", TEXT("Wed, 31 Jun 2024 00:00:00 GMT"), "ignored", 0},
    {"the 0th", TEXT("Wed, 00 Jan 2024 00:00:00 GMT"), "ignored", 0},
    {"hour 24", TEXT("Mon, 01 Jan 2024 24:00:00 GMT"), "ignored", 0},
    {"another zone", TEXT("Sun, 06 Nov 1994 08:49:37 CET"), "ignored", 0},
    {"an offset", TEXT("Sun, 06 Nov 1994 08:49:37 +0000"), "ignored", 0},
    {"text behind", TEXT("Sun, 06 Nov 1994 08:49:37 GMT; length=1"), "ignored", 0},
    {"cut off", TEXT("Sun, 06 Nov 1994 08:49:37 GM"), "ignored", 0},
    {"one digit of the day", TEXT("Sun, 6 Nov 1994 08:49:37 GMT"), "ignored", 0},
    {"an unknown month", TEXT("Sun, 06 Nev 1994 08:49:37 GMT"), "ignored", 0},
    {"an unknown weekday", TEXT("Son, 06 Nov 1994 08:49:37 GMT"), "ignored", 0},
    {"a sign", TEXT("Sun, 06 Nov 1994 08:49:+7 GMT"), "ignored", 0},
    {"seconds since 1970", TEXT("784111777"), "ignored", 0},
    {"nothing", TEXT(""), "ignored", 0},
};

/* The tag in `extra` against the list. */
static struct str
run_etag(struct arena *a, const struct row *row)
{
	bool weak = validator_etag_listed(row->input, str_of(row->extra), VALIDATOR_WEAK);
	bool strong = validator_etag_listed(row->input, str_of(row->extra), VALIDATOR_STRONG);

	return str_format(a, "%s",
	    weak && strong ? "weak and strong"
	    : weak         ? "weak"
	    : strong       ? "strong"
			   : "no");
}

static const struct row etag_rows[] = {
    {"the same", TEXT("\"a\""), "weak and strong", "\"a\""},
    {"another", TEXT("\"a\""), "no", "\"b\""},
    {"weak in the list", TEXT("W/\"a\""), "weak", "\"a\""},
    {"weak in the answer", TEXT("\"a\""), "weak", "W/\"a\""},
    {"weak in both", TEXT("W/\"a\""), "weak", "W/\"a\""},
    {"a small w", TEXT("w/\"a\""), "no", "\"a\""},
    {"the last of a list", TEXT("\"x\", W/\"y\" ,,\t\"a\""), "weak and strong", "\"a\""},
    {"weak and strong in one list", TEXT("W/\"a\",\"a\""), "weak and strong", "\"a\""},
    {"a comma inside", TEXT("\"x,y\",\"a\""), "weak and strong", "\"a\""},
    {"a part between commas", TEXT("\"x,\"a\",y\""), "no", "\"a\""},
    {"any", TEXT(" * "), "weak and strong", "\"a\""},
    {"any in a list", TEXT("*, \"x\""), "no", "\"a\""},
    {"any in quotes", TEXT("\"*\""), "no", "\"a\""},
    {"no quotes", TEXT("a"), "no", "\"a\""},
    {"no quotes before a good one", TEXT("b, \"a\""), "weak and strong", "\"a\""},
    {"text behind the quotes", TEXT("\"a\"x"), "no", "\"a\""},
    {"an open quote", TEXT("\"a"), "no", "\"a\""},
    {"a space inside", TEXT("\"a b\""), "no", "\"a b\""},
    {"case matters", TEXT("\"A\""), "no", "\"a\""},
    {"an empty tag", TEXT("\"\""), "weak and strong", "\"\""},
    {"nothing", TEXT(""), "no", "\"a\""},
};

/* The value of a field in "METHOD\nName: value\n…". */
static struct str
field_of(struct str request, const char *name)
{
	str_cut(&request, '\n');
	while (request.len > 0) {
		struct str value = str_cut(&request, '\n');

		if (str_eq(str_cut(&value, ':'), str_of(name)))
			return str_trim_blanks(value);
	}
	return STR("");
}

/* The representation has the tag "v1" (or that in `extra`, or none) and was modified on 6 November 1994. */
static struct str
run_precondition(struct arena *a, const struct row *row)
{
	static const char *const outcomes[] = {"200", "304", "412"};
	struct validator current = {str_of(row->extra ? row->extra : "\"v1\""), 784111777};
	struct str method = row->input;
	struct validator_request r = {
	    .method = str_cut(&method, '\n'),
	    .if_match = field_of(row->input, "If-Match"),
	    .if_none_match = field_of(row->input, "If-None-Match"),
	    .if_modified_since = field_of(row->input, "If-Modified-Since"),
	    .if_unmodified_since = field_of(row->input, "If-Unmodified-Since"),
	    .if_range = field_of(row->input, "If-Range"),
	    .now = NOW,
	};

	return str_format(a, "%s%s", outcomes[validator_evaluate(&r, current)],
	    validator_range_allowed(&r, current) ? " or a range" : "");
}

#define THEN "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

static const struct row precondition_rows[] = {
    {"nothing", TEXT("GET"), "200 or a range", 0},
    {"HEAD has no ranges", TEXT("HEAD"), "200", 0},
    {"If-None-Match of this", TEXT("GET\nIf-None-Match: W/\"v0\", W/\"v1\""), "304 or a range", 0},
    {"If-None-Match of this by HEAD", TEXT("HEAD\nIf-None-Match: \"v1\""), "304", 0},
    {"If-None-Match of this by another method", TEXT("PUT\nIf-None-Match: *"), "412", 0},
    {"If-None-Match of another", TEXT("GET\nIf-None-Match: \"v0\""), "200 or a range", 0},
    {"If-None-Match of another rules the date out",
	TEXT("GET\nIf-None-Match: \"v0\"\nIf-Modified-Since: " AFTER), "200 or a range", 0},
    {"If-None-Match of garbage rules the date out", TEXT("GET\nIf-None-Match: v1\nIf-Modified-Since: " AFTER),
	"200 or a range", 0},
    {"If-Modified-Since of the same second", TEXT("GET\nIf-Modified-Since: " THEN), "304 or a range", 0},
    {"If-Modified-Since of later", TEXT("GET\nIf-Modified-Since: " AFTER), "304 or a range", 0},
    {"If-Modified-Since of before", TEXT("GET\nIf-Modified-Since: " BEFORE), "200 or a range", 0},
    {"If-Modified-Since of garbage", TEXT("GET\nIf-Modified-Since: yesterday"), "200 or a range", 0},
    {"If-Modified-Since by another method", TEXT("PUT\nIf-Modified-Since: " AFTER), "200", 0},
    {"If-Match of this", TEXT("GET\nIf-Match: \"v0\", \"v1\""), "200 or a range", 0},
    {"If-Match of anything", TEXT("GET\nIf-Match: *"), "200 or a range", 0},
    {"If-Match of another", TEXT("GET\nIf-Match: \"v0\""), "412 or a range", 0},
    {"If-Match that is weak", TEXT("GET\nIf-Match: W/\"v1\""), "412 or a range", 0},
    {"If-Match of a weak one", TEXT("GET\nIf-Match: \"v1\""), "412 or a range", "W/\"v1\""},
    {"If-Match comes before If-None-Match", TEXT("GET\nIf-Match: \"v0\"\nIf-None-Match: \"v1\""),
	"412 or a range", 0},
    {"If-Match rules the date out", TEXT("GET\nIf-Match: \"v1\"\nIf-Unmodified-Since: " BEFORE),
	"200 or a range", 0},
    {"If-Match, then If-None-Match", TEXT("GET\nIf-Match: \"v1\"\nIf-None-Match: \"v1\""), "304 or a range",
	0},
    {"If-Unmodified-Since of the same second", TEXT("GET\nIf-Unmodified-Since: " THEN), "200 or a range", 0},
    {"If-Unmodified-Since of before", TEXT("GET\nIf-Unmodified-Since: " BEFORE), "412 or a range", 0},
    {"If-Unmodified-Since of garbage", TEXT("GET\nIf-Unmodified-Since: 0"), "200 or a range", 0},
    {"If-Range of this", TEXT("GET\nIf-Range: \"v1\""), "200 or a range", 0},
    {"If-Range of another", TEXT("GET\nIf-Range: \"v0\""), "200", 0},
    {"If-Range that is weak", TEXT("GET\nIf-Range: W/\"v1\""), "200", 0},
    {"If-Range of a weak one", TEXT("GET\nIf-Range: W/\"v1\""), "200", "W/\"v1\""},
    {"If-Range of a list", TEXT("GET\nIf-Range: \"v1\", \"v2\""), "200", 0},
    {"If-Range of the same second", TEXT("GET\nIf-Range: " THEN), "200 or a range", 0},
    {"If-Range of later", TEXT("GET\nIf-Range: " AFTER), "200", 0},
    {"If-Range of garbage", TEXT("GET\nIf-Range: v1"), "200", 0},
    {"no tag to match", TEXT("GET\nIf-None-Match: \"\"\nIf-Range: \"\""), "200", ""},
};

/* ---- accept ---- */

static struct str
run_accept(struct arena *a, const struct row *row)
{
	return str_format(a, "%d%s", accept_quality(row->input, str_of(row->extra)),
	    accept_names(row->input, str_of(row->extra)) ? " named" : "");
}

static const struct row accept_rows[] = {
    {"missing", TEXT(""), "1000", "text/html"},
    {"named", TEXT("text/html"), "1000 named", "text/html"},
    {"in another case", TEXT("Text/HTML;Q=0.5"), "500 named", "text/html"},
    {"not named", TEXT("text/css"), "0", "text/html"},
    {"the wildcard", TEXT("*/*"), "1000", "text/html"},
    {"the wildcard of the type", TEXT("text/*;q=0.25"), "250", "text/html"},
    {"the wildcard of another type", TEXT("image/*"), "0", "text/html"},
    {"the wildcard of a longer type", TEXT("texts/*, tex/*"), "0", "text/html"},
    {"the most specific counts", TEXT("*/*;q=0.9, text/*;q=0.5, text/html;q=0.1"), "100 named", "text/html"},
    {"in any order", TEXT("text/html;q=0.1, text/*;q=0.5, */*"), "100 named", "text/html"},
    {"refused", TEXT("*/*, text/html;q=0"), "0", "text/html"},
    {"a browser", TEXT("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), "800",
	"application/json"},
    {"parameters", TEXT("application/json; charset=\"a,b;q=0\" ; q=0.7"), "700 named", "application/json"},
    {"three digits", TEXT("text/html;q=0.123"), "123 named", "text/html"},
    {"one", TEXT("text/html;q=1.000"), "1000 named", "text/html"},
    {"too many digits", TEXT("text/html;q=0.1234"), "0", "text/html"},
    {"more than one", TEXT("text/html;q=1.1"), "0", "text/html"},
    {"a quality that is none", TEXT("text/html;q=x, */*;q=0.3"), "300", "text/html"},
    {"the old Java client", TEXT("text/html, image/gif, *; q=.2, */*; q=.2"), "1000 named", "text/html"},
    {"blanks and empty elements", TEXT(" ,, text/html ; q=0.5 ,"), "500 named", "text/html"},
    {"an open quote", TEXT("a/b;c=\"\\"), "0", "text/html"},
};

static struct str
run_encoding(struct arena *a, const struct row *row)
{
	unsigned available =
	    (strstr(row->extra, "br") ? ACCEPT_BROTLI : 0U) | (strstr(row->extra, "gzip") ? ACCEPT_GZIP : 0U);
	const char *name = accept_encoding_name(accept_choose_encoding(row->input, available));

	return str_format(a, "%s", name ? name : "identity");
}

static const struct row encoding_rows[] = {
    {"missing", TEXT(""), "identity", "br gzip"},
    {"a browser", TEXT("gzip, deflate, br, zstd"), "br", "br gzip"},
    {"a browser, no brotli here", TEXT("gzip, deflate, br"), "gzip", "gzip"},
    {"nothing here", TEXT("gzip, deflate, br"), "identity", ""},
    {"a preference", TEXT("br;q=0.5, gzip"), "gzip", "br gzip"},
    {"a refusal", TEXT("br;q=0, gzip;q=0.001"), "gzip", "br gzip"},
    {"the wildcard", TEXT("*"), "br", "br gzip"},
    {"the wildcard after a refusal", TEXT("br;q=0, *;q=0.1"), "gzip", "br gzip"},
    {"identity is preferred", TEXT("gzip;q=0.5, identity"), "identity", "br gzip"},
    {"identity is not mentioned", TEXT("gzip;q=0.1"), "gzip", "br gzip"},
    {"identity is refused", TEXT("identity;q=0, gzip;q=0.1"), "gzip", "br gzip"},
    {"all is refused", TEXT("*;q=0"), "identity", "br gzip"},
    {"the old name", TEXT("X-GZip"), "gzip", "br gzip"},
    {"unknown codings", TEXT("zstd, dcb"), "identity", "br gzip"},
};

/* ---- mime ---- */

static struct str
run_mime(struct arena *a, const struct row *row)
{
	const char *type = mime_of(row->input);

	return str_format(a, "%s%s%s", type, mime_is_html(str_of(type)) ? " (html)" : "",
	    mime_is_compressible(str_of(type)) ? " (compressible)" : "");
}

static const struct row mime_rows[] = {
    {"html", TEXT("a/index.html"), "text/html; charset=utf-8 (html) (compressible)", 0},
    {"htm in capitals", TEXT("INDEX.HTM"), "text/html; charset=utf-8 (html) (compressible)", 0},
    {"js", TEXT("a.js"), "text/javascript; charset=utf-8 (compressible)", 0},
    {"mjs", TEXT("a.mjs"), "text/javascript; charset=utf-8 (compressible)", 0},
    {"css", TEXT("a.min.css"), "text/css; charset=utf-8 (compressible)", 0},
    {"json", TEXT("a.json"), "application/json; charset=utf-8 (compressible)", 0},
    {"map", TEXT("a.js.map"), "application/json; charset=utf-8 (compressible)", 0},
    {"webmanifest", TEXT("site.webmanifest"), "application/manifest+json; charset=utf-8 (compressible)", 0},
    {"svg", TEXT("a.svg"), "image/svg+xml; charset=utf-8 (compressible)", 0},
    {"xml", TEXT("feed.xml"), "application/xml; charset=utf-8 (compressible)", 0},
    {"md", TEXT("README.md"), "text/markdown; charset=utf-8 (compressible)", 0},
    {"wasm", TEXT("a.wasm"), "application/wasm (compressible)", 0},
    {"avif", TEXT("a.avif"), "image/avif", 0},
    {"webp", TEXT("a.webp"), "image/webp", 0},
    {"woff2", TEXT("a.woff2"), "font/woff2", 0},
    {"ico", TEXT("favicon.ico"), "image/vnd.microsoft.icon (compressible)", 0},
    {"the first of the table", TEXT("a.3gp"), "video/3gpp", 0},
    {"the last of the table", TEXT("a.zst"), "application/zstd", 0},
    {"tar.gz", TEXT("a.tar.gz"), "application/gzip", 0},
    {"svgz", TEXT("a.svgz"), "application/gzip", 0},
    {"br", TEXT("a.css.br"), "application/octet-stream", 0},
    {"unknown", TEXT("a.xyzzy"), "application/octet-stream", 0},
    {"a long extension", TEXT("a.abcdefghijklmnop"), "application/octet-stream", 0},
    {"none", TEXT("LICENSE"), "application/octet-stream", 0},
    {"a dot at the end", TEXT("a."), "application/octet-stream", 0},
    {"a dot of the folder", TEXT("a.html/b"), "application/octet-stream", 0},
    {"only an extension", TEXT("a/.html"), "application/octet-stream", 0},
};

/* ---- digest ---- */

static struct str
run_digest(struct arena *a, const struct row *row)
{
	struct digest_stream *stream = digest_stream_new(a);
	struct digest d = digest_of(row->input);

	for (size_t i = 0; i < row->input.len; i++)
		digest_stream_add(stream, str_slice(row->input, i, i + 1));
	if (!digest_eq(d, digest_stream_end(stream)))
		return STR("another digest when fed byte by byte");
	return str_format(a, "%.*s %.*s", STR_ARG(digest_version(a, d)), STR_ARG(digest_hex(a, d)));
}

static const struct row digest_rows[] = {
    {"nothing", TEXT(""), "99aa06d3014798d8 99aa06d3014798d86001c324468d497f", 0},
    {"abc", TEXT("abc"), "06b05ab6733a6185 06b05ab6733a618578af5f94892f3950", 0},
};

/* ---- json ---- */

static struct str
run_json(struct arena *a, const struct row *row)
{
	struct err e = err_make(a);
	json_t *value = json_parse(row->input, STR("nav.json"), &e);
	struct str text;
	char *dump;

	if (value == NULL)
		return str_format(a, "%.*s | %.*s", STR_ARG(err_line(a, &e)), STR_ARG(e.place.source));
	dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	text = str_dup(a, str_of(dump));
	free(dump);
	json_decref(value);
	return text;
}

static const struct row json_rows[] = {
    {"an object", TEXT(" {\"a\": [1, 2.5, null]}\n"), "{\"a\":[1,2.5,null]}", 0},
    {"a scalar", TEXT("3"), "3", 0},
    {"a comma too many", TEXT("{\n\t\"\xc3\xa9\": 1,\r\n}"),
	"nav.json:3:1: DataError: string or '}' expected near '}' (no comma stands behind the last pair) | }",
	0},
    {"cut off", TEXT("[1"),
	"nav.json:1:2: DataError: ']' expected near end of file (the file ends before what it began) | [1",
	0},
    {"nothing", TEXT(""),
	"nav.json:1:1: DataError: unexpected token near end of file (the file is empty, or ends too early) "
	"| ",
	0},
    {"text behind", TEXT("{} x\r\ny"), "nav.json:1:4: DataError: end of file expected near 'x' | {} x", 0},
};

/* ---- The driver ---- */

#define TABLE(name)                                                   \
	{                                                             \
#name, run_##name, name##_rows, COUNT_OF(name##_rows) \
	}

static const struct table tables[] = {
    TABLE(target),
    TABLE(encode),
    TABLE(query),
    TABLE(values),
    TABLE(host),
    TABLE(allowed),
    TABLE(escape),
    TABLE(place),
    TABLE(range),
    TABLE(date),
    TABLE(etag),
    TABLE(precondition),
    TABLE(accept),
    TABLE(encoding),
    TABLE(mime),
    TABLE(digest),
    TABLE(json),
};

static bool
row_run(const struct table *table, const struct row *row)
{
	struct arena a = arena_make(16 * KIB);
	struct str actual = table->run(&a, row);
	bool is_right = str_eq(actual, str_of(row->expected));

	if (!is_right)
		printf("%s: %s\n  expected: %s\n  actual:   %.*s\n", table->name, row->name, row->expected,
		    STR_ARG(actual));
	arena_free(&a);
	return is_right;
}

static bool
table_run(const struct table *table)
{
	size_t wrong = 0;

	for (size_t i = 0; i < table->count; i++)
		wrong += !row_run(table, &table->rows[i]);
	return wrong == 0;
}

static int
digest_file(const char *path)
{
	struct arena a = arena_make(64 * KIB);
	struct digest_stream *stream = digest_stream_new(&a);
	FILE *file = fopen(path, "rb");
	char piece[1021]; /* no multiple of the hash's own block */
	size_t len;

	if (file == NULL)
		return 2;
	while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
		digest_stream_add(stream, str_make(piece, len));
	fclose(file);
	printf("%s  %s\n", digest_hex(&a, digest_stream_end(stream)).data, path);
	arena_free(&a);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "digest-file") == 0)
		return digest_file(argv[2]);
	for (size_t i = 0; argc == 2 && i < COUNT_OF(tables); i++)
		if (strcmp(argv[1], tables[i].name) == 0)
			return table_run(&tables[i]) ? 0 : 1;
	fprintf(stderr, "usage: text TABLE | text digest-file FILE\n");
	return 2;
}

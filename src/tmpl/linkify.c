/* Tornado's linkify(): URLs in text become links. What it calls a URL is a regular expression of Tornado's. */
#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/unicode.h"

#include <string.h>

enum { SHORT_POINTS = 30, SHORT_PATH_POINTS = 8, ENTITY_MAX_POINTS = 5 };

/* One URL in the escaped text. */
struct link {
	struct str url;
	struct str scheme;  /* empty for one that starts with "www." */
	size_t slash_count; /* behind the scheme */
};

struct linker {
	struct tmpl_call *call;
	bool shorten, require_protocol;
	struct tmpl_value extra, protocols; /* a function or None; a container, or none given */
	struct str extra_text;
	struct buf out;
};

static bool
is_word(uint32_t point)
{
	return point == '_' || unicode_is_alpha(point) || unicode_is_numeric(point);
}

/* [^\s&()] or &amp; or &quot;: its size, or 0. */
static size_t
inner_size(struct str rest)
{
	struct str after = rest;
	uint32_t point;

	if (str_starts(rest, STR("&amp;")))
		return 5;
	if (str_starts(rest, STR("&quot;")))
		return 6;
	if (rest.len == 0)
		return 0;
	point = utf8_next(&after);
	if (utf8_is_space(point) || point == '&' || point == '(' || point == ')')
		return 0;
	return rest.len - after.len;
}

/* Whether a URL may end with the character. */
static bool
is_last(struct str rest)
{
	uint32_t point = utf8_next(&rest);

	return !utf8_is_space(point) &&
	       (point == 0 || point >= 0x80 || strchr("!\"#$%&'()*+,.:;<=>?@[]^`{|}~", (int)point) == NULL);
}

/* As far as characters of a URL go, up to the last one that may end it. */
static size_t
plain_size(struct str rest)
{
	size_t size = 0, ended = 0, step;

	while ((step = inner_size(str_from(rest, size))) > 0) {
		bool last = step < 5 && is_last(str_from(rest, size));

		size += step;
		if (last)
			ended = size;
	}
	return ended;
}

/* "(…)" with nothing but characters of a URL between. */
static size_t
bracket_size(struct str rest)
{
	size_t size = 1, step;

	if (rest.len == 0 || rest.data[0] != '(')
		return 0;
	while ((step = inner_size(str_from(rest, size))) > 0)
		size += step;
	return size < rest.len && rest.data[size] == ')' ? size + 1 : 0;
}

static size_t
body_size(struct str rest)
{
	size_t size = 0, step;

	do {
		step = plain_size(str_from(rest, size));
		if (step == 0)
			step = bracket_size(str_from(rest, size));
		size += step;
	} while (step > 0);
	return size;
}

/* [\w-]+ */
static size_t
scheme_size(struct str rest)
{
	struct str after = rest, before = rest;
	uint32_t point;

	while (after.len > 0 && ((point = utf8_next(&after)) == '-' || is_word(point)))
		before = after;
	return rest.len - before.len;
}

/* A URL at the start of `rest`, whose scheme would have `scheme` bytes. */
static bool
link_at(struct str rest, size_t scheme, struct link *link)
{
	size_t slashes = 0, body;
	struct str behind = str_from(rest, scheme + 1);

	if (scheme > 0 && scheme < rest.len && rest.data[scheme] == ':')
		while (slashes < 3 && slashes < behind.len && behind.data[slashes] == '/')
			slashes++;
	for (; slashes > 0; slashes--) {
		body = body_size(str_from(behind, slashes));
		if (body == 0)
			continue;
		*link = (struct link){
		    str_slice(rest, 0, scheme + 1 + slashes + body), str_slice(rest, 0, scheme), slashes};
		return true;
	}
	body = str_starts(rest, STR("www.")) ? body_size(str_from(rest, 4)) : 0;
	*link = (struct link){.url = str_slice(rest, 0, 4 + body)};
	return body > 0;
}

static struct str
first_points(struct str text, size_t count)
{
	return str_slice(text, 0, utf8_offset(text, count));
}

/* The host and the start of the path. */
static struct str
shortened(struct arena *a, const struct link *link)
{
	size_t head = link->scheme.len > 0 ? link->scheme.len + 1 + link->slash_count : 0, ampersand;
	struct str rest = str_from(link->url, head), host = str_cut(&rest, '/'), path, text = link->url;

	if (str_find_char(str_from(link->url, head), '/') != STR_NONE) {
		path = first_points(str_cut(&rest, '/'), SHORT_PATH_POINTS);
		path = str_cut(&path, '?');
		path = str_cut(&path, '.');
		text =
		    str_format(a, "%.*s%.*s/%.*s", (int)head, link->url.data, STR_ARG(host), STR_ARG(path));
	}
	if (2 * utf8_count(text) > 3 * SHORT_POINTS)
		text = first_points(text, SHORT_POINTS);
	if (str_eq(text, link->url))
		return text;
	ampersand = str_rfind_char(text, '&');
	if (ampersand != STR_NONE &&
	    utf8_count(str_slice(text, 0, ampersand)) > SHORT_POINTS - ENTITY_MAX_POINTS)
		text = str_slice(text, 0, ampersand);
	text = str_format(a, "%.*s...", STR_ARG(text));
	return utf8_count(text) >= utf8_count(link->url) ? link->url : text;
}

/* " name=value", from the text or the function that was given. */
static bool
extra_of(struct linker *l, struct str href, struct str *extra)
{
	struct tmpl_value argument = value_text(href), result;

	*extra = l->extra_text;
	if (l->extra.type == TMPL_NONE)
		return true;
	if (!value_call_with(l->call->run, l->extra, 1, &argument, &result))
		return false;
	if (result.type != TMPL_STR)
		return VALUE_FAIL(l->call->run, ERR_ATTRIBUTE, "'%s' object has no attribute 'strip'",
		    value_type_name(result));
	*extra = str_format(l->call->run->arena, " %.*s", STR_ARG(utf8_trim(value_str(result))));
	return true;
}

static bool
is_permitted(struct linker *l, const struct link *link, bool *permitted)
{
	*permitted = !l->require_protocol;
	if (link->scheme.len == 0)
		return true;
	*permitted = str_eq(link->scheme, STR("http")) || str_eq(link->scheme, STR("https"));
	return l->protocols.type == TMPL_UNBOUND ||
	       value_contains(l->call->run, l->protocols, value_text(link->scheme), permitted);
}

static bool
add_link(struct linker *l, const struct link *link)
{
	struct arena *a = l->call->run->arena;
	struct str href = link->url, text = link->url, extra;
	bool permitted;

	if (!is_permitted(l, link, &permitted))
		return false;
	if (!permitted) {
		buf_add(&l->out, link->url);
		return true;
	}
	if (link->scheme.len == 0)
		href = str_format(a, "http://%.*s", STR_ARG(href));
	if (!extra_of(l, href, &extra))
		return false;
	if (l->shorten && utf8_count(link->url) > SHORT_POINTS)
		text = shortened(a, link);
	buf_addf(&l->out, "<a href=\"%.*s\"%.*s", STR_ARG(href), STR_ARG(extra));
	if (!str_eq(text, link->url))
		buf_addf(&l->out, " title=\"%.*s\"", STR_ARG(href));
	buf_addf(&l->out, ">%.*s</a>", STR_ARG(text));
	return true;
}

/* Each URL that starts where a word starts or ends. */
static bool
add_text(struct linker *l, struct str rest)
{
	bool after_word = false;
	size_t scheme = 0;
	struct link link;

	while (rest.len > 0) {
		struct str after = rest;
		uint32_t point = utf8_next(&after);
		bool boundary = is_word(point) != after_word;

		if (scheme == 0)
			scheme = scheme_size(rest);
		if (boundary && link_at(rest, scheme, &link)) {
			if (!value_spend(l->call->run, 1) || !add_link(l, &link))
				return false;
			after = link.url;
			after_word = is_word(utf8_last(&after));
			rest = str_from(rest, link.url.len);
			scheme = 0;
			continue;
		}
		buf_add(&l->out, str_slice(rest, 0, rest.len - after.len));
		scheme -= MIN(scheme, rest.len - after.len);
		after_word = is_word(point);
		rest = after;
	}
	return true;
}

bool
builtin_linkify(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)
{
	struct linker l = {.call = call,
	    .shorten = tmpl_truth(args[1]),
	    .require_protocol = tmpl_truth(args[3]),
	    .extra = tmpl_none(),
	    .protocols = args[4],
	    .out = buf_make(call->run->arena)};
	struct tmpl_value escaped;

	if (value_is_callable(args[2]))
		l.extra = args[2];
	else if (args[2].type == TMPL_STR && args[2].len > 0)
		l.extra_text = str_format(call->run->arena, " %.*s", STR_ARG(utf8_trim(value_str(args[2]))));
	else if (tmpl_truth(args[2]))
		return VALUE_FAIL(call->run, ERR_ATTRIBUTE, "'%s' object has no attribute 'strip'",
		    value_type_name(args[2]));
	else if (builtin_given(args[2]) && !value_to_str(call->run, args[2], &l.extra_text))
		return false; /* nothing, but None as "None" */
	if (!builtin_xhtml_escape(call, args, &escaped) || !add_text(&l, value_str(escaped)))
		return false;
	*result = value_text(buf_str(&l.out));
	return true;
}

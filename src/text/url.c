#include "text/url.h"

#include "text/address.h"

#include <arpa/inet.h>
#include <string.h>

/* The characters that stay as they are in a segment: RFC 3986's pchar without & ' and the ':' of a scheme. */
#define SEGMENT_MARKS "-._~!$()*+,;=@"

/* RFC 3986 §2.2 and §2.3: what a registered name may hold besides letters, digits and escapes. */
#define NAME_MARKS "-._~!$&'()*+,;="

enum {
	ESCAPE_LEN = 3, /* "%2f" */
	PORT_MAX = 65535,
};

static bool
refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_BAD_REQUEST, ERR_NOWHERE, "%s", why);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that an escape at `at` stands for, or -1 where there is no valid one. */
static int
escape_value(struct str s, size_t at)
{
	int high, low;

	if (s.len - at < ESCAPE_LEN || s.data[at] != '%')
		return -1;
	high = hex_value(s.data[at + 1]);
	low = hex_value(s.data[at + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool
is_control(int byte)
{
	return (byte >= 0 && byte < ' ') || byte == 0x7f;
}

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* ---- Request targets ---- */

static bool
target_check(struct str target, struct err *e)
{
	for (size_t i = 0; i < target.len; i++) {
		if (is_control((unsigned char)target.data[i]) || target.data[i] == ' ')
			return refuse(e, "the request target holds a space or a control character");
		if (target.data[i] == '#')
			return refuse(e, "the request target holds a fragment");
	}
	return true;
}

/* Cuts "http://authority" off the front of the target. */
static bool
authority_cut(struct str *target, struct url *u, struct err *e)
{
	size_t colon = str_find(*target, STR("://"));
	struct str scheme = str_slice(*target, 0, colon);
	size_t end;

	if (colon == STR_NONE || !(str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"))))
		return refuse(e, "the request target is neither a path nor an http URL");
	*target = str_from(*target, colon + 3);
	for (end = 0; end < target->len && !is_one_of(target->data[end], "/?"); end++)
		continue;
	u->form = URL_ABSOLUTE;
	u->authority = str_slice(*target, 0, end);
	*target = str_from(*target, end);
	return u->authority.len > 0 || refuse(e, "the request target names no host");
}

static bool
decoded_byte_check(int byte, struct err *e)
{
	if (byte < 0)
		return refuse(e, "the path holds an invalid percent escape");
	if (byte == '\0')
		return refuse(e, "the path holds an encoded NUL");
	if (is_control(byte))
		return refuse(e, "the path holds an encoded control character");
	if (byte == '/' || byte == '\\')
		return refuse(e, "the path holds an encoded slash or backslash");
	return true;
}

/* Decodes `raw` to `out`, which has room for as much, and for a NUL. */
static bool
path_decode(struct str raw, char *out, size_t *out_len, struct err *e)
{
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		int byte = (unsigned char)raw.data[i];

		if (byte == '\\')
			return refuse(e, "the path holds a backslash");
		if (byte == '%') {
			byte = escape_value(raw, i);
			if (!decoded_byte_check(byte, e))
				return false;
			i += ESCAPE_LEN - 1;
		}
		out[len++] = (char)byte;
	}
	*out_len = len;
	return true;
}

/* Looks at each segment of the decoded path: what is behind an empty one may be worse than that. */
static bool
segments_check(struct url *u, struct err *e)
{
	struct str rest = u->path;
	bool is_first = true, has_empty = str_ends(rest, STR("/"));

	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');

		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return refuse(e, "the path holds a '.' or '..' segment");
		has_empty = has_empty || segment.len == 0;
		if (url_name_is_hidden(segment) && !(is_first && str_eq(segment, STR(".well-known"))))
			u->is_hidden = true;
		is_first = false;
	}
	if (has_empty)
		return err_set(e, ERR_NOT_FOUND, ERR_NOWHERE, "the path holds an empty segment");
	return true;
}

/* `raw` begins with a slash. */
static bool
path_parse(struct arena *a, struct str raw, struct url *u, struct err *e)
{
	char *decoded = ARENA_ARRAY(a, char, raw.len);

	if (str_starts(raw, STR("//")))
		return refuse(e, "the path begins with two slashes");
	if (!path_decode(str_from(raw, 1), decoded, &u->path.len, e))
		return false;
	u->is_directory = str_ends(raw, STR("/"));
	if (u->is_directory && u->path.len > 0)
		decoded[--u->path.len] = '\0';
	u->path.data = decoded;
	return segments_check(u, e);
}

bool
url_parse(struct arena *a, struct str target, struct url *u, struct err *e)
{
	size_t question;

	*u = (struct url){.form = URL_ORIGIN, .path = STR("")};
	if (str_eq(target, STR("*"))) {
		u->form = URL_ASTERISK;
		return true;
	}
	if (!target_check(target, e))
		return false;
	if (!str_starts(target, STR("/")) && !authority_cut(&target, u, e))
		return false;
	question = str_find_char(target, '?');
	u->has_query = question != STR_NONE;
	if (u->has_query)
		u->query = str_from(target, question + 1);
	target = str_slice(target, 0, question);
	return path_parse(a, target.len > 0 ? target : STR("/"), u, e);
}

bool
url_name_is_hidden(struct str name)
{
	return str_starts(name, STR(".")) || (name.len > 1 && str_ends(name, STR("~"))) ||
	       (name.len > 1 && str_starts(name, STR("#")) && str_ends(name, STR("#"))) ||
	       str_ends(name, STR("___jb_tmp___")) || str_ends(name, STR("___jb_old___"));
}

/* ---- Encoding ---- */

void
url_encode_segment(struct buf *b, struct str segment)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < segment.len; i++) {
		unsigned char byte = (unsigned char)segment.data[i];

		if (is_letter_or_digit((char)byte) || is_one_of((char)byte, SEGMENT_MARKS)) {
			buf_add_char(b, (char)byte);
			continue;
		}
		buf_add_char(b, '%');
		buf_add_char(b, digits[byte >> 4]);
		buf_add_char(b, digits[byte & 15]);
	}
}

struct str
url_encode_path(struct arena *a, struct str path, bool is_directory)
{
	struct buf b = buf_make(a);

	while (path.len > 0) {
		struct str segment = str_cut(&path, '/');

		if (segment.len == 0)
			continue; /* "//host" would be another host's URL */
		buf_add_char(&b, '/');
		url_encode_segment(&b, segment);
	}
	if (is_directory || b.len == 0)
		buf_add_char(&b, '/');
	return str_make(buf_cstr(&b), b.len);
}

/* ---- Queries ---- */

static struct str
form_decode(struct arena *a, struct str s)
{
	struct buf b;

	if (str_find_char(s, '%') == STR_NONE && str_find_char(s, '+') == STR_NONE)
		return s;
	b = buf_make(a);
	for (size_t i = 0; i < s.len; i++) {
		int byte = escape_value(s, i);

		buf_add_char(&b, byte >= 0 ? (char)byte : s.data[i] == '+' ? ' ' : s.data[i]);
		if (byte >= 0)
			i += ESCAPE_LEN - 1;
	}
	return str_make(buf_cstr(&b), b.len);
}

bool
url_query_next(struct arena *a, struct str *rest, struct url_param *param)
{
	while (rest->len > 0) {
		struct str value = str_cut(rest, '&');

		if (value.len == 0)
			continue;
		param->name = form_decode(a, str_cut(&value, '='));
		param->value = form_decode(a, value);
		return true;
	}
	return false;
}

bool
url_query_first(struct arena *a, struct str query, struct str name, struct str *value)
{
	struct url_param param;

	*value = STR("");
	while (url_query_next(a, &query, &param))
		if (str_eq(param.name, name)) {
			*value = param.value;
			return true;
		}
	return false;
}

bool
url_query_last(struct arena *a, struct str query, struct str name, struct str *value)
{
	struct url_param param;
	bool found = false;

	*value = STR("");
	while (url_query_next(a, &query, &param))
		if (str_eq(param.name, name)) {
			*value = param.value;
			found = true;
		}
	return found;
}

static size_t
query_count(struct arena scratch, struct str query, struct str name)
{
	struct url_param param;
	size_t count = 0;

	while (url_query_next(&scratch, &query, &param))
		count += str_eq(param.name, name);
	return count;
}

size_t
url_query_all(struct arena *a, struct str query, struct str name, struct str **values)
{
	size_t count = 0;
	struct url_param param;

	*values = ARENA_ARRAY(a, struct str, query_count(*a, query, name));
	while (url_query_next(a, &query, &param))
		if (str_eq(param.name, name))
			(*values)[count++] = param.value;
	return count;
}

/* ---- Hosts ---- */

/* Whether the text is an address of that family. */
static bool
is_address(int family, struct str text, unsigned char bytes[16])
{
	struct address address;
	bool ok = address_parse(text, &address) && address.family == family;

	if (ok)
		memcpy(bytes, address.bytes, sizeof(address.bytes));
	return ok;
}

static bool
name_is_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (escape_value(name, i) >= 0)
			i += ESCAPE_LEN - 1;
		else if (!is_letter_or_digit(name.data[i]) && !is_one_of(name.data[i], NAME_MARKS))
			return false;
	}
	return name.len > 0 && name.data[0] != '.' && str_find(name, STR("..")) == STR_NONE;
}

/* Fills in what a host without brackets says. */
static bool
name_parse(struct arena *a, struct str name, struct url_host *host)
{
	if (str_ends(name, STR(".")))
		name.len--;
	if (!name_is_valid(name))
		return false;
	host->name = str_lower(a, name);
	host->kind = is_address(AF_INET, name, host->address) ? URL_HOST_IPV4 : URL_HOST_NAME;
	return true;
}

static bool
bracketed_parse(struct arena *a, struct str text, struct url_host *host)
{
	host->name = str_lower(a, text);
	host->kind = URL_HOST_IPV6;
	return text.len > 0 && is_address(AF_INET6, text, host->address);
}

/* `text` is what follows the host: nothing, ":" or ":8000". */
static bool
port_parse(struct str text, struct url_host *host)
{
	uint64_t port = 0;

	if (text.len <= 1)
		return text.len == 0 || text.data[0] == ':';
	if (text.data[0] != ':' || !str_to_u64(str_from(text, 1), &port) || port > PORT_MAX)
		return false;
	host->port = (uint16_t)port;
	host->has_port = true;
	return true;
}

bool
url_host_parse(struct arena *a, struct str authority, struct url_host *host, struct err *e)
{
	bool is_bracketed = str_starts(authority, STR("["));
	size_t end = str_find_char(authority, is_bracketed ? ']' : ':');
	bool is_valid;

	*host = (struct url_host){0};
	if (is_bracketed)
		is_valid = end != STR_NONE && bracketed_parse(a, str_slice(authority, 1, end), host) &&
			   port_parse(str_from(authority, end + 1), host);
	else
		is_valid = name_parse(a, str_slice(authority, 0, end), host) &&
			   port_parse(str_from(authority, end), host);
	return is_valid || refuse(e, "the host of the request is malformed");
}

static bool
host_eq(const struct url_host *a, const struct url_host *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == URL_HOST_NAME)
		return str_eq(a->name, b->name);
	return memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static bool
host_is_bound(const struct url_host *host, struct str bound)
{
	unsigned char address[sizeof(host->address)] = {0};
	int family = host->kind == URL_HOST_IPV6 ? AF_INET6 : AF_INET;

	if (host->kind == URL_HOST_NAME)
		return str_eq_nocase(host->name, bound);
	bound = str_slice(bound, 0, str_find_char(bound, '%')); /* without the zone */
	return bound.len > 0 && is_address(family, bound, address) &&
	       memcmp(address, host->address, sizeof(address)) == 0;
}

/* Bound to every address of the machine: each is the bound one. None can be a name that was rebound to us. */
static bool
host_is_any(const struct url_host *host, struct str bound)
{
	return host->kind != URL_HOST_NAME && (str_eq(bound, STR("0.0.0.0")) || str_eq(bound, STR("::")));
}

static bool
host_is_local(const struct url_host *host)
{
	static const unsigned char ipv4[16] = {127, 0, 0, 1};
	static const unsigned char ipv6[16] = {[15] = 1};

	if (host->kind == URL_HOST_NAME)
		return str_eq(host->name, STR("localhost")) || str_ends(host->name, STR(".localhost"));
	return memcmp(host->address, host->kind == URL_HOST_IPV4 ? ipv4 : ipv6, sizeof(ipv4)) == 0;
}

bool
url_host_allowed(
    const struct url_host *host, struct str bound_address, const struct url_host *allowed, size_t count)
{
	if (host_is_local(host) || host_is_bound(host, bound_address) || host_is_any(host, bound_address))
		return true;
	for (size_t i = 0; i < count; i++)
		if (host_eq(host, &allowed[i]) &&
		    (!allowed[i].has_port || (host->has_port && host->port == allowed[i].port)))
			return true;
	return false;
}

#include "http/head.h"

#include "http/route.h"
#include "http/server.h"
#include "text/field.h"

#include <string.h>

#define REFUSE(e, ...) err_set((e), ERR_BAD_REQUEST, ERR_NOWHERE, __VA_ARGS__)

static size_t
count_fields(const struct req *req, struct str name)
{
	size_t count = 0;

	for (size_t i = 0; i < req->header_count; i++)
		count += str_eq_nocase(req->headers[i].name, name);
	return count;
}

static bool
has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == '\x7f')
			return true;
	return false;
}

/* RFC 9110 §2.5: a later minor version is answered as the one that is known. */
static bool
check_line(const struct req *req, struct err *e)
{
	struct str minor = str_from(req->version, sizeof("HTTP/1.") - 1);

	if (!field_is_token(req->method))
		return REFUSE(e, "malformed method");
	if (has_control(req->target))
		return REFUSE(e, "control character in the request target");
	if (!str_starts(req->version, STR("HTTP/1.")) || minor.len != 1 || minor.data[0] < '0' ||
	    minor.data[0] > '9')
		return REFUSE(e, "HTTP/1.1 or HTTP/1.0 is needed");
	return true;
}

static bool
check_size(const struct req *req, size_t head_bytes, struct err *e)
{
	const struct settings *settings = req->server->settings;

	if (req->target.len > (size_t)settings->max_target_bytes)
		return err_set(
		    e, ERR_URI_TOO_LONG, ERR_NOWHERE, "longer than %d bytes", settings->max_target_bytes);
	if (head_bytes > (size_t)settings->max_head_bytes)
		return err_set(e, ERR_FIELDS, ERR_NOWHERE, "longer than %d bytes", settings->max_head_bytes);
	if (req->header_count > (size_t)settings->max_fields)
		return err_set(
		    e, ERR_FIELDS, ERR_NOWHERE, "more than %d header fields", settings->max_fields);
	return true;
}

static bool
check_fields(const struct req *req, struct err *e)
{
	for (size_t i = 0; i < req->header_count; i++) {
		if (!field_is_token(req->headers[i].name))
			return REFUSE(e, "malformed header name");
		if (!field_is_value(req->headers[i].value))
			return REFUSE(e, "control character in a header");
	}
	return true;
}

static void
host_keep(struct server_host *kept, const struct req *req)
{
	struct str name = req->authority.name;

	if (req->host.len == 0 || req->host.len > sizeof(kept->text))
		return;
	memcpy(kept->text, req->host.data, req->host.len);
	memcpy(kept->name, name.data, name.len);
	kept->len = req->host.len;
	kept->parsed = req->authority;
	kept->parsed.name = str_make(kept->name, name.len);
}

/* A request may outlive what is kept: its name is a copy. */
static bool
host_parse(struct req *req, struct err *e)
{
	struct server_host *kept = &req->server->last_host;

	if (kept->len > 0 && str_eq(req->host, str_make(kept->text, kept->len))) {
		req->authority = kept->parsed;
		req->authority.name = str_dup(&req->arena, kept->parsed.name);
		return true;
	}
	if (!url_host_parse(&req->arena, req->host, &req->authority, e))
		return false;
	host_keep(kept, req);
	return true;
}

/* RFC 9112 §3.2: exactly one Host in HTTP/1.1; the authority of an absolute-form target replaces it. */
static bool
check_host(struct req *req, struct err *e)
{
	size_t count = count_fields(req, STR("Host"));

	if (count > 1)
		return REFUSE(e, "more than one Host");
	if (count == 0 && !str_eq(req->version, STR("HTTP/1.0")))
		return REFUSE(e, "no Host");
	req->host = req_header(req, STR("Host"));
	return count == 0 || host_parse(req, e);
}

/* Whether the transfer codings end with chunked, once, and are known: RFC 9112 §6.1, §6.3. */
static bool
check_codings(struct req *req, struct err *e)
{
	struct str list = req_header_list(req, STR("Transfer-Encoding"));
	bool is_chunked = false, is_unknown = false;

	while (list.len > 0) {
		struct str coding = str_trim_blanks(str_cut(&list, ','));

		if (is_chunked || !field_is_token(coding))
			return REFUSE(e, "malformed Transfer-Encoding");
		is_chunked = str_eq_nocase(coding, STR("chunked"));
		is_unknown = is_unknown || !is_chunked;
	}
	if (!is_chunked)
		return REFUSE(e, "a Transfer-Encoding of a request must end with 'chunked'");
	return !is_unknown ||
	       err_set(e, ERR_UNKNOWN_CODING, ERR_NOWHERE, "'chunked' is the only transfer coding known");
}

/* Whether it can't be in doubt where the body ends: RFC 9112 §6.3, §11.2. */
static bool
check_framing(struct req *req, bool *has_body, struct err *e)
{
	size_t lengths = count_fields(req, STR("Content-Length"));
	uint64_t bytes = 0;

	*has_body = req_has_header(req, STR("Transfer-Encoding"));
	if (lengths > 1)
		return REFUSE(e, "more than one Content-Length");
	if (lengths > 0 && !str_to_u64(req_header(req, STR("Content-Length")), &bytes))
		return REFUSE(e, "malformed Content-Length");
	if (*has_body && lengths > 0)
		return REFUSE(e, "Content-Length beside Transfer-Encoding");
	if (*has_body && str_eq(req->version, STR("HTTP/1.0")))
		return REFUSE(e, "Transfer-Encoding in HTTP/1.0");
	if (*has_body)
		return check_codings(req, e);
	*has_body = bytes > 0;
	return true;
}

/* No request that is answered has a body, so none is ever parsed. */
static bool
check_body(struct req *req, struct err *e)
{
	struct str expected = req_header_list(req, STR("Expect"));
	bool has_body;

	if (!check_framing(req, &has_body, e))
		return false;
	if (!route_has_method(req->method))
		return err_set(e, ERR_METHOD, ERR_NOWHERE, "the method is not supported");
	if (has_body)
		return err_set(e, ERR_CONTENT_TOO_LARGE, ERR_NOWHERE, "a body is not accepted");
	/* RFC 9110 §10.1.1 */
	if (expected.len > 0 && !str_eq_nocase(expected, STR("100-continue")))
		return err_set(e, ERR_EXPECTATION, ERR_NOWHERE, "100-continue is the only one known");
	return true;
}

bool
head_may_begin(struct str first_bytes)
{
	size_t end;

	while (str_starts(first_bytes, STR("\r\n"))) /* RFC 9112 §2.2 */
		first_bytes = str_from(first_bytes, 2);
	if (first_bytes.len == 0 || first_bytes.data[0] == '\r')
		return true;
	if (!field_is_token(str_slice(first_bytes, 0, 1)))
		return false;
	end = str_find_char(first_bytes, '\n');
	return end == STR_NONE || str_find_char(str_slice(first_bytes, 0, end), ' ') != STR_NONE;
}

bool
head_check(struct req *req, size_t head_bytes, struct err *e)
{
	return check_line(req, e) && check_size(req, head_bytes, e) && check_fields(req, e) &&
	       check_host(req, e) && check_body(req, e);
}

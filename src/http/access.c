#include "http/access.h"

#include "base/log.h"
#include "http/server.h"
#include "os/clock.h"

#include <stdio.h>
#include <string.h>

enum {
	LINE_REST_BYTES = 128, /* all of a line but method and target */
	ESCAPE_BYTES = 4,      /* the longest that a byte becomes */
};

static enum log_level
status_level(int status)
{
	return status >= 500 ? LOG_ERROR : status >= 400 ? LOG_WARNING : LOG_INFO;
}

/* Puts the text at `out`, as far as there is room before `end`. Returns where it ends. */
static char *
add_escaped(char *out, const char *end, struct str text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (end - out < ESCAPE_BYTES)
			return stpcpy(out, "...");
		if (c >= ' ' && c <= '~' && c != '\\') {
			*out++ = (char)c;
			continue;
		}
		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[c >> 4];
		*out++ = digits[c & 0xf];
	}
	return out;
}

size_t
access_format(char line[ACCESS_LINE_BYTES], const struct req *req, bool has_colour)
{
	const char *end = line + ACCESS_LINE_BYTES - LINE_REST_BYTES;
	const char *colour = has_colour ? log_colour(status_level(req->status)) : "";
	long long took_us = clock_mono_us() - req->started_us;
	char *out = line + sprintf(line, "%s%d%s ", colour, req->status, *colour ? LOG_COLOUR_END : "");

	out = add_escaped(out, end, req->method);
	*out++ = ' ';
	out = add_escaped(out, end, req->target);
	out +=
	    sprintf(out, " (%.*s) %lld.%02lldms\n", STR_ARG(req->peer), took_us / 1000, took_us % 1000 / 10);
	return (size_t)(out - line);
}

/* At which level a request is told of: what goes well is detail, but for the pages of a debug session. */
static enum log_level
req_level(const struct req *req)
{
	enum log_level level = status_level(req->status);
	bool is_detail = level == LOG_INFO && !(req->server->settings->debug && req->is_page);

	return is_detail ? LOG_DEBUG : level;
}

void
access_log(const struct req *req)
{
	enum log_level level = req_level(req);
	char line[ACCESS_LINE_BYTES];

	if (req->status == 0) /* it broke off before there was anything to answer */
		return;
	if (log_enabled(level) && !req->server->settings->quiet)
		log_text(level, str_make(line, access_format(line, req, log_has_colour())));
}

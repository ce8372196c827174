#include "http/access.h"

#include "base/log.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE_REST_BYTES = 128, /* all of a line but method and target */
	ESCAPE_BYTES = 4,      /* the longest that a byte becomes */
	NUMBER_BYTES = 20,     /* digits of the largest one */
	TIME_BYTES = 32,
	BUFFER_BYTES = 64 * 1024,
	GATHER_MS = 5, /* how long a line waits for others at the most */
};

struct access {
	int fd;
	struct loop *loop;
	struct loop_timer flush;
	int64_t time_s; /* of `time` */
	char time[TIME_BYTES];
	size_t time_len;
	bool has_failed; /* it was told */
	size_t len;
	char buffer[BUFFER_BYTES];
};

/* Lines */

static enum log_level
status_level(int status)
{
	return status >= 500 ? LOG_ERROR : status >= 400 ? LOG_WARNING : LOG_INFO;
}

static char *
add(char *out, struct str text)
{
	if (text.len > 0)
		memcpy(out, text.data, text.len);
	return out + text.len;
}

/* Decimal, with zeros before it where it is shorter. */
static char *
add_number(char *out, uint64_t number, size_t least_digits)
{
	char digits[NUMBER_BYTES];
	size_t start = NUMBER_BYTES;

	do
		digits[--start] = (char)('0' + number % 10);
	while ((number /= 10) > 0 || NUMBER_BYTES - start < least_digits);
	return add(out, str_make(digits + start, NUMBER_BYTES - start));
}

/* Puts the text at `out`, as far as there is room before `end`. Returns where it ends. */
static char *
add_escaped(char *out, const char *end, struct str text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (end - out < ESCAPE_BYTES)
			return add(out, STR("..."));
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

/* Without the name and password of an authority: RFC 9110 §4.2.4. */
static char *
add_target(char *out, const char *end, struct str target)
{
	struct str scheme = str_slice(target, 0, 0), authority;
	size_t colon = str_find(target, STR("://"));
	size_t at;

	if (!str_starts(target, STR("/")) && colon != STR_NONE)
		scheme = str_slice(target, 0, colon + 3);
	target = str_from(target, scheme.len);
	authority = str_slice(target, 0, MIN(str_find_char(target, '/'), target.len));
	at = scheme.len > 0 ? str_rfind_char(authority, '@') : STR_NONE;
	if (at != STR_NONE)
		target = str_from(target, at + 1);
	return add_escaped(add_escaped(out, end, scheme), end, target);
}

size_t
access_format(char line[ACCESS_LINE_BYTES], const struct req *req, bool has_colour)
{
	const char *end = line + ACCESS_LINE_BYTES - LINE_REST_BYTES;
	uint64_t took_us = (uint64_t)(clock_mono_us() - req->started_us);
	char *out = line;

	if (has_colour)
		out = add(out, str_of(log_colour(status_level(req->status))));
	out = add_number(out, (uint64_t)req->status, 1);
	if (has_colour)
		out = add(out, STR(LOG_COLOUR_END));
	*out++ = ' ';
	out = add_escaped(out, end, req->method);
	*out++ = ' ';
	out = add_target(out, end, req->target);
	out = add(out, STR(" ("));
	out = add(out, req->peer);
	out = add(out, STR(") "));
	out = add_number(out, took_us / 1000, 1);
	*out++ = '.';
	out = add_number(out, took_us % 1000 / 10, 2);
	out = add(out, STR("ms\n"));
	return (size_t)(out - line);
}

/* The file */

/* Never blocking: a pipe that nobody reads must not hold up the server. */
static int
file_open(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);

	if (fd < 0)
		err_set_errno(e, "--access-log %s", path);
	return fd;
}

bool
access_may_open(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	/* The reader of a pipe would take the trial's end for the end of it. */
	if (path == NULL || (stat(path, &st) == 0 && S_ISFIFO(st.st_mode)))
		return true;
	fd = file_open(path, e);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Tells of the first fault in a row. */
static void
flush_failed(struct access *access)
{
	if (!access->has_failed)
		log_warning("eddy: --access-log: lines are lost: %s", strerror(errno));
	access->has_failed = true;
}

static void
flush(struct access *access)
{
	struct str rest = str_make(access->buffer, access->len);
	ssize_t written = 0;

	loop_timer_clear(access->loop, &access->flush);
	while (rest.len > 0) {
		written = write(access->fd, rest.data, rest.len);
		if (written > 0)
			rest = str_from(rest, (size_t)written);
		else if (errno != EINTR)
			break;
	}
	access->len = 0;
	if (rest.len > 0)
		flush_failed(access);
	else
		access->has_failed = false;
}

static void
on_flush(struct loop_timer *timer)
{
	flush(CONTAINER_OF(timer, struct access, flush));
}

struct access *
access_open(struct loop *loop, const char *path, struct err *e)
{
	int fd = file_open(path, e);
	struct access *access;

	if (fd < 0)
		return NULL;
	access = BASE_NEW(struct access);
	access->fd = fd;
	access->loop = loop;
	access->flush.due = on_flush;
	access->time_s = -1;
	return access;
}

void
access_close(struct access *access)
{
	if (access == NULL)
		return;
	flush(access);
	close(access->fd);
	free(access);
}

/* The time of this second, behind a space. */
static struct str
time_text(struct access *access)
{
	time_t now_s = (time_t)clock_unix_s();
	struct tm tm;

	if (now_s != access->time_s) {
		gmtime_r(&now_s, &tm);
		access->time_len = strftime(access->time, TIME_BYTES, " %Y-%m-%dT%H:%M:%SZ\n", &tm);
		access->time_s = now_s;
	}
	return str_make(access->time, access->time_len);
}

static void
file_log(struct access *access, const struct req *req)
{
	struct str time = time_text(access);
	char *out;

	if (access->len + ACCESS_LINE_BYTES + TIME_BYTES > BUFFER_BYTES)
		flush(access);
	if (access->len == 0)
		loop_timer_set(access->loop, &access->flush, GATHER_MS);
	out = access->buffer + access->len;
	out += access_format(out, req, false) - 1; /* over the newline */
	access->len = (size_t)(add(out, time) - access->buffer);
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
	if (req->server->access != NULL)
		file_log(req->server->access, req);
	if (log_enabled(level) && !req->server->settings->quiet)
		log_text(level, str_make(line, access_format(line, req, log_has_colour())));
}

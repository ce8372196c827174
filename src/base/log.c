#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8192 };

static enum log_level log_lowest = LOG_INFO;

void
log_set_level(enum log_level lowest)
{
	log_lowest = lowest;
}

bool
log_enabled(enum log_level level)
{
	return level >= log_lowest;
}

bool
log_has_colour(void)
{
	static int colour = -1;
	const char *refused = getenv("NO_COLOR");

	if (colour < 0)
		colour = isatty(STDERR_FILENO) && (refused == NULL || *refused == '\0');
	return colour;
}

const char *
log_colour(enum log_level level)
{
	static const char *const colours[] = {"\033[34m", "\033[32m", "\033[33m", "\033[31m"};

	return colours[level];
}

void
log_text(enum log_level level, struct str text)
{
	if (!log_enabled(level))
		return;
	while (text.len > 0) {
		ssize_t written = write(STDERR_FILENO, text.data, text.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return; /* nobody is left to be told */
		text = str_from(text, (size_t)written);
	}
}

/* Copies `in` as far as it fits, with control characters as \xNN. Returns the length. */
static size_t
line_escape(char *out, size_t size, const char *in)
{
	size_t len = 0;

	for (; *in != '\0' && len + 5 < size; in++) {
		unsigned char c = (unsigned char)*in;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			len += (size_t)snprintf(out + len, size - len, "\\x%02x", c);
		else
			out[len++] = (char)c;
	}
	return len;
}

void
log_line(enum log_level level, const char *format, ...)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 32];
	bool has_colour = log_has_colour() && level != LOG_INFO;
	size_t len = 0;
	va_list args;

	if (!log_enabled(level))
		return;
	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	if (has_colour)
		len = (size_t)snprintf(line, sizeof(line), "%s", log_colour(level));
	len += line_escape(line + len, LINE_MAX_BYTES, raw);
	len += (size_t)snprintf(line + len, sizeof(line) - len, "%s\n", has_colour ? LOG_COLOUR_END : "");
	log_text(level, str_make(line, len));
}

#include "base/log.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LINE_MAX_BYTES = 8192,
	LINE_MARGIN_BYTES = 64, /* for a word, colours and the newline */
};

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
log_is_terminal(void)
{
	static int is_terminal = -1;

	if (is_terminal < 0)
		is_terminal = isatty(STDERR_FILENO);
	return is_terminal;
}

bool
log_has_colour(void)
{
	static int colour = -1;
	const char *refused = getenv("NO_COLOR");

	if (colour < 0)
		colour = log_is_terminal() && (refused == NULL || *refused == '\0');
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

/* Copies the text, as far as it fits, with nothing in it that a terminal would obey. Returns the length. */
static size_t
line_show(char *out, size_t size, struct str text)
{
	size_t len = 0;

	while (text.len > 0 && size - len >= UTF8_SHOWN_MAX_BYTES)
		len += utf8_show(&text, out + len);
	return len;
}

/* A line with a word before it, or none, in the level's colour; without a word all of the line has it. */
static void
line_write(enum log_level level, const char *word, const char *format, va_list args)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES + LINE_MARGIN_BYTES];
	bool has_colour = log_has_colour() && (*word != '\0' || level != LOG_INFO);
	const char *start = has_colour ? log_colour(level) : "", *end = has_colour ? LOG_COLOUR_END : "";
	size_t len;

	if (!log_enabled(level))
		return;
	vsnprintf(raw, sizeof(raw), format, args);
	if (*word != '\0')
		len = (size_t)snprintf(line, LINE_MARGIN_BYTES, "%s%-7s%s  ", start, word, end);
	else
		len = (size_t)snprintf(line, LINE_MARGIN_BYTES, "%s", start);
	len += line_show(line + len, LINE_MAX_BYTES, str_of(raw));
	len += (size_t)snprintf(line + len, sizeof(line) - len, "%s\n", *word == '\0' ? end : "");
	log_text(level, str_make(line, len));
}

void
log_line(enum log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line_write(level, "", format, args);
	va_end(args);
}

void
log_event(enum log_level level, const char *word, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line_write(level, word, format, args);
	va_end(args);
}

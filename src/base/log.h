/*
 * What eddy says to the person at the terminal: lines on standard error, each
 * written by one write(2), so that processes don't mix theirs.
 *
 * Colour only where standard error is a terminal and NO_COLOR is not set
 * (https://no-color.org).
 */
#ifndef EDDY_LOG_H
#define EDDY_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* The lowest level that is written: LOG_INFO at first, LOG_DEBUG with --verbose, LOG_WARNING with --quiet. */
void log_set_level(enum log_level lowest);
bool log_enabled(enum log_level level);

bool log_is_terminal(void);
bool log_has_colour(void);

/* What begins a text in the colour of its level, for who has colour: blue, green, yellow, red. */
const char *log_colour(enum log_level level);
#define LOG_COLOUR_END "\033[0m"

/* One line; the newline is added. Control characters in it are written as escapes. */
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same with a word before it that says what happened, in its own column: "changed  templates/index.html". */
void log_event(enum log_level level, const char *word, const char *format, ...) PRINTF_LIKE(3, 4);

/* Text that is whole already, newlines included (a traceback, the banner). */
void log_text(enum log_level level, struct str text);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

#endif

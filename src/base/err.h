/*
 * Errors are values: a kind, a message and a place, with the frames that led
 * there. Whoever can say more adds it on the way up; only cmd/ and http.c turn
 * an error into an exit status or a page.
 *
 *	bool thing_do(struct thing *t, struct err *e)
 *	{
 *		if (!…)
 *			return err_set(e, ERR_OS, ERR_NOWHERE, "cannot open '%s'", path);
 *		return true;
 *	}
 *
 * All that an error points to lives in its arena (`err_make(a)`), so it can be
 * kept as long as that. The text of an error is UTF-8 and may come from the
 * user: escape it before it goes into HTML, as err_report does for terminals.
 */
#ifndef EDDY_ERR_H
#define EDDY_ERR_H

#include "base/str.h"

/* kind, the name that users see, HTTP status, exit status */
#define ERR_KINDS(X)                                              \
	X(NONE, "", 200, 0)                                       \
	/* of the program */                                      \
	X(OS, "OSError", 500, 1)                                  \
	X(USAGE, "UsageError", 500, 2)                            \
	X(PORT_BUSY, "PortBusyError", 500, 3)                     \
	X(CONFIG, "ConfigError", 500, 4)                          \
	X(DATA, "DataError", 500, 1)                              \
	X(BUILD, "BuildError", 500, 1)                            \
	X(WARNING, "Warning", 500, 1)                             \
	/* of a request: RFC 9110 §15.5 */                       \
	X(BAD_REQUEST, "Bad Request", 400, 1)                     \
	X(MISSING_ARGUMENT, "MissingArgumentError", 400, 1)       \
	X(HTTP, "HTTPError", 400, 1)                              \
	X(FORBIDDEN, "Forbidden", 403, 1)                         \
	X(NOT_FOUND, "Not Found", 404, 1)                         \
	X(METHOD, "Method Not Allowed", 405, 1)                   \
	X(PRECONDITION, "Precondition Failed", 412, 1)            \
	X(CONTENT_TOO_LARGE, "Content Too Large", 413, 1)         \
	X(URI_TOO_LONG, "URI Too Long", 414, 1)                   \
	X(RANGE, "Range Not Satisfiable", 416, 1)                 \
	X(EXPECTATION, "Expectation Failed", 417, 1)              \
	X(MISDIRECTED, "Misdirected Request", 421, 1)             \
	X(FIELDS, "Request Header Fields Too Large", 431, 1)      \
	X(INTERNAL, "Internal Server Error", 500, 1)              \
	X(UNKNOWN_CODING, "Not Implemented", 501, 1)              \
	X(UNAVAILABLE, "Service Unavailable", 503, 1)             \
	/* of a template: the names are Python's and Tornado's */ \
	X(PARSE, "ParseError", 500, 1)                            \
	X(SYNTAX, "SyntaxError", 500, 1)                          \
	X(INDENTATION, "IndentationError", 500, 1)                \
	X(NAME, "NameError", 500, 1)                              \
	X(UNBOUND_LOCAL, "UnboundLocalError", 500, 1)             \
	X(TYPE, "TypeError", 500, 1)                              \
	X(VALUE, "ValueError", 500, 1)                            \
	X(KEY, "KeyError", 500, 1)                                \
	X(INDEX, "IndexError", 500, 1)                            \
	X(LOOKUP, "LookupError", 500, 1)                          \
	X(ATTRIBUTE, "AttributeError", 500, 1)                    \
	X(ZERO_DIVISION, "ZeroDivisionError", 500, 1)             \
	X(OVERFLOW, "OverflowError", 500, 1)                      \
	X(ARITHMETIC, "ArithmeticError", 500, 1)                  \
	X(RECURSION, "RecursionError", 500, 1)                    \
	X(RUNTIME, "RuntimeError", 500, 1)                        \
	X(NOT_IMPLEMENTED, "NotImplementedError", 500, 1)         \
	X(UNICODE, "UnicodeDecodeError", 500, 1)                  \
	X(FILE_NOT_FOUND, "FileNotFoundError", 500, 1)            \
	X(IS_DIRECTORY, "IsADirectoryError", 500, 1)              \
	X(PERMISSION, "PermissionError", 500, 1)                  \
	X(ASSERTION, "AssertionError", 500, 1)                    \
	X(IMPORT, "ImportError", 500, 1)                          \
	X(UNICODE_ANY, "UnicodeError", 500, 1)                    \
	X(STOP_ITERATION, "StopIteration", 500, 1)                \
	X(MEMORY, "MemoryError", 500, 1)                          \
	X(LIMIT, "LimitError", 500, 1)                            \
	X(EXCEPTION, "Exception", 500, 1)                         \
	X(BASE_EXCEPTION, "BaseException", 500, 1)

enum err_kind {
#define X(kind, name, status, exit) ERR_##kind,
	ERR_KINDS(X)
#undef X
};

const char *err_kind_name(enum err_kind kind);
int err_kind_status(enum err_kind kind);
int err_kind_exit(enum err_kind kind);

/* The line of what is behind a whole file: Tornado counts it as 0. */
enum { ERR_LINE_ZERO = -1 };

/* Where: lines and columns count from 1, columns in code points; 0 is unknown. */
struct err_place {
	struct str file; /* as the loader or the user names it; empty is nowhere */
	int line;
	int column;
	int width;         /* code points that the caret underlines; 0 is one */
	struct str source; /* the text of the line; may be empty */
	struct str around; /* the line among its neighbours, for an excerpt; may be empty */
	int around_line;   /* the number of the first of them */
};

#define ERR_NOWHERE ((struct err_place){0})

/*
 * Sets the source of a place whose line is known, and what is around it, from the text of its file. They
 * point into that text. What surrounds a very long line is left out.
 */
void err_place_quote(struct err_place *place, struct str text);

/* One step of the way to the place: an include, a block, an apply, a call. Nearest to the fault first. */
struct err_frame {
	struct err_frame *next;
	struct str what; /* "include 'nav.html'" */
	struct err_place place;
};

/* A value in scope where it went wrong, as a person may read it. */
struct err_value {
	struct err_value *next;
	struct str name;
	struct str text; /* of a long one the start, with an ellipsis */
	struct str size; /* of a long one: "1000 items", "4000 characters"; else empty */
};

struct err {
	struct arena *arena;
	enum err_kind kind;
	struct str message;
	struct str hint; /* "did you mean 'now'?"; may be empty */
	struct err_place place;
	struct err_frame *frames;
	struct err_value *values;
};

/* No error yet; one that is set will live in `a`. */
struct err err_make(struct arena *a);

/* Sets the error, replacing one that was there. Always false, to be returned. */
bool err_set(struct err *e, enum err_kind kind, struct err_place place, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* ERR_OS with errno's text behind the message: "cannot open 'x': No such file or directory". */
bool err_set_errno(struct err *e, const char *format, ...) PRINTF_LIKE(2, 3);

void err_add_frame(struct err *e, struct str what, struct err_place place);
/*
 * The last of the frames from `frame` on that are alike, as those of a recursion are; `*repeats` is how many
 * there are beyond the first.
 */
const struct err_frame *err_frame_last_alike(const struct err_frame *frame, int *repeats);
void err_add_value(struct err *e, struct str name, struct str text, struct str size);
void err_set_hint(struct err *e, const char *format, ...) PRINTF_LIKE(2, 3);

/* A copy of the error in `a`, which may outlive the one it was set in. */
struct err err_copy(struct arena *a, const struct err *e);

/* "FILE:LINE:COL", "Type: message (hint)", and the two with a colon between, as far as it is known. */
struct str err_where(struct arena *a, const struct err *e);
struct str err_title(struct arena *a, const struct err *e);
struct str err_line(struct arena *a, const struct err *e);

/*
 * The whole report for a terminal: frames, excerpt with caret, values in
 * scope, and err_line as its last line, each line ended by a newline.
 * Control characters are shown as escapes. `colour` adds SGR sequences.
 */
struct str err_report(struct arena *a, const struct err *e, bool colour);

#endif

/*
 * An answer: status, header fields, and a body of parts, each of which is
 * bytes in memory or a stretch of a file. It is built once and never changed
 * after it was given to http.c, which may send it many times.
 *
 * A response owns an arena for all that it points to, and references to the
 * files whose bytes it sends; nothing in it lives in a request, which ends before it does.
 */
#ifndef EDDY_RESP_H
#define EDDY_RESP_H

#include "base/err.h"
#include "text/accept.h"

struct file;

struct resp_header {
	struct resp_header *next;
	const char *name;
	const char *value;
};

struct resp_part {
	struct resp_part *next;
	struct str bytes; /* where data isn't NULL */
	int fd;           /* else pread(2) from here */
	int64_t offset_bytes;
	int64_t size_bytes;
};

/*
 * A body whose end is not known: `read` puts up to `size` bytes into `out` and
 * returns how many; 0 is "nothing now" until http_stream_wake, -1 the end.
 */
struct resp_stream {
	int64_t (*read)(struct resp_stream *stream, char *out, size_t size);
	void (*close)(struct resp_stream *stream); /* the connection is gone; frees the stream */
	void *connection;                          /* http.c's */
	bool is_asleep;
};

struct resp {
	struct arena arena;
	unsigned references;
	int status;
	struct resp_header *headers;
	struct resp_header **headers_end;
	struct resp_part *parts;
	struct resp_part **parts_end;
	int64_t size_bytes; /* of all parts */
	struct resp_stream *stream;
	struct file *file; /* whose bytes the parts are, or NULL */
	struct resp *base; /* that this is a copy of, or NULL */
	void *wire;        /* what http.c made of it, kept for the next time; NULL until then */
	bool is_immutable; /* it may be kept for ever, so not one byte of another version may get into it */
	bool is_kept;      /* whether it will be sent again */
	bool is_complete;  /* it has the fields that every answer has: route_complete */
};

struct resp *resp_new(int status);
struct resp *resp_ref(struct resp *resp);
void resp_unref(struct resp *resp);

/*
 * Adds a field. `name` is a literal; the value is copied. One that holds a control character (RFC 9110 §5.5)
 * is left out, and said.
 */
void resp_set(struct resp *resp, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same for a field that replaces one of its name, unless it is Vary or Set-Cookie. Both are copied. */
void resp_put(struct resp *resp, struct str name, struct str value);

/* The same answer, to be given fields of its own; its body is the other's, to which it holds a reference. */
struct resp *resp_copy(struct resp *base);

/* Bytes that live as long as the response: in its arena, in its file, or for ever. */
void resp_add_bytes(struct resp *resp, struct str bytes);
void resp_add_file(struct resp *resp, int fd, int64_t offset_bytes, int64_t size_bytes);

/* Puts the body, which is bytes alone, into the coding. False, with nothing changed, where it gets no shorter. */
bool resp_compress(struct resp *resp, enum accept_encoding coding);

/*
 * Up to `size` bytes of the body from `at` on. 0 at its end; -1 where the file is shorter than it was, or, of an
 * immutable answer, has changed.
 */
int64_t resp_read(const struct resp *resp, int64_t at, char *out, size_t size);

/* Holds a reference to the file as long as the response lives. */
void resp_hold_file(struct resp *resp, struct file *file);

/* The reason phrase of RFC 9110 §15, or "". */
const char *resp_reason(int status);

#endif

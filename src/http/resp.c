#include "http/resp.h"

#include "base/log.h"
#include "site/file.h"
#include "text/compress.h"
#include "text/field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RESP_ARENA_BYTES = 1024 };

struct resp *
resp_new(int status)
{
	struct resp *resp = BASE_NEW(struct resp);

	resp->arena = arena_make(RESP_ARENA_BYTES);
	resp->references = 1;
	resp->status = status;
	resp->headers_end = &resp->headers;
	resp->parts_end = &resp->parts;
	return resp;
}

struct resp *
resp_ref(struct resp *resp)
{
	resp->references++;
	return resp;
}

void
resp_unref(struct resp *resp)
{
	if (resp == NULL || --resp->references > 0)
		return;
	if (resp->file != NULL)
		file_unref(resp->file);
	resp_unref(resp->base);
	arena_free(&resp->arena);
	free(resp);
}

static struct resp_header *
resp_find(const struct resp *resp, struct str name)
{
	struct resp_header *header = resp->headers;

	while (header != NULL && !str_eq_nocase(str_of(header->name), name))
		header = header->next;
	return header;
}

static void
resp_add(struct resp *resp, const char *name, const char *value)
{
	struct resp_header *header = ARENA_NEW(&resp->arena, struct resp_header);

	header->name = name;
	header->value = value;
	*resp->headers_end = header;
	resp->headers_end = &header->next;
}

/* What can't be sent as it is, is not sent at all: half a value could mean something else. */
static bool
may_send(struct str name, struct str value)
{
	if (field_is_token(name) && field_is_value(value) && str_find_char(value, '\0') == STR_NONE)
		return true;
	log_error(
	    "the field '%.*s' of an answer is left out: it would hold a control character", STR_ARG(name));
	return false;
}

void
resp_set(struct resp *resp, const char *name, const char *format, ...)
{
	struct buf value = buf_make(&resp->arena);
	va_list args;

	va_start(args, format);
	buf_vaddf(&value, format, args);
	va_end(args);
	if (may_send(str_of(name), buf_str(&value)))
		resp_add(resp, name, buf_cstr(&value));
}

void
resp_put(struct resp *resp, struct str name, struct str value)
{
	bool is_list = str_eq_nocase(name, STR("Vary")) || str_eq_nocase(name, STR("Set-Cookie"));
	struct resp_header *header = is_list ? NULL : resp_find(resp, name);

	if (!may_send(name, value))
		return;
	if (header != NULL)
		header->value = str_cstr(&resp->arena, value);
	else
		resp_add(resp, str_cstr(&resp->arena, name), str_cstr(&resp->arena, value));
}

void
resp_hold_file(struct resp *resp, struct file *file)
{
	resp->file = file_ref(file);
}

struct resp *
resp_copy(struct resp *base)
{
	struct resp *resp = resp_new(base->status);

	for (const struct resp_header *header = base->headers; header != NULL; header = header->next)
		resp_add(resp, header->name, header->value);
	resp->parts = base->parts;
	resp->size_bytes = base->size_bytes;
	resp->stream = base->stream;
	resp->is_immutable = base->is_immutable;
	if (base->file != NULL)
		resp_hold_file(resp, base->file);
	resp->base = resp_ref(base);
	return resp;
}

static void
resp_add_part(struct resp *resp, struct resp_part part)
{
	struct resp_part *kept = ARENA_NEW(&resp->arena, struct resp_part);

	if (part.size_bytes == 0)
		return;
	*kept = part;
	*resp->parts_end = kept;
	resp->parts_end = &kept->next;
	resp->size_bytes += part.size_bytes;
}

void
resp_add_bytes(struct resp *resp, struct str bytes)
{
	resp_add_part(resp, (struct resp_part){.bytes = bytes, .fd = -1, .size_bytes = (int64_t)bytes.len});
}

void
resp_add_file(struct resp *resp, int fd, int64_t offset_bytes, int64_t size_bytes)
{
	resp_add_part(
	    resp, (struct resp_part){.fd = fd, .offset_bytes = offset_bytes, .size_bytes = size_bytes});
}

/*
 * Whether the bytes that were just read are still those of the version that was announced. A file that was only
 * renamed or replaced keeps them. One that has grown is taken for a log: what is written at its end
 * harms nobody who was promised less, unless he may keep that for ever.
 */
static bool
is_same_version(const struct resp *resp)
{
	const struct fs_key *key = &resp->file->key;
	struct fs_stat now;

	if (resp->file->etag[0] != '"')
		return true;
	if (!fs_stat_fd(resp->file->fd, &now))
		return false;
	if (resp->is_immutable)
		return fs_key_eq(&now.key, key);
	return now.key.size_bytes > key->size_bytes ||
	       (now.key.size_bytes == key->size_bytes && now.key.mtime_ns == key->mtime_ns);
}

int64_t
resp_read(const struct resp *resp, int64_t at, char *out, size_t size)
{
	const struct resp_part *part = resp->parts;
	ssize_t got;

	while (part != NULL && at >= part->size_bytes) {
		at -= part->size_bytes;
		part = part->next;
	}
	if (part == NULL)
		return 0;
	size = MIN(size, (size_t)(part->size_bytes - at));
	if (part->bytes.data != NULL) {
		memcpy(out, part->bytes.data + at, size);
		return (int64_t)size;
	}
	do
		got = pread(part->fd, out, size, part->offset_bytes + at);
	while (got < 0 && errno == EINTR);
	return got > 0 && is_same_version(resp) ? got : -1;
}

bool
resp_compress(struct resp *resp, enum accept_encoding coding)
{
	struct buf body = buf_make(&resp->arena);
	struct str coded;

	for (const struct resp_part *part = resp->parts; part != NULL; part = part->next)
		buf_add(&body, part->bytes);
	if (!compress_bytes(coding, buf_str(&body), &coded))
		return false;
	resp->parts = NULL;
	resp->parts_end = &resp->parts;
	resp->size_bytes = 0;
	resp_add_bytes(resp, str_dup(&resp->arena, coded));
	free((char *)coded.data);
	return true;
}

const char *
resp_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {204, "No Content"},
	    {206, "Partial Content"},
	    {304, "Not Modified"},
	    {308, "Permanent Redirect"},
	    {400, "Bad Request"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {412, "Precondition Failed"},
	    {413, "Content Too Large"},
	    {414, "URI Too Long"},
	    {416, "Range Not Satisfiable"},
	    {417, "Expectation Failed"},
	    {421, "Misdirected Request"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {501, "Not Implemented"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

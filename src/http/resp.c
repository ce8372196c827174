#include "http/resp.h"

#include "site/file.h"

#include <stdlib.h>

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
	arena_free(&resp->arena);
	free(resp);
}

/* Cuts the value at the first byte that a field must not hold. */
static char *
value_clean(char *value)
{
	for (char *c = value; *c != '\0'; c++)
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
			*c = '\0';
	return value;
}

void
resp_set(struct resp *resp, const char *name, const char *format, ...)
{
	struct resp_header *header = ARENA_NEW(&resp->arena, struct resp_header);
	struct buf value = buf_make(&resp->arena);
	va_list args;

	va_start(args, format);
	buf_vaddf(&value, format, args);
	va_end(args);
	header->name = name;
	header->value = value_clean(buf_cstr(&value));
	*resp->headers_end = header;
	resp->headers_end = &header->next;
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

void
resp_hold_file(struct resp *resp, struct file *file)
{
	resp->file = file_ref(file);
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
	    {421, "Misdirected Request"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

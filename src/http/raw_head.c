#include "http/raw_head.h"

#include <string.h>

enum { LINE_END_BYTES = 2 };

bool
raw_head_knows(const char *library_version)
{
	return strcmp(library_version, "0.9.75") == 0;
}

/* Whether the request line stood in the buffer just as it was taken apart. */
static bool
line_is_intact(const struct req *req, const char *method, const char *version)
{
	return req->target_start == method + strlen(method) + 1 &&
	       version == req->target_start + req->target.len + 1;
}

void
raw_head_begin(
    struct raw_head *head, struct req *req, const char *method, const char *version, size_t field_count)
{
	*head = (struct raw_head){
	    .req = req,
	    .headers = ARENA_ARRAY(&req->arena, struct req_header, field_count),
	    .first = method,
	    .next = version + strlen(version) + LINE_END_BYTES,
	    .is_contiguous = line_is_intact(req, method, version),
	};
	req->method = str_of(method);
	req->version = str_of(version);
	req->headers = head->headers;
}

void
raw_head_add(struct raw_head *head, const char *name, size_t name_len, const char *value, size_t value_len)
{
	head->is_contiguous = head->is_contiguous && name == head->next && value > name + name_len;
	if (value == NULL)
		value = "";
	head->next = value + strlen(value) + LINE_END_BYTES;
	head->headers[head->req->header_count++] =
	    (struct req_header){str_make(name, name_len), str_trim_blanks(str_make(value, value_len))};
}

size_t
raw_head_size(const struct raw_head *head)
{
	return (size_t)(head->next - head->first);
}

bool
raw_head_is_intact(const struct raw_head *head, size_t size_bytes)
{
	return head->is_contiguous && raw_head_size(head) + LINE_END_BYTES == size_bytes;
}

void
raw_head_hide_expectation(const struct req *req)
{
	struct str value = req_header(req, STR("Expect"));

	if (value.len > 0)
		*(char *)(uintptr_t)value.data = '-';
}

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_chunk {
	struct arena_chunk *next;
	size_t size_bytes;
	_Alignas(max_align_t) char memory[];
};

static struct arena_chunk *
chunk_new(size_t size_bytes)
{
	struct arena_chunk *chunk = malloc(sizeof(*chunk) + size_bytes);

	if (chunk == NULL)
		base_die("out of memory (%zu bytes)", size_bytes);
	chunk->next = NULL;
	chunk->size_bytes = size_bytes;
	return chunk;
}

static void
chunk_free_list(struct arena_chunk *chunk)
{
	while (chunk != NULL) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

static void
arena_fill(struct arena *a, struct arena_chunk *chunk)
{
	a->current = chunk;
	a->next = chunk->memory;
	a->end = chunk->memory + chunk->size_bytes;
}

/* Makes the chunk that follows the current one current; it holds at least `size_bytes`. */
static void
arena_grow(struct arena *a, size_t size_bytes)
{
	struct arena_chunk *following = a->current->next;

	if (following == NULL || following->size_bytes < size_bytes) {
		following = chunk_new(MAX(size_bytes, 2 * a->current->size_bytes));
		following->next = a->current->next;
		a->current->next = following;
	}
	arena_fill(a, following);
}

static size_t
arena_padding(const struct arena *a, size_t align)
{
	return -(uintptr_t)a->next & (align - 1);
}

struct arena
arena_make(size_t size_bytes)
{
	struct arena a = {.first = chunk_new(size_bytes)};

	arena_fill(&a, a.first);
	return a;
}

void
arena_free(struct arena *a)
{
	chunk_free_list(a->first);
	*a = (struct arena){0};
}

void
arena_reset(struct arena *a)
{
	chunk_free_list(a->first->next);
	a->first->next = NULL;
	arena_fill(a, a->first);
}

size_t
arena_size(const struct arena *a)
{
	size_t total = 0;

	for (const struct arena_chunk *chunk = a->first; chunk != NULL; chunk = chunk->next)
		total += chunk->size_bytes;
	return total;
}

bool
arena_has_room(const struct arena *a, size_t size_bytes)
{
	size_t given;

	if (a->ceiling == NULL)
		return true;
	given = arena_size(a) - (size_t)(a->end - a->next);
	if (given <= a->ceiling->size_bytes && size_bytes <= a->ceiling->size_bytes - given)
		return true;
	a->ceiling->is_reached = true;
	return false;
}

void *
arena_alloc(struct arena *a, size_t size_bytes, size_t align)
{
	size_t padding = arena_padding(a, align);
	char *memory;

	if (padding + size_bytes > (size_t)(a->end - a->next)) {
		arena_grow(a, size_bytes + align);
		padding = arena_padding(a, align);
	}
	memory = a->next + padding;
	a->next = memory + size_bytes;
	return memset(memory, 0, size_bytes);
}

bool
arena_extend(struct arena *a, void *memory, size_t size_bytes, size_t new_size_bytes)
{
	char *end = (char *)memory + size_bytes;

	if (end != a->next || new_size_bytes - size_bytes > (size_t)(a->end - a->next))
		return false;
	a->next += new_size_bytes - size_bytes;
	memset(end, 0, new_size_bytes - size_bytes);
	return true;
}

char *
arena_dup(struct arena *a, const void *bytes, size_t size_bytes)
{
	char *copy = arena_alloc(a, size_bytes + 1, 1);

	if (size_bytes > 0)
		memcpy(copy, bytes, size_bytes);
	return copy;
}

size_t
arena_array_size(size_t count, size_t size_bytes)
{
	if (size_bytes != 0 && count > SIZE_MAX / size_bytes)
		base_die("array of %zu elements of %zu bytes", count, size_bytes);
	return count * size_bytes;
}

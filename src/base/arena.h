/*
 * Arenas: memory that is given back all at once.
 *
 * A function that takes `struct arena *a` first leaves its result there. One
 * that takes a `struct arena` by value uses it for scratch: what it allocates
 * is free again for the caller as soon as it returns, because the caller's own
 * arena never moved. So what the function is to keep, a `struct err` included, must live in another arena.
 * (The chunks that the copy added stay in the shared list
 * and are filled again.)
 *
 * An arena grows by chunks and never moves what it gave. It is not for two
 * threads at a time.
 */
#ifndef EDDY_ARENA_H
#define EDDY_ARENA_H

#include "base/base.h"

struct arena_chunk;

/* What an arena may give altogether before what is long in it can grow no more (see struct buf). */
struct arena_ceiling {
	size_t size_bytes;
	bool is_reached;
};

struct arena {
	struct arena_chunk *first;
	struct arena_chunk *current; /* chunks before it are full */
	char *next;                  /* free space in `current` */
	char *end;
	struct arena_ceiling *ceiling; /* the owner's; NULL: there is none */
};

/* An empty arena whose first chunk holds `size_bytes`. */
struct arena arena_make(size_t size_bytes);

/* Gives every chunk back. */
void arena_free(struct arena *a);

/* Empties the arena: the first chunk is kept for reuse, the others given back. */
void arena_reset(struct arena *a);

/* Bytes held, used or not. */
size_t arena_size(const struct arena *a);

/* Whether so many bytes may be added to what it gave. If not, its ceiling is reached. */
bool arena_has_room(const struct arena *a, size_t size_bytes);

/* Zeroed memory, `align` a power of two. Never NULL. */
void *arena_alloc(struct arena *a, size_t size_bytes, size_t align);

/*
 * Makes the last allocation, `size_bytes` at `memory`, longer in place. False,
 * with nothing changed, where something follows it or the chunk is full.
 */
bool arena_extend(struct arena *a, void *memory, size_t size_bytes, size_t new_size_bytes);

/* A copy of `size_bytes` bytes, with a NUL behind them. */
char *arena_dup(struct arena *a, const void *bytes, size_t size_bytes);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(a, type, count) \
	((type *)arena_alloc((a), arena_array_size((count), sizeof(type)), _Alignof(type)))

/* count * size; ends the process on overflow. */
size_t arena_array_size(size_t count, size_t size_bytes);

#endif

/*
 * A hash map from text to pointers. The map owns its table, not the keys nor
 * the values: a key's bytes must live as long as its entry.
 */
#ifndef EDDY_MAP_H
#define EDDY_MAP_H

#include "base/str.h"

struct map_entry {
	struct str key; /* data is NULL in a free slot */
	uint64_t hash;
	void *value;
};

/* All zero is an empty map. */
struct map {
	struct map_entry *entries;
	size_t capacity; /* 0 or a power of two */
	size_t count;
};

void map_free(struct map *m);

/* The value, or NULL where the key isn't there. */
void *map_get(const struct map *m, struct str key);

/* Adds or replaces; the value must not be NULL. Returns the one replaced, or NULL. */
void *map_put(struct map *m, struct str key, void *value);

/* Takes the entry out and returns its value, or NULL. */
void *map_remove(struct map *m, struct str key);

/*
 * The entries one by one, in no order: start with `*position` 0; NULL ends
 * the walk. The map must not change in between.
 */
const struct map_entry *map_next(const struct map *m, size_t *position);

#endif

#include "base/map.h"

#include <stdlib.h>
#include <xxhash.h>

enum { MAP_FIRST_CAPACITY = 16 };

/* The slot that holds the key, or the free one where it would go. */
static struct map_entry *
map_slot(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->capacity - 1);

	while (
	    m->entries[i].key.data != NULL && !(m->entries[i].hash == hash && str_eq(m->entries[i].key, key)))
		i = (i + 1) & (m->capacity - 1);
	return &m->entries[i];
}

static uint64_t
map_hash(struct str key)
{
	return XXH3_64bits(key.data, key.len);
}

static void
map_grow(struct map *m)
{
	struct map old = *m;

	m->capacity = MAX(old.capacity * 2, (size_t)MAP_FIRST_CAPACITY);
	m->entries = base_alloc(m->capacity * sizeof(*m->entries));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.entries[i].key.data != NULL)
			*map_slot(m, old.entries[i].key, old.entries[i].hash) = old.entries[i];
	free(old.entries);
}

void
map_free(struct map *m)
{
	free(m->entries);
	*m = (struct map){0};
}

void *
map_get(const struct map *m, struct str key)
{
	return m->count ? map_slot(m, key, map_hash(key))->value : NULL;
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = map_hash(key);
	struct map_entry *slot;
	void *replaced;

	if (key.data == NULL)
		key.data = "";
	if (4 * (m->count + 1) > 3 * m->capacity)
		map_grow(m);
	slot = map_slot(m, key, hash);
	replaced = slot->value;
	if (slot->key.data == NULL)
		m->count++;
	*slot = (struct map_entry){key, hash, value};
	return replaced;
}

/* Moves the entries of the run behind a freed slot back, so that no probe ends too early. */
static void
map_close_gap(struct map *m, size_t gap)
{
	size_t mask = m->capacity - 1;

	for (size_t i = (gap + 1) & mask; m->entries[i].key.data != NULL; i = (i + 1) & mask) {
		size_t home = m->entries[i].hash & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		m->entries[gap] = m->entries[i];
		gap = i;
	}
	m->entries[gap] = (struct map_entry){0};
}

void *
map_remove(struct map *m, struct str key)
{
	struct map_entry *slot;
	void *value;

	if (m->count == 0)
		return NULL;
	slot = map_slot(m, key, map_hash(key));
	value = slot->value;
	if (value != NULL) {
		m->count--;
		map_close_gap(m, (size_t)(slot - m->entries));
	}
	return value;
}

const struct map_entry *
map_next(const struct map *m, size_t *position)
{
	while (*position < m->capacity) {
		const struct map_entry *entry = &m->entries[(*position)++];

		if (entry->key.data != NULL)
			return entry;
	}
	return NULL;
}

/* Dicts in the order of insertion. */
#include "tmpl/value.h"

enum { FIRST_CAPACITY = 8 };

/* Spreads hashes that differ in few bits over the slots. */
static size_t
first_slot(const struct value_dict *dict, uint64_t hash)
{
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(hash ^ hash >> 32) & dict->slot_mask;
}

static void
index_put(struct value_dict *dict, uint64_t hash, size_t entry)
{
	size_t slot = first_slot(dict, hash);

	while (dict->index[slot] != 0)
		slot = (slot + 1) & dict->slot_mask;
	dict->index[slot] = (uint32_t)entry + 1;
}

/* Makes room for one more entry; deleted ones are dropped on the way. */
static void
dict_grow(struct arena *a, struct value_dict *dict)
{
	struct value_entry *old = dict->entries;
	size_t used = dict->used;

	if (dict->count * 2 >= dict->capacity)
		dict->capacity = MAX(2 * dict->capacity, (size_t)FIRST_CAPACITY);
	dict->slot_mask = 2 * dict->capacity - 1;
	dict->entries = ARENA_ARRAY(a, struct value_entry, dict->capacity);
	dict->index = ARENA_ARRAY(a, uint32_t, dict->slot_mask + 1);
	dict->used = 0;
	for (size_t i = 0; i < used; i++) {
		if (old[i].key.type == TMPL_UNBOUND)
			continue;
		dict->entries[dict->used] = old[i];
		index_put(dict, old[i].hash, dict->used++);
	}
}

static struct value_entry *
dict_find(const struct value_dict *dict, struct str key, uint64_t hash)
{
	if (dict->count == 0)
		return NULL;
	for (size_t slot = first_slot(dict, hash); dict->index[slot] != 0;
	     slot = (slot + 1) & dict->slot_mask) {
		struct value_entry *found = &dict->entries[dict->index[slot] - 1];

		if (found->hash == hash && found->key.type == TMPL_STR && str_eq(value_str(found->key), key))
			return found;
	}
	return NULL;
}

/* The entry with the key, or NULL in `*entry`. */
static bool
dict_lookup(struct run *run, const struct value_dict *dict, struct tmpl_value key, uint64_t hash,
    struct value_entry **entry)
{
	*entry = key.type == TMPL_STR ? dict_find(dict, value_str(key), hash) : NULL;
	if (dict->count == 0 || key.type == TMPL_STR)
		return true;
	for (size_t slot = first_slot(dict, hash); dict->index[slot] != 0;
	     slot = (slot + 1) & dict->slot_mask) {
		struct value_entry *found = &dict->entries[dict->index[slot] - 1];
		bool equal;

		if (found->hash != hash || found->key.type == TMPL_UNBOUND)
			continue;
		if (!value_identical_or_equal(run, found->key, key, &equal))
			return false;
		if (equal) {
			*entry = found;
			break;
		}
	}
	return true;
}

struct value_entry *
value_dict_next(const struct value_dict *dict, size_t *position)
{
	while (*position < dict->used) {
		struct value_entry *entry = &dict->entries[(*position)++];

		if (entry->key.type != TMPL_UNBOUND)
			return entry;
	}
	return NULL;
}

bool
value_dict_get(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found)
{
	struct value_entry *entry;
	struct value_hash hash;

	if (key.type == TMPL_STR) {
		if (!value_spend_bytes(run, key.len))
			return false;
		*found = value_dict_find(dict, value_str(key), value);
		return true;
	}
	if (!value_hash(run, key, &hash) || !dict_lookup(run, dict, key, hash.bits, &entry))
		return false;
	*found = entry != NULL;
	if (*found)
		*value = entry->value;
	return true;
}

static void
dict_add(struct arena *a, struct value_dict *dict, struct value_entry entry)
{
	if (dict->used == dict->capacity)
		dict_grow(a, dict);
	dict->entries[dict->used] = entry;
	index_put(dict, entry.hash, dict->used++);
	dict->count++;
}

bool
value_dict_set(struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value value)
{
	struct value_entry *entry;
	struct value_hash hash;

	if (!value_hash(run, key, &hash) || !dict_lookup(run, dict, key, hash.bits, &entry))
		return false;
	if (entry != NULL)
		entry->value = value;
	else
		dict_add(run->arena, dict, (struct value_entry){key, value, hash.bits});
	return true;
}

bool
value_dict_remove(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found)
{
	struct value_entry *entry;
	struct value_hash hash;

	if (!value_hash(run, key, &hash) || !dict_lookup(run, dict, key, hash.bits, &entry))
		return false;
	*found = entry != NULL;
	if (entry == NULL)
		return true;
	*value = entry->value;
	entry->key = (struct tmpl_value){.type = TMPL_UNBOUND};
	dict->count--;
	return true;
}

static struct value_entry *
dict_find_caseless(const struct value_dict *dict, struct str key)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(dict, &at)) != NULL;)
		if (entry->key.type == TMPL_STR && str_eq_nocase(value_str(entry->key), key))
			return entry;
	return NULL;
}

bool
value_dict_find(const struct value_dict *dict, struct str key, struct tmpl_value *value)
{
	struct value_entry *entry =
	    dict->fields != NULL ? dict_find_caseless(dict, key) : dict_find(dict, key, value_hash_text(key));

	if (entry != NULL)
		*value = entry->value;
	return entry != NULL;
}

void
value_dict_put(struct arena *a, struct value_dict *dict, struct str key, struct tmpl_value value)
{
	uint64_t hash = value_hash_text(key);
	struct value_entry *entry = dict_find(dict, key, hash);

	if (entry != NULL)
		entry->value = value;
	else
		dict_add(a, dict, (struct value_entry){value_text(key), value, hash});
}

bool
value_dict_add_all(struct run *run, struct value_dict *to, const struct value_dict *from)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(from, &at)) != NULL;)
		if (!value_spend(run, 1) || !value_dict_set(run, to, entry->key, entry->value))
			return false;
	return true;
}

/*
 * Sets. Those of numbers give their elements in the order in which CPython does: open addressing with its probes,
 * its growth and its ways through the operations. All others keep the order of insertion, which in Python is left to chance.
 */
#include "tmpl/set.h"

#include <string.h>

enum { FIRST_SLOTS = 8, LINEAR_PROBES = 9, PERTURB_SHIFT = 5, FAST_GROWTH_MAX = 50000 };

/* A slot that was in use: searches go on behind it. */
#define SLOT_DELETED UINT32_MAX

struct probe {
	size_t slot, start, perturb;
	int left;
};

static struct probe
probe_from(size_t start, size_t mask, size_t perturb)
{
	return (struct probe){start, start, perturb, start + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0};
}

static struct probe
probe_first(const struct value_set *set, uint64_t hash)
{
	return probe_from((size_t)hash & set->slot_mask, set->slot_mask, (size_t)hash);
}

static void
probe_next(const struct value_set *set, struct probe *p)
{
	if (p->left-- > 0) {
		p->slot++;
		return;
	}
	p->perturb >>= PERTURB_SHIFT;
	*p = probe_from((p->start * 5 + 1 + p->perturb) & set->slot_mask, set->slot_mask, p->perturb);
}

/* An element that is not there yet goes into the last deleted slot on the way to the first free one. */
static void
slot_put(struct value_set *set, uint64_t hash, uint32_t slot_value)
{
	struct probe p = probe_first(set, hash);
	uint32_t *deleted = NULL;

	for (; set->slots[p.slot] != 0; probe_next(set, &p))
		if (set->slots[p.slot] == SLOT_DELETED)
			deleted = &set->slots[p.slot];
	set->fill += deleted == NULL;
	*(deleted ? deleted : &set->slots[p.slot]) = slot_value;
}

static void
set_resize(struct arena *a, struct value_set *set, size_t least)
{
	uint32_t *old = set->slots;
	size_t old_count = old ? set->slot_mask + 1 : 0, count = FIRST_SLOTS;

	while (count <= least)
		count *= 2;
	set->slots = ARENA_ARRAY(a, uint32_t, count);
	set->slot_mask = count - 1;
	set->fill = 0;
	for (size_t i = 0; i < old_count; i++)
		if (old[i] != 0 && old[i] != SLOT_DELETED)
			slot_put(set, set->elements[old[i] - 1].hash, old[i]);
}

static size_t
grown_size(const struct value_set *set)
{
	return set->count > FAST_GROWTH_MAX ? set->count * 2 : set->count * 4;
}

/* Drops the deleted elements, or makes room for as many again. */
static void
elements_grow(struct arena *a, struct value_set *set)
{
	struct value_element *old = set->elements;
	uint32_t *moved = ARENA_ARRAY(a, uint32_t, set->used + 1);
	size_t used = set->used;

	if (set->count * 2 >= set->capacity)
		set->capacity = MAX(2 * set->capacity, (size_t)FIRST_SLOTS);
	set->elements = ARENA_ARRAY(a, struct value_element, set->capacity);
	set->used = 0;
	for (size_t i = 0; i < used; i++) {
		if (old[i].key.type == TMPL_UNBOUND)
			continue;
		set->elements[set->used++] = old[i];
		moved[i] = (uint32_t)set->used;
	}
	for (size_t i = 0; i <= set->slot_mask; i++)
		if (set->slots[i] != 0 && set->slots[i] != SLOT_DELETED)
			set->slots[i] = moved[set->slots[i] - 1];
}

static void
set_insert(struct arena *a, struct value_set *set, struct tmpl_value key, struct value_hash hash)
{
	if (set->slots == NULL)
		set_resize(a, set, 0);
	if (set->used == set->capacity)
		elements_grow(a, set);
	set->elements[set->used++] = (struct value_element){key, hash.bits};
	slot_put(set, hash.bits, (uint32_t)set->used);
	set->count++;
	set->keeps_insertion |= !hash.is_pythons;
}

/* The slot of the key, or NULL. */
static bool
set_lookup(
    struct run *run, const struct value_set *set, struct tmpl_value key, uint64_t hash, uint32_t **slot)
{
	*slot = NULL;
	if (set->count == 0)
		return true;
	for (struct probe p = probe_first(set, hash); set->slots[p.slot] != 0; probe_next(set, &p)) {
		uint32_t number = set->slots[p.slot];
		bool equal;

		if (number == SLOT_DELETED || set->elements[number - 1].hash != hash)
			continue;
		if (!value_identical_or_equal(run, set->elements[number - 1].key, key, &equal))
			return false;
		if (equal) {
			*slot = &set->slots[p.slot];
			break;
		}
	}
	return true;
}

struct tmpl_value
value_set(struct arena *a)
{
	return value_object(VALUE_SET, ARENA_NEW(a, struct value_set));
}

bool
value_set_has(struct run *run, const struct value_set *set, struct tmpl_value key, bool *found)
{
	struct value_hash hash;
	uint32_t *slot;

	if (!value_hash(run, key, &hash) || !set_lookup(run, set, key, hash.bits, &slot))
		return false;
	*found = slot != NULL;
	return true;
}

bool
value_set_add(struct run *run, struct value_set *set, struct tmpl_value key)
{
	struct value_hash hash;
	uint32_t *slot;
	size_t fill = set->fill;

	if (!value_hash(run, key, &hash) || !set_lookup(run, set, key, hash.bits, &slot))
		return false;
	if (slot != NULL)
		return true;
	set_insert(run->arena, set, key, hash);
	if (set->fill > fill && set->fill * 5 >= set->slot_mask * 3)
		set_resize(run->arena, set, grown_size(set));
	return true;
}

static void
slot_delete(struct value_set *set, uint32_t *slot)
{
	set->elements[*slot - 1].key = (struct tmpl_value){.type = TMPL_UNBOUND};
	*slot = SLOT_DELETED;
	set->count--;
}

bool
value_set_discard(struct run *run, struct value_set *set, struct tmpl_value key, bool *found)
{
	struct value_hash hash;
	uint32_t *slot;

	if (!value_hash(run, key, &hash) || !set_lookup(run, set, key, hash.bits, &slot))
		return false;
	*found = slot != NULL;
	if (slot != NULL)
		slot_delete(set, slot);
	return true;
}

void
value_set_clear(struct value_set *set)
{
	*set = (struct value_set){0};
}

const struct tmpl_value *
value_set_next(const struct value_set *set, size_t *position)
{
	if (set->count == 0)
		return NULL;
	while (set->keeps_insertion && *position < set->used) {
		const struct tmpl_value *key = &set->elements[(*position)++].key;

		if (key->type != TMPL_UNBOUND)
			return key;
	}
	while (!set->keeps_insertion && *position <= set->slot_mask) {
		uint32_t number = set->slots[(*position)++];

		if (number != 0 && number != SLOT_DELETED)
			return &set->elements[number - 1].key;
	}
	return NULL;
}

bool
value_set_pop(struct value_set *set, struct tmpl_value *key)
{
	size_t at = set->keeps_insertion ? 0 : set->finger & set->slot_mask;

	if (set->count == 0)
		return false;
	if (set->keeps_insertion) {
		*key = *value_set_next(set, &at);
		for (size_t slot = 0; slot <= set->slot_mask; slot++)
			if (set->slots[slot] == at)
				slot_delete(set, &set->slots[slot]);
		return true;
	}
	while (set->slots[at] == 0 || set->slots[at] == SLOT_DELETED)
		at = (at + 1) & set->slot_mask;
	*key = set->elements[set->slots[at] - 1].key;
	slot_delete(set, &set->slots[at]);
	set->finger = at + 1;
	return true;
}

/* Room for `more` elements at once, where CPython makes it too. */
static void
set_reserve(struct arena *a, struct value_set *set, size_t more)
{
	if (set->slots == NULL)
		set_resize(a, set, 0);
	if ((set->fill + more) * 5 >= set->slot_mask * 3)
		set_resize(a, set, (set->count + more) * 2);
}

static bool
set_merge(struct run *run, struct value_set *set, const struct value_set *other)
{
	const struct tmpl_value *key;

	if (set == other || other->count == 0)
		return true;
	set_reserve(run->arena, set, other->count);
	if (set->fill == 0 && set->slot_mask == other->slot_mask && other->fill == other->count) {
		*set = *other;
		set->finger = 0;
		set->slots = ARENA_ARRAY(run->arena, uint32_t, other->slot_mask + 1);
		memcpy(set->slots, other->slots, (other->slot_mask + 1) * sizeof(*set->slots));
		set->elements = ARENA_ARRAY(run->arena, struct value_element, other->capacity);
		memcpy(set->elements, other->elements, other->used * sizeof(*set->elements));
		return value_spend(run, other->count);
	}
	for (size_t at = 0; (key = value_set_next(other, &at)) != NULL;)
		if (!value_spend(run, 1) || !value_set_add(run, set, *key))
			return false;
	return true;
}

bool
value_set_update(struct run *run, struct value_set *set, struct tmpl_value other)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	if (other.type == VALUE_SET)
		return set_merge(run, set, other.as.object);
	if (!value_iterate(run, other, &it))
		return false;
	if (other.type == TMPL_DICT)
		set_reserve(run->arena, set, value_entries(other)->count);
	while (value_next(run, &it, &item, &ended) && !ended)
		if (!value_set_add(run, set, item))
			return false;
	return ended;
}

bool
value_set_copy(struct run *run, const struct value_set *set, struct tmpl_value *copy)
{
	*copy = value_set(run->arena);
	return set_merge(run, copy->as.object, set);
}

bool
value_set_refill(struct run *run, const struct value_set *set, struct tmpl_value *copy)
{
	const struct tmpl_value *key;

	*copy = value_set(run->arena);
	for (size_t at = 0; (key = value_set_next(set, &at)) != NULL;)
		if (!value_set_add(run, copy->as.object, *key))
			return false;
	return true;
}

bool
value_set_intersection(
    struct run *run, const struct value_set *set, struct tmpl_value other, struct tmpl_value *result)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false, found;

	*result = value_set(run->arena);
	if (other.type == VALUE_SET && ((const struct value_set *)other.as.object)->count > set->count) {
		const struct value_set *smaller = set;

		set = other.as.object;
		other = value_object(VALUE_SET, (void *)(uintptr_t)smaller);
	}
	if (!value_iterate(run, other, &it))
		return false;
	while (value_next(run, &it, &item, &ended) && !ended)
		if (!value_set_has(run, set, item, &found) ||
		    (found && !value_set_add(run, result->as.object, item)))
			return false;
	return ended;
}

bool
value_set_difference_update(struct run *run, struct value_set *set, struct tmpl_value other)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false, found;

	if (other.type == VALUE_SET && other.as.object == set) {
		value_set_clear(set);
		return true;
	}
	if (!value_iterate(run, other, &it))
		return false;
	while (value_next(run, &it, &item, &ended) && !ended)
		if (!value_set_discard(run, set, item, &found))
			return false;
	if (set->slots != NULL && set->fill - set->count > set->slot_mask / 4)
		set_resize(run->arena, set, grown_size(set));
	return ended;
}

/* Whether `key` is in a set or a dict. */
static bool
is_key(struct run *run, struct tmpl_value container, struct tmpl_value key, bool *found)
{
	struct tmpl_value unused;

	if (container.type == VALUE_SET)
		return value_set_has(run, container.as.object, key, found);
	return value_dict_get(run, value_entries(container), key, &unused, found);
}

bool
value_set_difference(
    struct run *run, const struct value_set *set, struct tmpl_value other, struct tmpl_value *result)
{
	const struct tmpl_value *key;
	bool is_table = other.type == VALUE_SET || other.type == TMPL_DICT, found;
	size_t length = SIZE_MAX;

	if (is_table && !value_length(run, other, &length))
		return false;
	if (!is_table || set->count / 4 > length)
		return value_set_copy(run, set, result) &&
		       value_set_difference_update(run, result->as.object, other);
	*result = value_set(run->arena);
	for (size_t at = 0; (key = value_set_next(set, &at)) != NULL;)
		if (!value_spend(run, 1) || !is_key(run, other, *key, &found) ||
		    (!found && !value_set_add(run, result->as.object, *key)))
			return false;
	return true;
}

bool
value_set_symmetric_update(struct run *run, struct value_set *set, struct tmpl_value other)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false, found;

	if (other.type == VALUE_SET && other.as.object == set) {
		value_set_clear(set);
		return true;
	}
	if (other.type != VALUE_SET && other.type != TMPL_DICT) {
		struct tmpl_value elements = value_set(run->arena);

		if (!value_set_update(run, elements.as.object, other))
			return false;
		other = elements;
	}
	if (!value_iterate(run, other, &it))
		return false;
	while (value_next(run, &it, &item, &ended) && !ended)
		if (!value_set_discard(run, set, item, &found) || (!found && !value_set_add(run, set, item)))
			return false;
	return ended;
}

bool
value_set_is_subset(struct run *run, const struct value_set *set, const struct value_set *other, bool *result)
{
	const struct tmpl_value *key;

	*result = set->count <= other->count;
	for (size_t at = 0; *result && (key = value_set_next(set, &at)) != NULL;)
		if (!value_spend(run, 1) || !value_set_has(run, other, *key, result))
			return false;
	return true;
}

/* Sets at run time. `other` is any value that can be iterated; the order of elements is set.c's. */
#ifndef EDDY_TMPL_SET_H
#define EDDY_TMPL_SET_H

#include "tmpl/value.h"

struct value_element {
	struct tmpl_value key; /* TMPL_UNBOUND where the element was deleted */
	uint64_t hash;
};

struct value_set {
	size_t count;     /* elements that are there */
	size_t fill;      /* slots that are or were in use */
	size_t slot_mask; /* slots - 1; a power of two */
	uint32_t *slots;  /* number of the element + 1, 0, or SLOT_DELETED; NULL: as yet there are none */
	size_t used, capacity;
	struct value_element *elements; /* in the order of insertion, deleted ones included */
	size_t finger;                  /* the slot where the next pop looks first */
	bool keeps_insertion;           /* the order of the elements, not of the slots, is that of the set */
};

struct tmpl_value value_set(struct arena *a);
bool value_set_has(struct run *run, const struct value_set *set, struct tmpl_value key, bool *found);
bool value_set_add(struct run *run, struct value_set *set, struct tmpl_value key);
bool value_set_discard(struct run *run, struct value_set *set, struct tmpl_value key, bool *found);
bool value_set_pop(struct value_set *set, struct tmpl_value *key); /* false where it is empty */
void value_set_clear(struct value_set *set);

/* The next element from `*position` on, or NULL. */
const struct tmpl_value *value_set_next(const struct value_set *set, size_t *position);

bool value_set_copy(struct run *run, const struct value_set *set, struct tmpl_value *copy);

/* A copy that is filled one by one, in the order of the elements. */
bool value_set_refill(struct run *run, const struct value_set *set, struct tmpl_value *copy);

bool value_set_update(struct run *run, struct value_set *set, struct tmpl_value other);
bool value_set_intersection(
    struct run *run, const struct value_set *set, struct tmpl_value other, struct tmpl_value *result);
bool value_set_difference(
    struct run *run, const struct value_set *set, struct tmpl_value other, struct tmpl_value *result);
bool value_set_difference_update(struct run *run, struct value_set *set, struct tmpl_value other);
bool value_set_symmetric_update(struct run *run, struct value_set *set, struct tmpl_value other);
bool value_set_is_subset(
    struct run *run, const struct value_set *set, const struct value_set *other, bool *result);

#endif

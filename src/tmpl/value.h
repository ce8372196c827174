/*
 * Values at run time, and what Python does with them.
 *
 * All that a render makes lies in its arena and is never moved or freed, so a
 * value may be copied freely. Whatever can fail takes the `struct run` first, sets its fault
 * and is false; the machine adds the place.
 */
#ifndef EDDY_TMPL_VALUE_H
#define EDDY_TMPL_VALUE_H

#include "tmpl/ast.h"
#include "tmpl/tmpl.h"

/* The types beyond those of tmpl.h. */
enum {
	VALUE_SET = TMPL_OTHER,
	VALUE_RANGE,
	VALUE_SLICE,
	VALUE_VIEW,     /* keys, values or items of a dict */
	VALUE_ITERATOR, /* what a loop or next() asks for values */
	VALUE_FUNCTION, /* a builtin */
	VALUE_METHOD,   /* a builtin bound to its object */
	VALUE_NATIVE,   /* a function of the host */
	VALUE_OBJECT,   /* an object of the host */
	VALUE_CLOSURE,  /* a lambda */
	VALUE_CLASS,    /* int, str, KeyError… */
	VALUE_EXCEPTION,
	VALUE_TYPE_COUNT
};

/* `detail` of text: known to be ASCII, so that bytes and code points are the same. */
enum { VALUE_ASCII = 1 };

/* What one unit of fuel pays for, where a long text or list is gone through. */
enum { VALUE_STEP_BYTES = 1024 };

/* One render under way: where its values live, and what bounds it. */
struct run {
	struct arena *arena;
	struct err *fault;
	struct tmpl_limits limits;
	uint64_t fuel;
	uint64_t clock_fuel; /* the clock is asked once the fuel is below that */
	int64_t start_ms;
	struct arena_ceiling memory;
	const void *measured_chunk; /* of the arena, when its size was last compared */
	int depth;
	struct tmpl_value missing_key; /* of the latest KeyError */
	struct str missing_name;       /* of the latest NameError or AttributeError */
	struct tmpl_value missing_in;  /* the object that hasn't that attribute */
	bool is_traced;   /* the fault has its values: those that a module sees, not whoever renders it */
	bool copies_data; /* the template could change what it was given */
	struct module_page *page;
	size_t
	    repr_max_bytes; /* of a text that a repr is added to: more of it will not be read; 0: no limit */
};

struct value_list {
	size_t count, capacity;
	struct tmpl_value *items;
};

struct value_entry {
	struct tmpl_value key, value; /* the key is TMPL_UNBOUND where the entry was deleted */
	uint64_t hash;
};

/* A dict, in the order of insertion. */
struct value_dict {
	size_t count;    /* entries that are there */
	size_t used;     /* entries, deleted ones included */
	size_t capacity; /* of entries; the index has twice as many slots */
	struct value_entry *entries;
	uint32_t *index;           /* number of the entry + 1, or 0 */
	size_t slot_mask;          /* slots of the index - 1; a power of two */
	struct value_dict *fields; /* of header fields, found in any case: the list of values of each */
};

struct value_hash {
	uint64_t bits;
	bool is_pythons; /* CPython has the same */
};

struct value_range {
	int64_t start, stop, step, count;
};

static inline int64_t
value_range_at(const struct value_range *range, int64_t index)
{
	return (int64_t)(range->start + (__int128)index * range->step);
}

struct value_slice {
	struct tmpl_value start, stop, step;
};

enum value_view_kind { VALUE_KEYS, VALUE_VALUES, VALUE_ITEMS };

struct value_view {
	enum value_view_kind kind;
	struct value_dict *dict;
};

struct value_iterator;
typedef bool value_next_fn(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended);

/* `next` gives a value or sets `*ended`; the rest is its own. */
struct value_iterator {
	value_next_fn *next;
	const char *name; /* of its type */
	struct tmpl_value source;
	struct tmpl_value function;
	struct value_iterator *parts; /* of zip and map */
	size_t part_count;
	int64_t position, end, step;
	void *state;
};

struct value_native {
	const char *name;
	tmpl_native_fn *fn;
	void *context;
};

struct value_object {
	const char *type_name;
	tmpl_object_fn *get;
	void *context;
};

struct value_exception {
	enum err_kind kind;
	struct err fault;               /* whole, so that it can go on if nobody handles it */
	struct tmpl_value args;         /* a tuple */
	struct tmpl_value name, object; /* what was missing, and in what; or None */
};

struct value_method {
	struct tmpl_value self;
	const struct builtin *builtin;
};

struct tmpl_call {
	struct run *run;
	const char *name;
	struct tmpl_value self; /* of a method */
	const struct tmpl_value *args;
	size_t count;
	const struct tmpl_value *keywords; /* values, behind each other */
	const struct tmpl_value *keyword_names;
	size_t keyword_count;
};

/* Sets a fault, whose place is nowhere yet. */
#define VALUE_FAULT(run, kind, ...) ((void)err_set((run)->fault, (kind), ERR_NOWHERE, __VA_ARGS__))

/* The same as a value: always false. */
#define VALUE_FAIL(run, kind, ...) (VALUE_FAULT(run, kind, __VA_ARGS__), false)

/* Takes `amount` of the fuel, and looks after the arena; false where either is used up. */
bool value_spend(struct run *run, uint64_t amount);

/* The same before work on so many bytes at once: few are part of whatever works on them. */
static inline bool
value_spend_bytes(struct run *run, uint64_t size_bytes)
{
	return size_bytes < VALUE_STEP_BYTES || value_spend(run, size_bytes / VALUE_STEP_BYTES);
}

/* The RecursionError of whoever would go deeper than the limit. Always false. */
bool value_fail_depth(struct run *run, const char *doing);

/*
 * Around whatever may come to itself again, so that a template cannot use up the stack. As in CPython, `doing`
 * is what the message ends with (" in comparison"), or "". What was entered is left whether it fails or not.
 */
static inline bool
value_enter(struct run *run, const char *doing)
{
	if (run->depth >= run->limits.depth)
		return value_fail_depth(run, doing);
	run->depth++;
	return true;
}

static inline void
value_leave(struct run *run)
{
	run->depth--;
}

/* The containers that a walk is within, so that it notices one within itself. */
struct value_within {
	const struct value_within *outer; /* NULL at the outermost */
	const void *object;
};

static inline bool
value_is_within(struct tmpl_value container, const struct value_within *within)
{
	while (within != NULL && within->object != container.as.object)
		within = within->outer;
	return within != NULL;
}

/* The LimitError of a limit that `option` sets. Always false. */
bool value_fail_limit(struct run *run, const char *option, const char *format, ...) PRINTF_LIKE(3, 4);

/* Whether that much more memory may be taken: to be asked before something large. */
bool value_has_room(struct run *run, uint64_t size_bytes);
bool value_has_room_for(struct run *run, uint64_t count, uint64_t size_bytes); /* so many of that size */

/* To be asked after whatever makes values: those that reached the ceiling are lost. */
static inline bool
value_memory_suffices(struct run *run)
{
	return !run->memory.is_reached || value_has_room(run, 0);
}

/* Makers */

struct tmpl_value value_object(int type, void *object);
struct tmpl_value value_text(struct str text);  /* finds out whether it is ASCII */
struct tmpl_value value_ascii(struct str text); /* is known to be */
struct tmpl_value value_sequence(struct arena *a, int type, size_t capacity);
struct tmpl_value value_dict(struct arena *a);
struct tmpl_value value_tuple_of(struct arena *a, size_t count, const struct tmpl_value *items);
/* OverflowError where 64 bits don't hold the ends, the step and the number of values. */
bool value_range(struct run *run, __int128 start, __int128 stop, __int128 step, struct tmpl_value *result);
struct tmpl_value value_exception(struct arena *a, const struct err *fault, struct tmpl_value args);

static inline struct str
value_str(struct tmpl_value v)
{
	return (struct str){v.as.text, v.len};
}

static inline struct value_list *
value_list(struct tmpl_value v)
{
	return v.as.object;
}

static inline struct value_dict *
value_entries(struct tmpl_value v)
{
	return v.as.object;
}

static inline bool
value_is_sequence(struct tmpl_value v)
{
	return v.type == TMPL_LIST || v.type == TMPL_TUPLE;
}

static inline bool
value_is_number(struct tmpl_value v)
{
	return v.type == TMPL_INT || v.type == TMPL_FLOAT || v.type == TMPL_BOOL;
}

/* A set, or keys or items of a dict. */
static inline bool
value_is_set_like(struct tmpl_value v)
{
	return v.type == VALUE_SET ||
	       (v.type == VALUE_VIEW && ((const struct value_view *)v.as.object)->kind != VALUE_VALUES);
}

/* int or bool, as an integer. */
static inline bool
value_is_integer(struct tmpl_value v)
{
	return v.type == TMPL_INT || v.type == TMPL_BOOL;
}

static inline int64_t
value_integer(struct tmpl_value v)
{
	return v.type == TMPL_BOOL ? v.as.boolean : v.as.integer;
}

static inline double
value_real(struct tmpl_value v)
{
	return v.type == TMPL_FLOAT ? v.as.real : (double)value_integer(v);
}

/* Python's type(v).__name__. */
const char *value_type_name(struct tmpl_value v);
const char *value_type_plain_name(int type); /* of any value of it, where there is none at hand */

/* Equal values have equal hashes; fails where the value can change. */
bool value_hash(struct run *run, struct tmpl_value v, struct value_hash *hash);
uint64_t value_hash_text(struct str text);

/* A number that looks like an address and tells objects apart: for repr. */
uint64_t value_address(struct tmpl_value v);

/* Containers. A list may grow while somebody looks at it: look by index. */
void value_list_add(struct arena *a, struct value_list *list, struct tmpl_value item);
bool value_dict_get(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found);
bool value_dict_set(struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value value);
bool value_dict_remove(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found);

/* By a name, which needs no run: text can always be hashed. */
bool value_dict_find(const struct value_dict *dict, struct str key, struct tmpl_value *value);
void value_dict_put(struct arena *a, struct value_dict *dict, struct str key, struct tmpl_value value);

/* The next entry from `*position` on that is there, or NULL. */
struct value_entry *value_dict_next(const struct value_dict *dict, size_t *position);

bool value_dict_add_all(struct run *run, struct value_dict *to, const struct value_dict *from);

/* Copies containers, and all that they hold, into the run's arena. */
bool value_copy_deep(struct run *run, struct tmpl_value v, struct tmpl_value *copy);

/* Comparing */
bool value_equal(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal);
bool value_same(struct tmpl_value a, struct tmpl_value b); /* Python's `is` */

/* What containers look for: NaN is in a list that holds it. */
bool value_identical_or_equal(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal);
bool value_order(
    struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result);
bool value_contains(struct run *run, struct tmpl_value container, struct tmpl_value item, bool *found);

/* Any comparing operator of AST_OPERATORS. */
bool value_compare(
    struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result);

/* Operators: operator.c; of numbers: number.c */
bool value_arithmetic(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a,
    struct tmpl_value b, struct tmpl_value *result);
bool value_fail_operands(
    struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b);
bool value_binary(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a,
    struct tmpl_value b, struct tmpl_value *result);
bool value_unary(struct run *run, enum ast_operator op, struct tmpl_value v, struct tmpl_value *result);
bool value_power(struct run *run, struct tmpl_value a, struct tmpl_value b, struct tmpl_value *result);

/* Appends the shortest decimal that gives the number back, as Python's repr. */
void value_add_real(struct buf *b, double real);

/* Text: repr.c */
bool value_add_str(struct run *run, struct buf *b, struct tmpl_value v);  /* Python's str() */
bool value_add_repr(struct run *run, struct buf *b, struct tmpl_value v); /* Python's repr() */
void value_add_quoted(struct buf *b, struct str text, bool ascii);        /* the repr of text */
bool value_to_str(struct run *run, struct tmpl_value v, struct str *text);
bool value_to_repr(struct run *run, struct tmpl_value v, struct str *text);
struct str value_to_ascii(
    struct arena *a, struct str text); /* what is not ASCII as escapes: Python's ascii() */

/* Items, slices, attributes: access.c */
bool value_get_item(
    struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value *item);
bool value_set_item(
    struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value item);
bool value_delete_item(struct run *run, struct tmpl_value container, struct tmpl_value key);
bool value_get_attribute(struct run *run, struct tmpl_value v, struct str name, struct tmpl_value *result);
bool value_find_attribute(
    struct run *run, struct tmpl_value v, struct str name, struct tmpl_value *result); /* sets no fault */

/* Where a slice of `length` starts and stops, its step, and the number of elements that it takes. */
struct value_span {
	int64_t start, stop, step, count;
};
bool value_slice_span(
    struct run *run, const struct value_slice *slice, size_t length, struct value_span *span);

/* KeyError, as Python has it. */
bool value_fail_key(struct run *run, struct tmpl_value key);

/* An index as Python allows it; `what` names the type in the error. */
bool value_index(struct run *run, struct tmpl_value key, size_t length, const char *what, size_t *index);

/* Number of elements: Python's len(). */
bool value_length(struct run *run, struct tmpl_value v, size_t *length);

/* Iterating: iter.c */
bool value_iterate(struct run *run, struct tmpl_value v, struct value_iterator *it);
bool value_next(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended);

/* A list (VALUE type LIST or TUPLE) of all that `v` gives. */
bool value_collect(struct run *run, struct tmpl_value v, int type, struct tmpl_value *list);

/* Exactly `count` values into `items`, the last one first. `star` ≥ 0 is the item that takes what is left. */
bool value_unpack(struct run *run, struct tmpl_value v, size_t count, int star, struct tmpl_value *items);

/* Calls anything that can be called: call.c */
bool value_call(
    struct run *run, struct tmpl_value function, const struct tmpl_call *call, struct tmpl_value *result);
bool value_call_with(struct run *run, struct tmpl_value function, size_t count, const struct tmpl_value *args,
    struct tmpl_value *result);
bool value_is_callable(struct tmpl_value v);

/* Whether `fault` is an instance of the class `kind`, by Python's tree of exceptions. */
bool value_exception_is(enum err_kind fault, enum err_kind kind);

#endif

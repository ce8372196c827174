/* Methods of text that look at each code point: its case, and what kind it is. */
#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/unicode.h"

static struct str
self_text(const struct tmpl_call *call)
{
	return value_str(call->self);
}

/* Changing the case */

/* What is before the current code point: whether a cased one is, but for those that don't count. */
static void
follow(bool *after_cased, uint32_t point)
{
	if (!unicode_is_case_ignorable(point))
		*after_cased = unicode_is_cased(point);
}

/* A capital sigma is another letter in lower case where it ends a word. */
static uint32_t
lower_sigma(bool after_cased, struct str rest)
{
	uint32_t point = 0;

	while (rest.len > 0 && unicode_is_case_ignorable(point = utf8_next(&rest)))
		point = 0;
	return after_cased && !unicode_is_cased(point) ? 0x3c2 : 0x3c3;
}

/* What text becomes, by what a method does with each code point. */
struct change {
	bool inside; /* the code point before this one has a case */
	bool first;
	uint32_t point;
};

typedef enum unicode_case change_fn(const struct change *change);

/* Leaves the code point as it is: no case has that number. */
enum { UNCHANGED = UNICODE_CASE_COUNT };

static bool
change_case(struct tmpl_call *call, change_fn *case_of, struct tmpl_value *result)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	struct change change = {.first = true};
	bool after_cased = false;

	if (!value_spend(call->run, rest.len / 16 + 1))
		return false;
	while (rest.len > 0) {
		uint32_t mapped[UNICODE_CASE_MAX], point = utf8_next(&rest);
		enum unicode_case to;
		size_t count = 1;

		change.point = mapped[0] = point;
		to = case_of(&change);
		if (to == UNICODE_TO_LOWER && point == 0x3a3)
			mapped[0] = lower_sigma(after_cased, rest);
		else if (to != (enum unicode_case)UNCHANGED)
			count = unicode_map(point, to, mapped);
		for (size_t i = 0; i < count; i++)
			utf8_add(&b, mapped[i]);
		follow(&after_cased, point);
		change.inside = unicode_is_cased(point);
		change.first = false;
	}
	*result = value_text(buf_str(&b));
	return true;
}

static enum unicode_case
case_upper(const struct change *change)
{
	(void)change;
	return UNICODE_TO_UPPER;
}

static enum unicode_case
case_lower(const struct change *change)
{
	(void)change;
	return UNICODE_TO_LOWER;
}

static enum unicode_case
case_folded(const struct change *change)
{
	(void)change;
	return UNICODE_TO_FOLDED;
}

static enum unicode_case
case_capitalized(const struct change *change)
{
	return change->first ? UNICODE_TO_TITLE : UNICODE_TO_LOWER;
}

static enum unicode_case
case_title(const struct change *change)
{
	return change->inside ? UNICODE_TO_LOWER : UNICODE_TO_TITLE;
}

static enum unicode_case
case_swapped(const struct change *change)
{
	return unicode_is_upper(change->point)   ? UNICODE_TO_LOWER
	       : unicode_is_lower(change->point) ? UNICODE_TO_UPPER
						 : (enum unicode_case)UNCHANGED;
}

BUILTIN(builtin_text_upper)
{
	(void)args;
	return change_case(call, case_upper, result);
}

BUILTIN(builtin_text_lower)
{
	(void)args;
	return change_case(call, case_lower, result);
}

BUILTIN(builtin_text_casefold)
{
	(void)args;
	return change_case(call, case_folded, result);
}

BUILTIN(builtin_text_capitalize)
{
	(void)args;
	return change_case(call, case_capitalized, result);
}

BUILTIN(builtin_text_title)
{
	(void)args;
	return change_case(call, case_title, result);
}

BUILTIN(builtin_text_swapcase)
{
	(void)args;
	return change_case(call, case_swapped, result);
}

/* Asking each code point */

static bool
every_point(struct tmpl_call *call, bool (*is)(uint32_t point), struct tmpl_value *result)
{
	struct str rest = self_text(call);
	bool every = rest.len > 0;

	if (!value_spend_bytes(call->run, rest.len))
		return false;
	while (rest.len > 0 && every)
		every = is(utf8_next(&rest));
	*result = tmpl_bool(every);
	return true;
}

static bool
is_alnum(uint32_t point)
{
	return unicode_is_alpha(point) || unicode_is_numeric(point);
}

BUILTIN(builtin_text_isalpha)
{
	(void)args;
	return every_point(call, unicode_is_alpha, result);
}

BUILTIN(builtin_text_isalnum)
{
	(void)args;
	return every_point(call, is_alnum, result);
}

BUILTIN(builtin_text_isdecimal)
{
	(void)args;
	return every_point(call, unicode_is_decimal, result);
}

BUILTIN(builtin_text_isdigit)
{
	(void)args;
	return every_point(call, unicode_is_digit, result);
}

BUILTIN(builtin_text_isnumeric)
{
	(void)args;
	return every_point(call, unicode_is_numeric, result);
}

BUILTIN(builtin_text_isspace)
{
	(void)args;
	return every_point(call, utf8_is_space, result);
}

BUILTIN(builtin_text_isprintable)
{
	(void)args;
	if (!every_point(call, unicode_is_printable, result))
		return false;
	result->as.boolean |= call->self.len == 0;
	return true;
}

BUILTIN(builtin_text_isascii)
{
	(void)args;
	if (!value_spend_bytes(call->run, call->self.len))
		return false;
	*result = tmpl_bool(utf8_is_ascii(self_text(call)));
	return true;
}

/* Some letter has a case, and each that has is of this one. */
static bool
all_of_case(
    struct tmpl_call *call, bool (*is)(uint32_t), bool (*is_other)(uint32_t), struct tmpl_value *result)
{
	struct str rest = self_text(call);
	bool some = false, wrong = false;

	if (!value_spend_bytes(call->run, rest.len))
		return false;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		some |= is(point);
		wrong |= is_other(point) || unicode_is_title(point);
	}
	*result = tmpl_bool(some && !wrong);
	return true;
}

BUILTIN(builtin_text_isupper)
{
	(void)args;
	return all_of_case(call, unicode_is_upper, unicode_is_lower, result);
}

BUILTIN(builtin_text_islower)
{
	(void)args;
	return all_of_case(call, unicode_is_lower, unicode_is_upper, result);
}

BUILTIN(builtin_text_istitle)
{
	struct str rest = self_text(call);
	bool some = false, inside = false, wrong = false;

	(void)args;
	if (!value_spend_bytes(call->run, rest.len))
		return false;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		wrong |= unicode_is_lower(point) ? !inside : unicode_is_cased(point) && inside;
		inside = unicode_is_cased(point);
		some |= inside;
	}
	*result = tmpl_bool(some && !wrong);
	return true;
}

BUILTIN(builtin_text_isidentifier)
{
	(void)args;
	if (!value_spend_bytes(call->run, call->self.len))
		return false;
	*result = tmpl_bool(unicode_is_name(self_text(call)));
	return true;
}

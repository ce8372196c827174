/*
 * The language of a page: Tornado's CSVLocale without translations. A text stands for itself; lists and numbers are
 * written as in English.
 */
#include "tmpl/value.h"

enum { DIGITS_IN_GROUP = 3 };

/* One or many: the plural, where there is one, unless the count is 1. */
static bool
choose_plural(struct run *run, const struct tmpl_value *values, struct tmpl_value *result)
{
	bool has_plural = values[1].type != TMPL_NONE, is_one = false;

	if (has_plural && values[2].type == TMPL_NONE)
		return VALUE_FAIL(run, ERR_ASSERTION, "%s", "");
	if (has_plural && !value_equal(run, values[2], tmpl_int(1), &is_one))
		return false;
	*result = values[has_plural && !is_one];
	return true;
}

bool
tmpl_locale_translate(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), tmpl_none(), tmpl_none()};

	return tmpl_call_bind(call, "message ?plural_message ?count", values, e) &&
	       choose_plural(call->run, values, result);
}

bool
tmpl_locale_pgettext(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), tmpl_none(), tmpl_none(), tmpl_none()};

	return tmpl_call_bind(call, "context message ?plural_message ?count", values, e) &&
	       choose_plural(call->run, values + 1, result);
}

/* "A, B" of all parts but the last one. */
static bool
add_parts(struct run *run, struct buf *b, struct tmpl_value parts, size_t count)
{
	struct tmpl_value part;

	for (size_t i = 0; i + 1 < count; i++) {
		if (!value_spend(run, 1) || !value_get_item(run, parts, tmpl_int((int64_t)i), &part))
			return false;
		if (part.type != TMPL_STR)
			return VALUE_FAIL(run, ERR_TYPE, "sequence item %zu: expected str instance, %s found",
			    i, value_type_name(part));
		buf_addf(b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(value_str(part)));
	}
	return true;
}

static bool
native_list(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value parts = tmpl_none();
	struct buf b = buf_make(call->run->arena);
	size_t count;

	*result = value_ascii(STR(""));
	if (!tmpl_call_bind(call, "parts", &parts, e) || !value_length(call->run, parts, &count))
		return false;
	if (count == 0)
		return true;
	if (!value_get_item(call->run, parts, tmpl_int((int64_t)count - 1), result) || count == 1)
		return count == 1;
	if (!add_parts(call->run, &b, parts, count))
		return false;
	buf_add_lit(&b, " and ");
	if (!value_add_str(call->run, &b, *result))
		return false;
	*result = value_text(buf_str(&b));
	return true;
}

static bool
native_friendly_number(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value value = tmpl_none();
	struct buf b = buf_make(call->run->arena);
	struct str text;

	if (!tmpl_call_bind(call, "value", &value, e) || !value_to_str(call->run, value, &text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (i > 0 && (text.len - i) % DIGITS_IN_GROUP == 0)
			buf_add_char(&b, ',');
		buf_add_char(&b, text.data[i]);
	}
	*result = value_text(buf_str(&b));
	return true;
}

static const struct {
	const char *name, *full_name;
	tmpl_native_fn *fn;
} methods[] = {
    {"translate", "CSVLocale.translate", tmpl_locale_translate},
    {"pgettext", "CSVLocale.pgettext", tmpl_locale_pgettext},
    {"list", "Locale.list", native_list},
    {"friendly_number", "Locale.friendly_number", native_friendly_number},
};

static bool
locale_attribute(void *context UNUSED, struct arena *a, struct str name, struct tmpl_value *result)
{
	const struct {
		struct str name;
		struct tmpl_value value;
	} plain[] = {
	    {STR("code"), value_ascii(STR("en_US"))},
	    {STR("name"), value_ascii(STR("English (US)"))},
	    {STR("rtl"), tmpl_bool(false)},
	};

	for (size_t i = 0; i < COUNT_OF(plain); i++)
		if (str_eq(name, plain[i].name)) {
			*result = plain[i].value;
			return true;
		}
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (str_eq(name, str_of(methods[i].name))) {
			*result = tmpl_native(a, methods[i].full_name, methods[i].fn, NULL);
			return true;
		}
	return false;
}

struct tmpl_value
tmpl_locale(struct arena *a)
{
	return tmpl_object(a, "CSVLocale", locale_attribute, NULL);
}

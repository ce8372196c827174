#include "tmpl/value.h"

#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/set.h"
#include "tmpl/unicode.h"

#include <string.h>

#define GETTING_REPR " while getting the repr of an object"

static bool add_repr(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer);

/* Whether nobody wants to read more. */
static bool
is_enough(const struct run *run, const struct buf *b)
{
	return run->repr_max_bytes > 0 && b->len >= run->repr_max_bytes;
}

static void
add_escape(struct buf *b, uint32_t point)
{
	buf_addf(b, point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
}

/* How much of the text's start stands for itself. */
static size_t
plain_length(struct str text, char quote)
{
	size_t i = 0;

	while (i < text.len && text.data[i] >= 0x20 && text.data[i] < 0x7f && text.data[i] != quote &&
	       text.data[i] != '\\')
		i++;
	return i;
}

static void
add_point(struct buf *b, uint32_t point, char quote, bool ascii)
{
	static const char escaped[] = "\n\r\t\\", letters[] = "nrt\\";
	const char *escape = point != 0 && point < 0x80 ? strchr(escaped, (int)point) : NULL;

	if (escape != NULL || point == (unsigned char)quote) {
		buf_add_char(b, '\\');
		buf_add_char(b, escape != NULL ? letters[escape - escaped] : quote);
	} else if (!ascii && unicode_is_printable(point))
		utf8_add(b, point);
	else
		add_escape(b, point);
}

void
value_add_quoted(struct buf *b, struct str text, bool ascii)
{
	bool double_quoted = str_find_char(text, '\'') != STR_NONE && str_find_char(text, '"') == STR_NONE;
	char quote = double_quoted ? '"' : '\'';

	buf_add_char(b, quote);
	while (text.len > 0) {
		size_t plain = plain_length(text, quote);

		buf_add(b, str_slice(text, 0, plain));
		text = str_from(text, plain);
		if (text.len > 0)
			add_point(b, utf8_next(&text), quote, ascii);
	}
	buf_add_char(b, quote);
}

static bool
add_items(struct run *run, struct buf *b, const struct value_list *list, const struct value_within *outer)
{
	for (size_t i = 0; i < list->count && !is_enough(run, b); i++) {
		if (i > 0)
			buf_add_lit(b, ", ");
		if (!add_repr(run, b, list->items[i], outer))
			return false;
	}
	return true;
}

static bool
add_entries(struct run *run, struct buf *b, const struct value_dict *dict, bool keys, bool values,
    const struct value_within *outer)
{
	struct value_entry *entry;
	const char *comma = "";

	for (size_t at = 0; !is_enough(run, b) && (entry = value_dict_next(dict, &at)) != NULL;
	     comma = ", ") {
		buf_addf(b, "%s", comma);
		if (keys && !add_repr(run, b, entry->key, outer))
			return false;
		if (keys && values)
			buf_add_lit(b, ": ");
		if (values && !add_repr(run, b, entry->value, outer))
			return false;
	}
	return true;
}

static bool
add_pairs(struct run *run, struct buf *b, const struct value_dict *dict, const struct value_within *outer)
{
	struct value_entry *entry;
	const char *comma = "";

	for (size_t at = 0; !is_enough(run, b) && (entry = value_dict_next(dict, &at)) != NULL;
	     comma = ", ") {
		buf_addf(b, "%s(", comma);
		if (!add_repr(run, b, entry->key, outer))
			return false;
		buf_add_lit(b, ", ");
		if (!add_repr(run, b, entry->value, outer))
			return false;
		buf_add_char(b, ')');
	}
	return true;
}

static bool
add_view(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	const struct value_view *view = v.as.object;
	bool added;

	buf_addf(b, "%s([", value_type_name(v));
	added = view->kind == VALUE_ITEMS ? add_pairs(run, b, view->dict, outer)
					  : add_entries(run, b, view->dict, view->kind == VALUE_KEYS,
						view->kind == VALUE_VALUES, outer);
	buf_add_lit(b, "])");
	return added;
}

static bool
add_set(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	const struct tmpl_value *key;
	const char *comma = "";

	if (!tmpl_truth(v)) {
		buf_add_lit(b, "set()");
		return true;
	}
	buf_add_char(b, '{');
	for (size_t at = 0; !is_enough(run, b) && (key = value_set_next(v.as.object, &at)) != NULL;
	     comma = ", ") {
		buf_addf(b, "%s", comma);
		if (!add_repr(run, b, *key, outer))
			return false;
	}
	buf_add_char(b, '}');
	return true;
}

static bool
add_container(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	bool added;

	switch (v.type) {
	case TMPL_LIST:
		buf_add_char(b, '[');
		added = add_items(run, b, value_list(v), outer);
		buf_add_char(b, ']');
		return added;
	case TMPL_TUPLE:
		buf_add_char(b, '(');
		added = add_items(run, b, value_list(v), outer);
		buf_addf(b, "%s", value_list(v)->count == 1 ? ",)" : ")");
		return added;
	case TMPL_DICT:
		buf_add_char(b, '{');
		added = add_entries(run, b, value_entries(v), true, true, outer);
		buf_add_char(b, '}');
		return added;
	case VALUE_SET:
		return add_set(run, b, v, outer);
	default:
		return add_view(run, b, v, outer);
	}
}

static bool
add_nested(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	struct value_within within = {outer, v.as.object};
	bool added;

	if (value_is_within(v, outer)) {
		buf_addf(b, v.type == TMPL_LIST ? "[...]" : v.type == TMPL_TUPLE ? "(...)" : "{...}");
		return true;
	}
	if (!value_spend(run, 1) || !value_enter(run, GETTING_REPR))
		return false;
	added = add_container(run, b, v, &within);
	value_leave(run);
	return added;
}

static bool
add_slice(struct run *run, struct buf *b, const struct value_slice *slice, const struct value_within *outer)
{
	const struct tmpl_value parts[] = {slice->start, slice->stop, slice->step};

	buf_add_lit(b, "slice(");
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		buf_addf(b, "%s", i > 0 ? ", " : "");
		if (!add_repr(run, b, parts[i], outer))
			return false;
	}
	buf_add_char(b, ')');
	return true;
}

static void
add_range(struct buf *b, const struct value_range *range)
{
	buf_addf(b, "range(%lld, %lld", (long long)range->start, (long long)range->stop);
	if (range->step != 1)
		buf_addf(b, ", %lld", (long long)range->step);
	buf_add_char(b, ')');
}

/* The text that the host gives an object; false where it gives none. */
static bool
object_text(struct arena *a, const struct value_object *object, struct str *text)
{
	struct tmpl_value given;

	if (!object->get(object->context, a, STR("__str__"), &given) || given.type != TMPL_STR)
		return false;
	*text = value_str(given);
	return true;
}

/* A function, or the method of a class. */
static void
add_function(struct buf *b, struct tmpl_value v)
{
	const struct builtin *builtin = v.as.object;

	if (builtin_is_python(builtin))
		buf_addf(b, "<function %s at 0x%llx>", builtin_python_name(builtin),
		    (unsigned long long)value_address(v));
	else if (v.detail == 0)
		buf_addf(b, "<built-in function %s>", builtin->name);
	else if (builtin->flags & BUILTIN_ON_CLASS)
		buf_addf(b, "<built-in method %s of type object at 0x%llx>", builtin->name,
		    (unsigned long long)value_address(v));
	else
		buf_addf(b, "<method '%s' of '%s' objects>", builtin->name, value_type_plain_name(v.detail));
}

/* What stands for itself only by its name. */
static void
add_object(struct buf *b, struct tmpl_value v)
{
	struct str text;
	unsigned long long address = value_address(v);

	switch (v.type) {
	case VALUE_FUNCTION:
		add_function(b, v);
		break;
	case VALUE_METHOD:
		buf_addf(b, "<built-in method %s of %s object at 0x%llx>",
		    ((struct value_method *)v.as.object)->builtin->name,
		    value_type_name(((struct value_method *)v.as.object)->self), address);
		break;
	case VALUE_NATIVE:
		buf_addf(b, "<function %s at 0x%llx>", ((struct value_native *)v.as.object)->name, address);
		break;
	case VALUE_CLOSURE:
		buf_addf(b, "<function _tt_execute.<locals>.<lambda> at 0x%llx>", address);
		break;
	case VALUE_CLASS:
		buf_addf(b, "<class '%s'>", builtin_class_name(v.as.object));
		break;
	case VALUE_OBJECT:
		if (object_text(b->arena, v.as.object, &text)) {
			buf_add(b, text);
			break;
		}
		/* fall through */
	default:
		buf_addf(b, "<%s object%s at 0x%llx>", value_type_name(v),
		    str_eq(str_of(value_type_name(v)), STR("generator")) ? " _tt_execute.<locals>.<genexpr>"
									 : "",
		    address);
		break;
	}
}

static bool
add_exception(
    struct run *run, struct buf *b, const struct value_exception *exception, const struct value_within *outer)
{
	const struct value_list *args = value_list(exception->args);
	bool added;

	if (!value_enter(run, GETTING_REPR))
		return false;
	buf_addf(b, "%s", err_kind_name(exception->kind));
	if (args->count == 1) {
		buf_add_char(b, '(');
		added = add_repr(run, b, args->items[0], outer);
		buf_add_char(b, ')');
	} else {
		added = add_repr(run, b, exception->args, outer);
	}
	value_leave(run);
	return added;
}

static void
add_text(struct run *run, struct buf *b, struct str text)
{
	if (run->repr_max_bytes > 0)
		text = str_slice(text, 0, utf8_offset(text, run->repr_max_bytes));
	value_add_quoted(b, text, false);
}

static bool
add_repr(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	if (!value_memory_suffices(run))
		return false;
	switch (v.type) {
	case TMPL_NONE:
		buf_add_lit(b, "None");
		break;
	case TMPL_BOOL:
		buf_addf(b, "%s", v.as.boolean ? "True" : "False");
		break;
	case TMPL_INT:
		buf_add_int(b, v.as.integer);
		break;
	case TMPL_FLOAT:
		value_add_real(b, v.as.real);
		break;
	case TMPL_STR:
		add_text(run, b, value_str(v));
		break;
	case TMPL_LIST:
	case TMPL_TUPLE:
	case TMPL_DICT:
	case VALUE_SET:
	case VALUE_VIEW:
		return add_nested(run, b, v, outer);
	case VALUE_RANGE:
		add_range(b, v.as.object);
		break;
	case VALUE_SLICE:
		return add_slice(run, b, v.as.object, outer);
	case VALUE_EXCEPTION:
		return add_exception(run, b, v.as.object, outer);
	default:
		add_object(b, v);
		break;
	}
	return true;
}

bool
value_add_repr(struct run *run, struct buf *b, struct tmpl_value v)
{
	return add_repr(run, b, v, NULL) && value_memory_suffices(run);
}

/* A ParseError tells its place. */
static void
add_message(struct buf *b, const struct value_exception *exception)
{
	const struct err *fault = &exception->fault;

	buf_add(b, fault->message);
	if (fault->kind == ERR_PARSE && fault->place.file.len > 0)
		buf_addf(b, " at %.*s:%d", STR_ARG(fault->place.file), MAX(fault->place.line, 0));
}

bool
value_add_str(struct run *run, struct buf *b, struct tmpl_value v)
{
	if (v.type == TMPL_STR)
		buf_add(b, value_str(v));
	else if (v.type == VALUE_EXCEPTION)
		add_message(b, v.as.object);
	else if (v.type == TMPL_DICT && value_entries(v)->fields != NULL)
		builtin_add_headers(b, value_entries(v));
	else
		return add_repr(run, b, v, NULL);
	return true;
}

bool
value_to_str(struct run *run, struct tmpl_value v, struct str *text)
{
	struct buf b = buf_make(run->arena);

	if (v.type == TMPL_STR) {
		*text = value_str(v);
		return true;
	}
	if (!value_add_str(run, &b, v))
		return false;
	*text = buf_str(&b);
	return true;
}

bool
value_to_repr(struct run *run, struct tmpl_value v, struct str *text)
{
	struct buf b = buf_make(run->arena);

	if (!value_add_repr(run, &b, v))
		return false;
	*text = buf_str(&b);
	return true;
}

struct str
value_to_ascii(struct arena *a, struct str text)
{
	struct buf b = buf_make(a);

	while (text.len > 0) {
		uint32_t point = utf8_next(&text);

		if (point < 0x80)
			buf_add_char(&b, (char)point);
		else
			add_escape(&b, point);
	}
	return buf_str(&b);
}

struct str
tmpl_text(struct arena *a, struct tmpl_value v)
{
	struct err fault = err_make(a);
	struct run run = {
	    .arena = a, .fault = &fault, .limits = tmpl_limits_default, .fuel = tmpl_limits_default.fuel};
	struct str text;

	return value_to_str(&run, v, &text) ? text : STR("");
}

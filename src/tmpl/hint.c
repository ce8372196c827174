#include "tmpl/hint.h"

#include "base/utf8.h"

#include <ctype.h>

struct hint {
	const char *text, *hint;
};

static const char *
find(const struct hint *rows, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(text, str_of(rows[i].text)))
			return rows[i].hint;
	return NULL;
}

/* Tables */

static const struct hint directives[] = {
    {"assign", "{% set x = 1 %} gives a value a name"},
    {"call", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"case", "use {% if %} and {% elif %}"},
    {"csrf_token", "{% raw xsrf_form_html() %}"},
    {"def", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"do", "{% set x.append(1) %} runs a statement"},
    {"echo", "{{ x }} prints a value"},
    {"elseif", "did you mean 'elif'?"},
    {"elsif", "did you mean 'elif'?"},
    {"filter", "{% apply FUNCTION %} passes its text through a function"},
    {"foreach", "{% for x in VALUES %}"},
    {"func", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"let", "{% set x = 1 %} gives a value a name"},
    {"load", "nothing needs to be loaded"},
    {"macro", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"partial", "{% include FILE %}"},
    {"print", "{{ x }} prints a value"},
    {"render", "{% include FILE %}, or {% module NAME() %}"},
    {"static", "{{ static_url('site.css') }}"},
    {"super", "a block takes the place of its parent's; what both need belongs in a block of its own"},
    {"switch", "use {% if %} and {% elif %}"},
    {"trans", "{{ _('text') }}"},
    {"unless", "{% if not x %}"},
    {"url", "{{ reverse_url('about') }}"},
    {"var", "{% set x = 1 %} gives a value a name"},
    {"verbatim", "{{! and {%! print the delimiters themselves"},
    {"with", "{% set x = 1 %} gives a value a name"},
};

static const struct hint names[] = {
    {"NULL", "it is written None"},
    {"break", "a directive stands in {% … %}"},
    {"capitalize", "it is a method: x.capitalize()"},
    {"continue", "a directive stands in {% … %}"},
    {"datetime", "now() is the present time; strftime(FORMAT, SECONDS) formats any"},
    {"default", "x if x else DEFAULT; d.get('x', DEFAULT) where the key may be missing"},
    {"defined", "{% try %} … {% except NameError %} … {% end %} sees whether there is a name"},
    {"else", "a directive stands in {% … %}"},
    {"end", "a directive stands in {% … %}"},
    {"false", "it is written False"},
    {"include", "{% include FILE %}"},
    {"join", "it is a method of the separator: ', '.join(x)"},
    {"length", "len(x)"},
    {"loop", "{% for i, x in enumerate(VALUES) %} counts"},
    {"lower", "it is a method: x.lower()"},
    {"nil", "it is written None"},
    {"none", "it is written None"},
    {"null", "it is written None"},
    {"os", "the environment is out of reach; eddy render -D NAME=VALUE gives a name"},
    {"print", "{{ x }} prints a value"},
    {"replace", "it is a method: x.replace(OLD, NEW)"},
    {"reverse", "reversed(x), or x[::-1]"},
    {"safe", "{% raw x %} prints without escaping"},
    {"self", "a block takes the place of its parent's, and stands where it is defined"},
    {"sort", "sorted(x)"},
    {"split", "it is a method: x.split(SEPARATOR)"},
    {"static", "static_url('site.css')"},
    {"strip", "it is a method: x.strip()"},
    {"super", "a block takes the place of its parent's; what both need belongs in a block of its own"},
    {"tojson", "{% raw json_encode(x) %}"},
    {"trim", "it is a method: x.strip()"},
    {"true", "it is written True"},
    {"truncate", "x[:80]"},
    {"undefined", "it is written None"},
    {"upper", "it is a method: x.upper()"},
    {"url_for", "reverse_url('about') is a page's URL, static_url('site.css') a file's"},
    {"urlencode", "url_escape(x)"},
};

static const struct hint attributes[] = {
    {"add", "a list has append(x)"},
    {"charAt", "x[i]"},
    {"concat", "x + y"},
    {"contains", "y in x"},
    {"each", "{% for y in x %}"},
    {"encode", "a template works with text, not with bytes"},
    {"filter", "[y for y in x if CONDITION]"},
    {"first", "x[0]"},
    {"forEach", "{% for y in x %}"},
    {"has", "y in x"},
    {"has_key", "y in x"},
    {"hasOwnProperty", "y in x"},
    {"includes", "y in x"},
    {"indexOf", "x.index(y), or x.find(y) in a text"},
    {"isEmpty", "an empty value is false: if not x"},
    {"iteritems", "x.items()"},
    {"last", "x[-1]"},
    {"length", "len(x)"},
    {"map", "[f(y) for y in x]"},
    {"push", "x.append(y)"},
    {"size", "len(x)"},
    {"slice", "x[start:stop]"},
    {"substr", "x[start:stop]"},
    {"substring", "x[start:stop]"},
    {"toFixed", "'%.2f' % x"},
    {"toLowerCase", "x.lower()"},
    {"toString", "str(x)"},
    {"toUpperCase", "x.upper()"},
    {"trim", "x.strip()"},
};

/* What stands at the fault, or ends there; the longer of two comes first. */
static const struct hint operators[] = {
    {"===", "use '=='"},
    {"!==", "use '!='"},
    {"&&", "use 'and'"},
    {"||", "use 'or'"},
    {"<>", "use '!='"},
    {"=>", "use lambda x: …"},
    {"->", "use '.' for an attribute"},
    {"??", "use A if A is not None else B"},
    {"?.", "use A.b if A else None"},
    {"..", "use range(FIRST, LAST + 1)"},
    {"/*", "a comment is {# … #}"},
    {"`", "a text stands in ' or \""},
    {"?", "use A if CONDITION else B"},
    {"!", "use 'not'"},
    {"|", "a filter is a function or a method here: len(x), x.upper()"},
    {"=", "to compare, use '=='; to assign, use {% set x = … %}"},
    {"$", "a name has no '$'"},
    {"@", "a name has no '@'"},
};

/* What stands before the end of a tag, where something should follow. */
static const struct hint endings[] = {
    {"++", "use {% set x += 1 %}"},
    {"--", "use {% set x -= 1 %}"},
};

static const struct hint words[] = {
    {"AND", "use 'and'"},
    {"NOT", "use 'not'"},
    {"OR", "use 'or'"},
    {"contains", "use y in x"},
    {"eq", "use '=='"},
    {"ge", "use '>='"},
    {"gt", "use '>'"},
    {"le", "use '<='"},
    {"lt", "use '<'"},
    {"ne", "use '!='"},
    {"then", "{% if CONDITION %} is the whole tag"},
};

static const char *const statements[] = {"apply", "autoescape", "block", "comment", "elif", "else", "end",
    "extends", "for", "if", "include", "module", "raw", "set", "try", "while", "whitespace"};

const char *
hint_of_directive(struct str name)
{
	return find(directives, COUNT_OF(directives), name);
}

const char *
hint_of_name(struct str name)
{
	return find(names, COUNT_OF(names), name);
}

void
hint_try_names(struct str_near *near)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		str_near_try(near, str_of(names[i].text));
}

const char *
hint_of_attribute(struct str name)
{
	return find(attributes, COUNT_OF(attributes), name);
}

void
hint_set_nearest(struct err *fault, const struct str_near *near)
{
	if (near->nearest.data != NULL)
		err_set_hint(fault, "did you mean '%.*s'?", STR_ARG(near->nearest));
}

/* Syntax */

/* The word at the start of the text. */
static struct str
first_word(struct str text)
{
	size_t len = 0;

	while (len < text.len && (isalpha((unsigned char)text.data[len]) || text.data[len] == '_'))
		len++;
	return str_slice(text, 0, len);
}

/* The operator that the byte at `at` belongs to. */
static const char *
operator_hint(struct str line, size_t at)
{
	for (size_t i = 0; i < COUNT_OF(operators); i++) {
		struct str text = str_of(operators[i].text);

		for (size_t before = 0; before < text.len && before <= at; before++)
			if (str_starts(str_from(line, at - before), text))
				return operators[i].hint;
	}
	return NULL;
}

static const char *
ending_hint(struct str before)
{
	for (size_t i = 0; i < COUNT_OF(endings); i++)
		if (str_ends(before, str_of(endings[i].text)))
			return endings[i].hint;
	return NULL;
}

/* An expression that starts as a directive does. */
static const char *
statement_hint(struct str tag)
{
	struct str word = first_word(utf8_trim(str_from(tag, 2)));

	for (size_t i = 0; i < COUNT_OF(statements) && str_starts(tag, STR("{{")); i++)
		if (str_eq(word, str_of(statements[i])))
			return "a directive stands in {% … %}";
	return NULL;
}

/* A tag that a '}}' of its own expression has ended; the rest of it follows in the line. */
static bool
is_cut_short(struct str tag, struct str rest)
{
	size_t end = str_find(rest, STR("}}"));
	struct str after = end == STR_NONE ? STR("") : str_from(rest, end + 2);
	size_t again = str_find(after, STR("}}"));

	return str_starts(tag, STR("{{")) && again != STR_NONE && again < str_find(after, STR("{{"));
}

void
hint_set_syntax(struct err *fault, struct str tag)
{
	struct str line = fault->place.source;
	size_t at = utf8_offset(line, (size_t)MAX(fault->place.column, 1) - 1);
	struct str rest = str_from(line, at);
	const char *hint = NULL;

	if (fault->kind != ERR_SYNTAX || fault->hint.len > 0)
		return;
	if (is_cut_short(tag, rest))
		hint = "a tag ends at the first '}}': leave a space between two braces";
	else if (str_starts(rest, STR(":")) && str_starts(utf8_trim(str_from(rest, 1)), STR("%}")))
		hint = "no ':' stands at the end of a tag";
	if (hint == NULL)
		hint = statement_hint(tag);
	if (hint == NULL)
		hint = operator_hint(line, at);
	if (hint == NULL)
		hint = ending_hint(str_slice(line, 0, at));
	if (hint == NULL)
		hint = find(words, COUNT_OF(words), first_word(rest));
	if (hint != NULL)
		err_set_hint(fault, "%s", hint);
}

/* Files */

static struct str
base_of(struct str path)
{
	size_t slash = str_rfind_char(path, '/');

	return slash == STR_NONE ? path : str_from(path, slash + 1);
}

static struct str
stem_of(struct str path)
{
	struct str base = base_of(path);
	size_t dot = str_rfind_char(base, '.');

	return dot == STR_NONE || dot == 0 ? base : str_slice(base, 0, dot);
}

struct hint_file
hint_file_make(struct str name)
{
	struct hint_file search = {
	    .name = name, .whole = str_near_make(name), .stem = str_near_make(stem_of(name))};

	search.whole.below = search.stem.below; /* folders and endings make no name nearer */
	return search;
}

void
hint_file_try(struct hint_file *search, struct str candidate)
{
	struct str before = search->stem.nearest;

	str_near_try(&search->whole, candidate);
	str_near_try(&search->stem, stem_of(candidate));
	if (search->stem.nearest.data != before.data)
		search->with_stem = candidate;
}

struct str
hint_file_found(const struct hint_file *search)
{
	return search->whole.nearest.data != NULL ? search->whole.nearest : search->with_stem;
}

#include "tmpl/hint.h"

#include "base/utf8.h"
#include "tmpl/lex.h"

#include <ctype.h>
#include <fnmatch.h>

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
    {"catch", "{% except %}"},
    {"csrf_token", "{% raw xsrf_form_html() %}"},
    {"cycle", "{% for i, x in enumerate(VALUES) %} counts: ('odd', 'even')[i % 2]"},
    {"def", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"do", "{% set x.append(1) %} runs a statement"},
    {"echo", "{{ x }} prints a value"},
    {"elseif", "did you mean 'elif'?"},
    {"elsif", "did you mean 'elif'?"},
    {"filter", "{% apply FUNCTION %} passes its text through a function"},
    {"foreach", "{% for x in VALUES %}"},
    {"func", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"ifchanged", "use {% if %} and {% set %}"},
    {"ifequal", "{% if a == b %}"},
    {"ifnotequal", "{% if a != b %}"},
    {"let", "{% set x = 1 %} gives a value a name"},
    {"load", "nothing needs to be loaded"},
    {"loop", "{% for x in VALUES %}"},
    {"macro", "{% module NAME() %} renders templates/_modules/NAME.html"},
    {"partial", "{% include FILE %}"},
    {"now", "{{ now() }}"},
    {"print", "{{ x }} prints a value"},
    {"render", "{% include FILE %}, or {% module NAME() %}"},
    {"spaceless", "{% whitespace oneline %}"},
    {"static", "{{ static_url('site.css') }}"},
    {"super", "a block takes the place of its parent's; what both need belongs in a block of its own"},
    {"switch", "use {% if %} and {% elif %}"},
    {"trans", "{{ _('text') }}"},
    {"translate", "{{ _('text') }}"},
    {"unless", "{% if not x %}"},
    {"url", "{{ reverse_url('about') }}"},
    {"var", "{% set x = 1 %} gives a value a name"},
    {"verbatim", "{{! and {%! print the delimiters themselves"},
    {"with", "{% set x = 1 %} gives a value a name"},
};

static const struct hint names[] = {
    {"NULL", "it is written None"},
    {"break", "a directive stands in {% … %}"},
    {"bytes", "a template works with text, not with bytes"},
    {"capitalize", "it is a method: x.capitalize()"},
    {"complex", "numbers are int and float"},
    {"continue", "a directive stands in {% … %}"},
    {"datetime", "now() is the present time; strftime(FORMAT, SECONDS) formats any"},
    {"default", "x if x else DEFAULT; d.get('x', DEFAULT) where the key may be missing"},
    {"defined", "{% try %} … {% except NameError %} … {% end %} sees whether there is a name"},
    {"else", "a directive stands in {% … %}"},
    {"end", "a directive stands in {% … %}"},
    {"eval", "a template runs no code but its own"},
    {"exec", "a template runs no code but its own"},
    {"false", "it is written False"},
    {"frozenset", "set(x), or tuple(x) where it is a key"},
    {"include", "{% include FILE %}"},
    {"join", "it is a method of the separator: ', '.join(x)"},
    {"length", "len(x)"},
    {"loop", "{% for i, x in enumerate(VALUES) %} counts"},
    {"lower", "it is a method: x.lower()"},
    {"nil", "it is written None"},
    {"none", "it is written None"},
    {"null", "it is written None"},
    {"object", "a dict holds what belongs together: {'a': 1}"},
    {"off", "{% autoescape None %} turns it off"},
    {"open", "{% include FILE %}, or data from templates/_data/NAME.json"},
    {"os", "the environment is out of reach; eddy render -D NAME=VALUE gives a name"},
    {"print", "{{ x }} prints a value"},
    {"replace", "it is a method: x.replace(OLD, NEW)"},
    {"reverse", "reversed(x), or x[::-1]"},
    {"safe", "{% raw x %} prints without escaping"},
    {"self", "a block takes the place of its parent's, and stands where it is defined"},
    {"slice", "x[START:STOP:STEP]"},
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
    {"GET", "request.arguments has them all, get_argument(NAME, DEFAULT) one"},
    {"POST", "there are no forms: get_argument(NAME, DEFAULT) reads the query"},
    {"add", "a list has append(x)"},
    {"args", "request.arguments has them all, get_argument(NAME, DEFAULT) one"},
    {"charAt", "x[i]"},
    {"concat", "x + y"},
    {"contains", "y in x"},
    {"each", "{% for y in x %}"},
    {"decode", "it is text already"},
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
    {"join", "it is a method of the separator: ', '.join(x)"},
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

/* Whole messages, as patterns of fnmatch(3); the first that fits. */
static const struct hint messages[] = {
    /* of the parser */
    {"* block cannot be attached to * block", "an {% end %} is missing before it"},
    {"* outside {*} block", "no such block is open here: is there an {% end %} too many above?"},
    {"Extra {% end %} block", "nothing is open here: it is one too many"},
    {"Missing end expression }}", "it opens here; {{! prints the braces themselves"},
    {"Missing end block %}", "it opens here; {%! prints the delimiter itself"},
    {"Missing end comment #}", "it opens here; {#! prints the delimiter itself"},
    {"expected 'except' or 'finally' block", "{% try %} … {% except %} … {% end %}"},
    {"extends missing file path", "{% extends FILE %}"},
    {"include missing file path", "{% include FILE %}"},
    {"set missing statement", "{% set NAME = VALUE %}"},
    {"extends works only outside of all blocks", "put it at the top of the file"},
    {"invalid whitespace mode *", "it is all, single or oneline"},
    {"invalid character '‘' *", "a text stands in straight quotes, ' or \""},
    {"invalid character '’' *", "a text stands in straight quotes, ' or \""},
    {"invalid character '“' *", "a text stands in straight quotes, ' or \""},
    {"invalid character '”' *", "a text stands in straight quotes, ' or \""},
    {"invalid character '\xc2\xa0' *", "a plain space belongs there"},
    {"'utf-8' codec can't decode *", "save the file as UTF-8"},
    {"import is not supported in templates",
	"{% include FILE %} and {% module NAME() %} bring in templates, templates/_data brings in data"},
    /* of None */
    {"'NoneType' object has no attribute *",
	"what stands before the '.' is None: {% if x is not None %} asks first"},
    {"'NoneType' object is not subscriptable",
	"what stands before the '[' is None: {% if x is not None %} asks first"},
    {"'NoneType' object is not iterable", "it is None: x or [] is empty then"},
    {"unsupported operand type(s) for *'NoneType'*", "one of the two is None: x or 0, x or ''"},
    {"object of type 'NoneType' has no len()", "it is None: x or [] is empty then"},
    /* of texts and numbers */
    {"unsupported operand type(s) for |*", "a filter is a function or a method here: len(x), x.upper()"},
    {"unsupported operand type(s) for +: * and 'str'", "str(x) makes a text of a value"},
    {"unsupported operand type(s) for *'str'*", "int(x) makes a number of a text"},
    {"'*' not supported between instances of *'NoneType'*", "one of the two is None: x or 0, x or ''"},
    {"'*' not supported between instances of *'str'*",
	"int(x) makes a number of a text, str(x) a text of a number; sorted() takes a key"},
    {"can't multiply sequence by non-int of type 'str'", "int(x) makes a number of a text"},
    {"%[a-z] format: a real number is required, not str",
	"int(x) makes a number of a text; %s takes any value"},
    {"Unknown format code '?' for object of type 'str'", "float(x) makes a number of a text"},
    {"Unknown format code '?' for object of type 'int'", "a number takes one of b c d e f g n o x %"},
    {"Unknown format code '?' for object of type 'float'", "a number takes one of e f g n %"},
    {"*by zero", "A / B if B else 0 asks first"},
    /* of what has values in it */
    {"'int' object is not iterable", "{% for i in range(N) %} counts"},
    {"can only concatenate list *", "a list is joined to a list: x + [y]"},
    {"list indices must be integers or slices, not str",
	"x[0] is the first value; {% for y in x %} takes one after the other"},
    {"string indices must be integers, not 'str'",
	"it is a text, which has no keys; of a dict x.values() are the values"},
    {"* index out of range", "len(x) is how many there are, from x[0] to x[-1]"},
    {"too many values to unpack *",
	"of a dict x.items() are the keys and values, of anything else enumerate(x) counts"},
    {"not enough values to unpack *", "there must be a value for each name"},
    {"'dict_*' object is not subscriptable", "list(x)[0]"},
    {"* arg is an empty sequence", "with default=VALUE it may be empty"},
    {"'dict' object has no attribute *", "x.get(KEY, DEFAULT), where it may be missing"},
    {"'*' object is not callable", "it is no function: leave the parentheses out"},
    {"HTTP 400: Bad Request (Missing argument *", "get_argument(NAME, DEFAULT), where it may be missing"},
    {"name '*' is not defined", "{% set %}, templates/_data/NAME.json or --data gives a name"},
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

/* Of a fault that knows nothing better. */
static const char *
message_hint(const struct err *fault)
{
	const char *message = str_cstr(fault->arena, fault->message);

	for (size_t i = 0; i < COUNT_OF(messages); i++)
		if (fnmatch(messages[i].text, message, 0) == 0)
			return messages[i].hint;
	return fault->kind == ERR_KEY ? "x.get(KEY, DEFAULT), where it may be missing" : NULL;
}

void
hint_complete(struct err *fault)
{
	const char *hint = fault->hint.len > 0 ? NULL : message_hint(fault);

	if (hint != NULL)
		err_set_hint(fault, "%s", hint);
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
	if (at + 1 < line.len && line.data[at] == '.' && isdigit((unsigned char)line.data[at + 1]))
		return "an index stands in brackets: x[0]";
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

static bool
is_value_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '"' || c == '\'';
}

/* What is missing where the tag stops to be an expression: `before` and `rest` are of its line. */
static const char *
missing_hint(struct str tag, struct str before, struct str rest)
{
	struct str word = first_word(utf8_trim(str_from(tag, 2)));
	struct str next = utf8_trim(rest);
	char last;

	before = utf8_trim(before);
	last = before.len > 0 ? before.data[before.len - 1] : '\0';
	if (str_starts(next, STR("}}")) || str_starts(next, STR("%}")))
		return "a value is missing before the end of the tag";
	if (next.len == 0 || !is_value_byte(next.data[0]) || lex_is_keyword(first_word(next)))
		return NULL;
	if (str_eq(word, STR("module")))
		return "{% module NAME() %} renders templates/_modules/NAME.html";
	if (str_eq(word, STR("set")) && str_find_char(tag, '=') == STR_NONE)
		return "{% set NAME = VALUE %}";
	if (is_value_byte(last) || last == ')' || last == ']')
		return "an operator is missing before it, or the parentheses of a call: f(x)";
	return NULL;
}

const char *
hint_of_tag(struct str tag)
{
	struct str inner = str_from(tag, 2);
	bool is_block = str_starts(tag, STR("{%"));

	if (str_find(inner, STR("{{")) != STR_NONE || str_find(inner, STR("{%")) != STR_NONE)
		return is_block ? "another tag begins within this one: is its '%}' missing?"
				: "another tag begins within this one: is its '}}' missing?";
	if (str_starts(inner, STR("-")) && str_ends(tag, STR("-}}")))
		return "a '-' strips nothing here: {% whitespace oneline %} does";
	return NULL;
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
		hint = hint_of_tag(tag);
	if (hint == NULL)
		hint = statement_hint(tag);
	if (hint == NULL)
		hint = operator_hint(line, at);
	if (hint == NULL)
		hint = ending_hint(str_slice(line, 0, at));
	if (hint == NULL)
		hint = find(words, COUNT_OF(words), first_word(rest));
	if (hint == NULL && str_eq(fault->message, STR("invalid syntax")))
		hint = missing_hint(tag, str_slice(line, 0, at), rest);
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

	if (str_eq(candidate, search->name)) /* it was asked for, and did not do */
		return;
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

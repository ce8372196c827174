#!/usr/bin/env bats
# The mistakes of those who come from another template language, and of whoever is in a hurry: each is told with
# its place to the column, its cause, and the next step in parentheses; alike as text, as JSON and as a page.

# shellcheck disable=SC2154 # capture sets stderr

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p templates/{_data,_modules,parts}
	echo '{"name": "Ann", "age": 7}' >templates/_data/user.json
	echo '["a", "b"]' >templates/_data/pages.json
	echo '["a", 1]' >templates/_data/mixed.json
	echo null >templates/_data/nothing.json
	echo '{{ titel }}' >templates/_modules/Card.html
	echo nav >templates/nav.html
	echo about >templates/about.html
}

teardown() {
	stop_eddy
}

# last_line [FILE] - what rendering the file says at last
last_line() {
	capture "$EDDY" render "${1:-t.html}"
	assert_equal "$status" 1
	assert_equal "$output" ""
	printf '%s' "${stderr##*$'\n'}"
}

# Of each row the template, with \n for a newline, and what is told of it.
rows() {
	cat <<'END'
{% if user %}yes{% endif %}@t.html:1:17: ParseError: unknown operator: 'endif' (did you mean 'end'?)
{{ user.name|upper }}@t.html:1:14: NameError: name 'upper' is not defined (it is a method: x.upper())
{{ user.name | default("x") }}@t.html:1:16: NameError: name 'default' is not defined (x if x else DEFAULT; d.get('x', DEFAULT) where the key may be missing)
{{ pages|len }}@t.html:1:4: TypeError: unsupported operand type(s) for |: 'list' and 'builtin_function_or_method' (a filter is a function or a method here: len(x), x.upper())
{% for x in pages: %}{{ x }}{% end %}@t.html:1:18: SyntaxError: invalid syntax (no ':' stands at the end of a tag)
{% if 0 %}a{% else if 1 %}b{% end %}@t.html:1:12: SyntaxError: expected ':' (did you mean 'elif'?)
{% if 0 %}a{% elif %}b{% end %}@t.html:1:19: SyntaxError: invalid syntax (a value is missing before the end of the tag)
{% if %}a{% end %}@t.html:1:6: SyntaxError: invalid syntax (a value is missing before the end of the tag)
{% if user then %}a{% end %}@t.html:1:12: SyntaxError: invalid syntax ({% if CONDITION %} is the whole tag)
{% for x in pages %}{{ loop.index }}{% end %}@t.html:1:24: NameError: name 'loop' is not defined ({% for i, x in enumerate(VALUES) %} counts)
{% for k v in user %}{{ k }}{% end %}@t.html:1:10: SyntaxError: invalid syntax (for NAME in VALUES)
{% for x of pages %}{{ x }}{% end %}@t.html:1:10: SyntaxError: invalid syntax (for NAME in VALUES)
{% for %}x{% end %}@t.html:1:7: SyntaxError: invalid syntax (a value is missing before the end of the tag)
{% for k, v in user %}{{ k }}{% end %}@t.html:1:8: ValueError: too many values to unpack (expected 2) (of a dict x.items() are the keys and values, of anything else enumerate(x) counts)
{% for i in 10 %}{{ i }}{% end %}@t.html:1:13: TypeError: 'int' object is not iterable ({% for i in range(N) %} counts)
{% for x in nothing %}{{ x }}{% end %}@t.html:1:13: TypeError: 'NoneType' object is not iterable (it is None: x or [] is empty then)
{% for p in pages %}\n<a href="{{ p['href'] }}">\n{% end %}@t.html:2:13: TypeError: string indices must be integers, not 'str' (it is a text, which has no keys; of a dict x.values() are the values)
{% macro card(x) %}{{ x }}{% endmacro %}@t.html:1:1: ParseError: unknown operator: 'macro' ({% module NAME() %} renders templates/_modules/NAME.html)
{% set a 1 %}@t.html:1:10: SyntaxError: invalid syntax ({% set NAME = VALUE %})
{% set user.name = 1 %}@t.html:1:8: AttributeError: 'dict' object has no attribute 'name' (x[KEY] = VALUE sets a key)
{% url 'x' %}@t.html:1:1: ParseError: unknown operator: 'url' ({{ reverse_url('about') }})
{% now "Y" %}@t.html:1:1: ParseError: unknown operator: 'now' ({{ now() }})
{% cycle "a" "b" %}@t.html:1:1: ParseError: unknown operator: 'cycle' ({% for i, x in enumerate(VALUES) %} counts: ('odd', 'even')[i % 2])
{% ifequal a b %}{% end %}@t.html:1:1: ParseError: unknown operator: 'ifequal' ({% if a == b %})
{% spaceless %}x{% endspaceless %}@t.html:1:1: ParseError: unknown operator: 'spaceless' ({% whitespace oneline %})
{% try %}a{% catch %}b{% end %}@t.html:1:11: ParseError: unknown operator: 'catch' ({% except %})
{% import "forms.html" as forms %}@t.html:1:1: SyntaxError: import is not supported in templates ({% include FILE %} and {% module NAME() %} bring in templates, templates/_data brings in data)
{% block %}x{% end %}@t.html:1:13: ParseError: block missing name ({% block NAME %})
{% apply %}x{% end %}@t.html:1:13: ParseError: apply missing method name ({% apply FUNCTION %})
{% apply upper %}x{% end %}@t.html:1:10: NameError: name 'upper' is not defined (it is a method: x.upper())
{% autoescape off %}{{ 1 }}@t.html:1:24: NameError: name 'off' is not defined ({% autoescape None %} turns it off)
{% whitespace none %}@t.html:1:1: Exception: invalid whitespace mode none (it is all, single or oneline)
{%- if x -%}x{%- end -%}@t.html:1:1: ParseError: unknown operator: '-' (it strips nothing here: {% whitespace oneline %} does)
{{- user -}}@t.html:1:11: SyntaxError: invalid syntax (a '-' strips nothing here: {% whitespace oneline %} does)
{{ pages.0 }}@t.html:1:9: SyntaxError: invalid syntax (an index stands in brackets: x[0])
{{ pages["0"] }}@t.html:1:4: TypeError: list indices must be integers or slices, not str (x[0] is the first value; {% for y in x %} takes one after the other)
{{ pages[9] }}@t.html:1:4: IndexError: list index out of range (len(x) is how many there are, from x[0] to x[-1])
{{ pages.join(", ") }}@t.html:1:4: AttributeError: 'list' object has no attribute 'join' (it is a method of the separator: ', '.join(x))
{{ pages + 1 }}@t.html:1:4: TypeError: can only concatenate list (not "int") to list (a list is joined to a list: x + [y])
{% include nav %}@t.html:1:12: FileNotFoundError: [Errno 2] No such file or directory: 'nav' (did you mean 'nav.html'?)
{% include name %}@t.html:1:12: FileNotFoundError: [Errno 2] No such file or directory: 'name' (it names a file, not a variable: {% module Template(name) %} takes one)
{% include "nowhere.html" %}@t.html:1:13: FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.html' (a name begins in the folder of its file, or with '/' at the root)
{% include "nav.htm" %}@t.html:1:13: FileNotFoundError: [Errno 2] No such file or directory: 'nav.htm' (did you mean 'nav.html'?)
{% include "parts/nav.html" %}@t.html:1:13: FileNotFoundError: [Errno 2] No such file or directory: 'parts/nav.html' (did you mean 'nav.html'?)
{% module Card("a") %}@_modules/Card.html:1:4: NameError: name 'titel' is not defined (a module knows its arguments, not the names around it)
{% module Crad("a") %}@t.html:1:11: AttributeError: 'Crad' (did you mean 'Card'?)
{% module "Card" %}@t.html:1:11: SyntaxError: invalid syntax ({% module NAME() %} renders templates/_modules/NAME.html)
<p>\n{{ user.name \n<b>{{ x }}</b>@t.html:2:1: SyntaxError: '{' was never closed (another tag begins within this one: is its '}}' missing?)
<p>\n{{ user.name@t.html:2:1: ParseError: Missing end expression }} (it opens here; {{! prints the braces themselves)
<p>\n{{ user.name }\n</p>\n{{ user.age }}@t.html:2:14: SyntaxError: unmatched '}' (another tag begins within this one: is its '}}' missing?)
<p>\n{% if user }x{% end %}@t.html:2:21: ParseError: Missing {% end %} block for if (another tag begins within this one: is its '%}' missing?)
{# comment@t.html:1:1: ParseError: Missing end comment #} (it opens here; {#! prints the delimiter itself)
a\n{% if 1 %}{% extends "nav.html" %}{% end %}@t.html:2:11: NotImplementedError: extends works only outside of all blocks (put it at the top of the file)
{% elif 1 %}@t.html:1:1: ParseError: elif outside {'if'} block (no such block is open here: is there an {% end %} too many above?)
{% for x in pages %}{% elif x %}{% end %}@t.html:1:21: ParseError: elif block cannot be attached to for block (an {% end %} is missing before it)
{% if 1 %}x{% end %}{% end %}@t.html:1:21: ParseError: Extra {% end %} block (nothing is open here: it is one too many)
{% if 1 %}{% break %}{% end %}@t.html:1:11: ParseError: break outside {'for', 'while'} block (no such block is open here: is there an {% end %} too many above?)
{{ nothing.name }}@t.html:1:4: AttributeError: 'NoneType' object has no attribute 'name' (what stands before the '.' is None: {% if x is not None %} asks first)
{{ nothing["name"] }}@t.html:1:4: TypeError: 'NoneType' object is not subscriptable (what stands before the '[' is None: {% if x is not None %} asks first)
{{ nothing + 1 }}@t.html:1:4: TypeError: unsupported operand type(s) for +: 'NoneType' and 'int' (one of the two is None: x or 0, x or '')
{{ len(nothing) }}@t.html:1:4: TypeError: object of type 'NoneType' has no len() (it is None: x or [] is empty then)
{{ user["nmae"] }}@t.html:1:4: KeyError: 'nmae' (did you mean 'name'?)
{{ user["email"] }}@t.html:1:4: KeyError: 'email' (x.get(KEY, DEFAULT), where it may be missing)
{{ user.nmae }}@t.html:1:4: AttributeError: 'dict' object has no attribute 'nmae' (did you mean 'name'?)
{{ user.email }}@t.html:1:4: AttributeError: 'dict' object has no attribute 'email' (x.get(KEY, DEFAULT), where it may be missing)
{{ user.name() }}@t.html:1:4: TypeError: 'str' object is not callable (it is no function: leave the parentheses out)
{{ user.items()[0] }}@t.html:1:4: TypeError: 'dict_items' object is not subscriptable (list(x)[0])
{{ "n" + 1 }}@t.html:1:4: TypeError: can only concatenate str (not "int") to str (str(x) makes a text of a value)
{{ user.age + "1" }}@t.html:1:4: TypeError: unsupported operand type(s) for +: 'int' and 'str' (str(x) makes a text of a value)
{{ "7" - 1 }}@t.html:1:4: TypeError: unsupported operand type(s) for -: 'str' and 'int' (int(x) makes a number of a text)
{{ "a" * "b" }}@t.html:1:4: TypeError: can't multiply sequence by non-int of type 'str' (int(x) makes a number of a text)
{{ 5 > "3" }}@t.html:1:4: TypeError: '>' not supported between instances of 'int' and 'str' (int(x) makes a number of a text, str(x) a text of a number; sorted() takes a key)
{{ sorted(mixed) }}@t.html:1:4: TypeError: '<' not supported between instances of 'int' and 'str' (int(x) makes a number of a text, str(x) a text of a number; sorted() takes a key)
{{ max([]) }}@t.html:1:4: ValueError: max() arg is an empty sequence (with default=VALUE it may be empty)
{{ 1 / 0 }}@t.html:1:4: ZeroDivisionError: division by zero (A / B if B else 0 asks first)
{{ "{:.2f}".format("x") }}@t.html:1:4: ValueError: Unknown format code 'f' for object of type 'str' (float(x) makes a number of a text)
{{ "%d" % "x" }}@t.html:1:4: TypeError: %d format: a real number is required, not str (int(x) makes a number of a text; %s takes any value)
{{ len pages }}@t.html:1:8: SyntaxError: invalid syntax (an operator is missing before it, or the parentheses of a call: f(x))
{{ user name }}@t.html:1:9: SyntaxError: invalid syntax (an operator is missing before it, or the parentheses of a call: f(x))
{{ 1 + }}@t.html:1:7: SyntaxError: invalid syntax (a value is missing before the end of the tag)
{{ “name” }}@t.html:1:4: SyntaxError: invalid character '“' (U+201C) (a text stands in straight quotes, ' or ")
{{ user->name }}@t.html:1:8: SyntaxError: invalid syntax (use '.' for an attribute)
{% if user.age > 3 && user.name %}x{% end %}@t.html:1:21: SyntaxError: invalid syntax (use 'and')
{{ super() }}@t.html:1:4: NameError: name 'super' is not defined (a block takes the place of its parent's; what both need belongs in a block of its own)
{{ titel }}@t.html:1:4: NameError: name 'titel' is not defined ({% set %}, templates/_data/NAME.json or --data gives a name)
{{ url_for("x") }}@t.html:1:4: NameError: name 'url_for' is not defined (reverse_url('about') is a page's URL, static_url('site.css') a file's)
{{ reverse_url("abuot") }}@t.html:1:4: KeyError: 'abuot not found in named urls' (did you mean 'about'?)
{{ reverse_url("nowhere") }}@t.html:1:4: KeyError: 'nowhere not found in named urls' (reverse_url('about') is the URL of templates/about.html)
{{ request.args }}@t.html:1:4: AttributeError: 'HTTPServerRequest' object has no attribute 'args' (request.arguments has them all, get_argument(NAME, DEFAULT) one)
END
}

@test "each mistake is told with its place, its cause and the next step" {
	while IFS='@' read -r text told; do
		printf '%b' "$text" >templates/t.html
		assert_equal "$text: $(last_line)" "$text: $told"
	done < <(rows)
}

@test "a server tells each mistake as it is told in a terminal, as data and as a page" {
	start_eddy --quiet .
	while IFS='@' read -r text told; do
		printf '%b' "$text" >templates/t.html
		run jq -r '.error | .report | split("\n") | .[-2]' <<<"$(curl -s -H 'Accept: application/json' "$URL/t")"
		assert_output "$told"
		run curl -s -H 'Accept: text/html' "$URL/t"
		assert_line --partial '<p class="hint">'
		assert_line --partial "<code>${told%%: *}</code>"
	done < <(rows)
}

@test "a file that is not UTF-8 is told with the byte, whoever includes it" {
	printf '<p>\n caf\xe9 {{ 1 }}</p>' >templates/t.html
	assert_equal "$(last_line)" \
		"t.html:2:5: UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 8: invalid continuation byte (save the file as UTF-8)"
	echo '{% include "t.html" %}' >templates/u.html
	assert_equal "$(last_line u.html)" "$(last_line t.html)"
}

@test "a circle is told with the file that it comes back to, as includes and as parents" {
	echo 'x{% include "t.html" %}' >templates/t.html
	assert_equal "$(last_line)" \
		"t.html:1:2: RecursionError: maximum recursion depth exceeded ('t.html' leads to itself: one of these tags has to go)"
	echo '{% extends "u.html" %}' >templates/t.html
	echo '{% extends "t.html" %}' >templates/u.html
	assert_equal "$(last_line)" \
		"u.html:1:1: RecursionError: maximum recursion depth exceeded ('t.html' leads to itself: one of these tags has to go)"
}

@test "a data file that is no JSON is told with the place in it" {
	: >templates/t.html
	while IFS='@' read -r json told; do
		printf '%b' "$json" >templates/_data/bad.json
		assert_equal "$json: $(last_line)" "$json: _data/bad.json:$told"
	done <<'END'
{"a": 1,\n "b": }@2:7: DataError: unexpected token near '}' (a value is missing before it)
{"a": 1,}@1:9: DataError: string or '}' expected near '}' (no comma stands behind the last pair)
[1, 2,]@1:7: DataError: unexpected token near ']' (no comma stands behind the last value)
@1:1: DataError: unexpected token near end of file (the file is empty, or ends too early)
{'a': 1}@1:2: DataError: string or '}' expected near ''' (a key stands in " quotes)
{a: 1}@1:2: DataError: string or '}' expected near 'a' (a key stands in " quotes)
["a" "b"]@1:8: DataError: ']' expected near '"b"' (a comma is missing before it)
[True]@1:5: DataError: invalid token near 'True' (it is written true, false or null)
// none\n{}@1:1: DataError: invalid token near '/' (JSON has no comments)
["caf\xe9"]@1:5: DataError: unable to decode byte 0xe9 near '"caf' (save the file as UTF-8)
END
}

@test "a data file that is not there is told with its name" {
	: >templates/t.html
	capture "$EDDY" render --data site=sitte.json t.html
	assert_equal "$status" 1
	assert_equal "$stderr" "sitte.json: DataError: cannot open the file: No such file or directory"
}

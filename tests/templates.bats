#!/usr/bin/env bats
# The template language, as `eddy render` shows it.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell of its own; capture sets stderr

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# template NAME TEXT - writes templates/NAME
template() {
	mkdir -p "$(dirname "templates/$1")"
	printf '%s' "$2" >"templates/$1"
}

# renders TEXT EXPECTED - the text, as t.txt, renders to this
renders() {
	template t.txt "$1"
	capture "$EDDY" render t.txt
	assert_equal "$stderr" ""
	assert_equal "$output" "$2"
}

# fails TEXT LINE - the text, as t.html, does not render, and this is the last line of the report, but for a hint
fails() {
	template t.html "$1"
	capture "$EDDY" render t.html
	assert_equal "$status" 1
	assert_equal "$output" ""
	[[ "${stderr##*$'\n'}" == "$2 ("*")" ]] || assert_equal "${stderr##*$'\n'}" "$2"
}

@test "every case of the contract renders as Tornado renders it, or fails at the same place" {
	run "$BATS_TEST_DIRNAME/templates/run-cases" "$BATS_TEST_DIRNAME"/templates/*.json
	assert_success
}

@test "data comes from JSON files and from the command line" {
	template page.txt "{{ title }} {{ nav[0].label }} {{ who }}"
	echo '{"title": "T"}' >site.json
	echo '[{"label": "Home"}]' >nav.json
	capture "$EDDY" render --data site.json --data nav=nav.json -D who=me page.txt
	assert_equal "$output" "T Home me"
}

@test "a file outside of templates/ is rendered with its own folder as the root" {
	mkdir alone
	echo "{% include 'part.txt' %}!" >alone/a.txt
	printf part >alone/part.txt
	capture "$EDDY" render alone/a.txt
	assert_equal "$output" "part!"
}

@test "a template may be named by its path through templates/" {
	template sub/page.txt "here"
	capture "$EDDY" render templates/sub/page.txt
	assert_equal "$output" "here"
}

@test "a report shows the way, the values used, the line, and what was probably meant" {
	template nav.html $'<nav>\n{{ titel }}</nav>'
	template base.html $'<body>\n{% block main %}{% end %}'
	template page.html $'{% extends "base.html" %}\n{% block main %}{% set title = "x" %}\n{% include "nav.html" %}{% end %}'
	capture "$EDDY" render page.html
	assert_equal "$status" 1
	assert_equal "$stderr" "\
Traceback (most recent call last):
  page.html:1:1: extends 'base.html'
  base.html:2:1: block 'main'
  page.html:3:1: include 'nav.html'
    title = 'x'
    2 | {{ titel }}</nav>
           ^^^^^
nav.html:2:4: NameError: name 'titel' is not defined (did you mean 'title'?)"
}

@test "values in scope are told, but never secrets" {
	fails "{% set n = 0 %}{% set password = 'x' %}{{ 1 / n + password }}" \
		"t.html:1:43: ZeroDivisionError: division by zero"
	assert_equal "$(grep -E '^    [a-z]+ = ' <<<"$stderr")" $'    n = 0\n    password = (not shown)'
}

@test "an operator of another language is answered with the one that was meant" {
	fails "{% endif %}" "t.html:1:1: ParseError: unknown operator: 'endif' (did you mean 'end'?)"
	fails "{% els %}" "t.html:1:1: ParseError: unknown operator: 'els' (did you mean 'else'?)"
	fails "{{ f'x' }}" "t.html:1:4: SyntaxError: f-strings are not supported in templates: use '…'.format(…)"
	fails "{{ b'x' }}" "t.html:1:4: SyntaxError: bytes are not supported in templates"
	fails "{{ (a := 1) }}" "t.html:1:7: SyntaxError: ':=' is not supported in templates (use {% set %})"
	fails "{% import os %}" "t.html:1:1: SyntaxError: import is not supported in templates"
}

@test "what other languages write is answered with what is written here" {
	while IFS='@' read -r text hint; do
		template t.html "$text"
		capture "$EDDY" render -D title=T t.html
		assert_equal "$status" 1
		line=${stderr##*$'\n'}
		assert_equal "$text @${line##*$'\n'}" "$text @${line% (*} ($hint)"
	done <<'END'
{% macro f() %}@{% module NAME() %} renders templates/_modules/NAME.html
{% elseif x %}@did you mean 'elif'?
{% if 1 %}{% else if 2 %}{% end %}@did you mean 'elif'?
{% IF x %}@did you mean 'if'?
{% if(x) %}@a space belongs behind 'if'
{% x = 1 %}@{% set x = … %}
{% unless x %}@{% if not x %}
{{ 1 && 2 }}@use 'and'
{{ 1 || 2 }}@use 'or'
{{ !title }}@use 'not'
{{ 1 === 1 }}@use '=='
{{ 1 !== 1 }}@use '!='
{{ 1 <> 1 }}@use '!='
{{ 1 ? 2 : 3 }}@use A if CONDITION else B
{{ title ?? 'x' }}@use A if A is not None else B
{{ title++ }}@use {% set x += 1 %}
{{ x => 1 }}@use lambda x: …
{{ `x` }}@a text stands in ' or "
{% if title = 1 %}{% end %}@to compare, use '=='; to assign, use {% set x = … %}
{{ 1 AND 2 }}@use 'and'
{{ title | upper }}@it is a method: x.upper()
{{ title | default('x') }}@x if x else DEFAULT; d.get('x', DEFAULT) where the key may be missing
{% for x in [1] %}{{ loop.index }}{% end %}@{% for i, x in enumerate(VALUES) %} counts
{{ super() }}@a block takes the place of its parent's; what both need belongs in a block of its own
{{ true }}@it is written True
{{ null }}@it is written None
{{ title.length }}@len(x)
{{ [].push(1) }}@x.append(y)
{{ include 'x.html' }}@a directive stands in {% … %}
{% if title: %}{% end %}@no ':' stands at the end of a tag
{{ {'a': {'b': 1}} }}@a tag ends at the first '}}': leave a space between two braces
{{ 'n' + 1 }}@str(x) makes a text of a value
{{ datetime.datetime.now() }}@now() is the present time; strftime(FORMAT, SECONDS) formats any
END
}

@test "a slip of the hand is answered with the name that is near" {
	template nav.html ""
	template sub/part.html ""
	while IFS='@' read -r text hint; do
		template t.html "$text"
		capture "$EDDY" render -D title=T t.html
		assert_equal "$status" 1
		line=${stderr##*$'\n'}
		assert_equal "$text @${line##*$'\n'}" "$text @${line% (*} ($hint)"
	done <<'END'
{% esle %}@did you mean 'else'?
{% whiel 1 %}@did you mean 'while'?
{{ titel }}@did you mean 'title'?
{% set total = 1 %}{{ totl }}@did you mean 'total'?
{{ lenn(title) }}@did you mean 'len'?
{{ title.uper() }}@did you mean 'upper'?
{{ request.paht }}@did you mean 'path'?
{% apply sqeeze %}x{% end %}@did you mean 'squeeze'?
{% apply uppre %}x{% end %}@it is a method: x.upper()
{% include 'nav.htm' %}@did you mean 'nav.html'?
{% include nav %}@did you mean 'nav.html'?
{% extends 'anv.html' %}@did you mean 'nav.html'?
{% include 'part.html' %}@did you mean 'sub/part.html'?
{% module Template('nav.htm') %}@did you mean 'nav.html'?
{{ title }}{% set title = 1 %}@the template sets it, which hides the one it was given: set another name
{{ x }}{% set x = 1 %}@the template sets it only further on
{% if 1 %}@the {% if %} of line 1 has none
END
	template sub/page.html "{% include 'nav.html' %}"
	capture "$EDDY" render sub/page.html
	assert_regex "$stderr" "\(did you mean '/nav.html'\?\)$"
	capture "$EDDY" render nva.html
	assert_equal "$stderr" "eddy: [Errno 2] No such file or directory: 'nva.html' (did you mean 'nav.html'?)"
	fails "{{ q }}" "t.html:1:4: NameError: name 'q' is not defined"
}

@test "a block that no parent has is warned of, and the page is made all the same" {
	template base.html "<{% block content %}{% include 'part.html' %}{% end %}>"
	template part.html "{% block part %}{% end %}"
	template middle.html "{% extends 'base.html' %}{% block content %}{% block inner %}{% end %}{% end %}"
	template t.html $'{% extends "middle.html" %}\n{% block contnet %}lost{% end %}{% block inner %}{% block own %}i{% end %}{% end %}{% block part %}{% end %}'
	capture "$EDDY" render t.html
	assert_equal "$status" 0
	assert_equal "$output" "<i>"
	assert_equal "$stderr" "templates/t.html:2:1: Warning: block 'contnet' is in no parent of this template, so it is not shown (did you mean 'content'?)"
	capture "$EDDY" check
	assert_equal "$status" 0
	assert_regex "$stderr" "Warning: block 'contnet'"
}

@test "no template path leaves the root" {
	echo secret >outside.txt
	fails "{% include '../outside.txt' %}" \
		"t.html:1:13: FileNotFoundError: '../outside.txt' is outside of the template directory"
	fails "{% include '/../outside.txt' %}" \
		"t.html:1:13: FileNotFoundError: '/../outside.txt' is outside of the template directory"
	ln -s ../outside.txt templates/link.txt
	template t.html "{% include 'link.txt' %}"
	capture "$EDDY" render t.html
	assert_equal "$status" 1
	assert_equal "$output" ""
}

@test "a missing file is an error at its tag" {
	fails $'a\n{% if 0 %}{% include "no.html" %}{% end %}' \
		"t.html:2:23: FileNotFoundError: [Errno 2] No such file or directory: 'no.html'"
	mkdir -p templates/parts
	fails "{% include 'parts' %}" "t.html:1:13: IsADirectoryError: [Errno 21] Is a directory: 'parts'"
}

@test "cycles end with the chain named" {
	template a.html "{% include 'b.html' %}"
	template b.html "{% include 'a.html' %}"
	capture "$EDDY" render a.html
	assert_regex "$stderr" "a.html:1:1: include 'b.html'"
	assert_equal "${stderr##*$'\n'}" \
		"b.html:1:1: RecursionError: maximum recursion depth exceeded ('a.html' leads to itself: one of these tags has to go)"
	template a.html "{% extends 'b.html' %}"
	template b.html "{% extends 'a.html' %}"
	capture "$EDDY" render a.html
	assert_regex "$stderr" "a.html:1:1: extends 'b.html'"
	assert_equal "${stderr##*$'\n'}" \
		"b.html:1:1: RecursionError: maximum recursion depth exceeded ('a.html' leads to itself: one of these tags has to go)"
	template a.html "{% extends 'c.html' %}{% extends 'c.html' %}{% block x %}{% include 'part.html' %}{% end %}"
	template c.html "{% block x %}{% end %}{% include 'part.html' %}"
	template part.html p
	capture "$EDDY" render a.html
	assert_equal "$output" pp
}

@test "work is bounded" {
	fails "{% while 1 %}{% end %}" \
		"t.html:1:10: LimitError: the template does not come to an end: more than 20000000 steps (--template-steps allows more)"
	fails "{{ 'a' * 10 ** 10 }}" "t.html:1:4: LimitError: the template needs more than 256 MiB of memory"
	fails "{% set f = lambda n: f(n) %}{{ f(1) }}" \
		"t.html:1:22: RecursionError: maximum recursion depth exceeded (--template-depth allows more than 300)"
	fails "{% set l = [] %}{% set l.append(l) %}{{ json_encode(l) }}" \
		"t.html:1:41: ValueError: Circular reference detected"
	renders "{% set l = [] %}{% set l.append(l) %}{{ l }}" "[[...]]"
}

@test "whatever lies within itself or too deep ends as a RecursionError, as in Python" {
	local deep="t.html:1:%s: RecursionError: maximum recursion depth exceeded%s (--template-depth allows more than 300)"
	# too_deep FIRST NEXT WHAT DOING - after 400 times `v = NEXT`, what is asked of v goes too deep
	too_deep() {
		local text="{% set v = $1 %}{% for i in range(400) %}{% set v = $2 %}{% end %}"

		fails "$text{{ $3 }}" "$(printf "$deep" $((${#text} + 4)) "${4:+ $4}")"
	}
	too_deep '[1]' 'map(str, v)' 'next(v)'
	too_deep '[1]' 'enumerate(v)' 'list(v)'
	too_deep '[1]' 'zip(v, strict=True)' 'list(v)'
	too_deep '()' '(v,)' "isinstance('a', v)" 'in __instancecheck__'
	too_deep '()' '(v,)' 'issubclass(str, v)' 'in __subclasscheck__'
	too_deep '()' '(v,)' '{v}'
	too_deep 'None' 'Exception(v)' 'repr(v)' 'while getting the repr of an object'
	too_deep '[]' '[v]' 'v' 'while getting the repr of an object'
	too_deep '[]' "{'v': v}" 'json_encode(v)' 'while encoding a JSON object'
	too_deep '[1]' '[v]' 'v == [v]' 'in comparison'
	too_deep '[1]' '[v]' 'v < [v]' 'in comparison'
	fails "{% set v = [1] %}{% for i in range(400) %}{% set v = (x for x in v) %}{% end %}{{ next(v) }}" \
		"$(printf "$deep" 66 "")"
	fails "{% set l = [] %}{% set m = map(next, l) %}{% set x = l.extend([m] * 400) %}{{ next(m) }}" \
		"$(printf "$deep" 79 "")"
	fails "{% set d, e = {}, {} %}{% set d['a'] = d.items() %}{% set e['a'] = e.items() %}{{ d.items() == e.items() }}" \
		"$(printf "$deep" 83 "")"
}

@test "what has failed within a module leaves the depth as it was" {
	template m.html "{{ nope }}"
	renders "{% for i in range(400) %}{% try %}{% module Template('m.html') %}{% except NameError %}{% end %}{% end %}{{ [[1]] }}" \
		"[[1]]"
}

@test "a limit is no error that a template can handle" {
	fails "{% set t = () %}{% for i in range(25) %}{% set t = (t, t) %}{% end %}{% try %}{{ isinstance(1, t) }}{% except TypeError %}{% end %}" \
		"t.html:1:82: LimitError: the template does not come to an end: more than 20000000 steps"
}

@test "what fails within a strict zip is not lost" {
	fails "{{ list(zip((1 // i for i in [1, 0, 2]), strict=True)) }}" "t.html:1:14: ZeroDivisionError: integer division or modulo by zero"
	renders "{{ list(zip([1, 2], (i for i in 'ab'), strict=True)) == [(1, 'a'), (2, 'b')] }}{{ list(zip(strict=True)) }}" "True[]"
	fails "{{ list(zip('ab', 'abc', strict=True)) }}" "t.html:1:4: ValueError: zip() argument 2 is longer than argument 1"
}

@test "what is equal, and what lies within itself, is told from what only looks so" {
	renders "{% set v = {}.values() %}{{ v == v }} {{ v == {}.values() }} {{ {1: [2]}.items() == {1: [2]}.items() }} {{ {1} == {1: 2}.keys() }}" \
		"True False True True"
	renders "{% set l = [1] %}{% raw json_encode([l, l, {'a': l}]) %}" '[[1], [1], {"a": [1]}]'
	renders "{% set l = [] %}{% set x = Exception(l) %}{% set l.append(x) %}{% raw repr(x) %}" "Exception([Exception([...])])"
	fails "{% set d = {} %}{% set d['a'] = [d] %}{{ json_encode(d) }}" "t.html:1:42: ValueError: Circular reference detected"
}

@test "whatever a render makes, it takes no more memory than it may, and says so" {
	local text texts=(
		'{{ [text] * 1000 }}'
		'{{ json_encode([text] * 1000) }}'
		'{{ "%s" % ([text] * 1000) }}'
		'{{ "{}".format([text] * 1000) }}'
		'{% apply squeeze %}{{ [text] * 1000 }}{% end %}'
		'{{ ",".join([text] * 1000) }}'
		'{{ escape("<" * 60000000) }}'
		'{{ list("a" * 100000000)[0] }}'
		'{{ text * 10 + format(1, "0=100000000,") }}'
		'{{ "\t".expandtabs(2 ** 62) * 4 }}'
		'{{ "".center(2 ** 62, "😀") }}'
		'{% set l = [0] * 8000000 %}{% for i in range(9) %}{% set l.insert(i, i) %}{% end %}{% set l.insert(0, [0] * 8000000) %}'
	)
	printf '"%s"' "$(printf 'x%.0s' {1..1000000})" >text.json
	for text in "${texts[@]}"; do
		template t.html "$text"
		# The most that it held, in MiB, behind what it said. The sanitizer holds back what was freed.
		run python3 -c '
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
print(child.stdout.read())
print(os.wait4(child.pid, 0)[2].ru_maxrss // 1024)' \
			"$EDDY" render --data text=text.json --template-time 60000 t.html
		assert_line --regexp "^t.html:1:[0-9]+: LimitError: the template needs more than 256 MiB of memory"
		assert [ "${lines[-1]}" -lt 1000 ]
	done
}

@test "a list that changes under the hands of what works on it does no harm" {
	renders '{% set l = [1, 2, 3] %}{% set l[0:3] = (l.pop() for x in range(3)) %}{{ l }}' '[3, 2, 1]'
	template cut.html '{% set l[:] = [] %}'
	fails '{% set l = list(range(9)) %}{{ l.sort(key=lambda x: modules.Template("cut.html", l=l)) }}' \
		't.html:1:32: ValueError: list modified during sort'
}

@test "numbers at the ends of 64 bits give what they give in Python, or an OverflowError" {
	local least=-9223372036854775808 most=9223372036854775807
	renders "{{ pow($least, 1, -1) }} {{ 'a b c'.split(' ', $least) == 'a b c'.rsplit(None, $least) }}" '0 True'
	renders "{{ 'aa'.replace('a', 'b', $least) }} {{ 'a'.center($least) }} {{ 'b'.zfill($least) }}" 'bb a b'
	renders "{% set r = range($least, $most, 3) %}{{ 5 in r }} {{ r[5] }} {{ len(r) }} {{ r.index($least + 3) }}" \
		'False -9223372036854775793 6148914691236517205 1'
	renders "{{ list(range($least, $most, $most)) }}" '[-9223372036854775808, -1, 9223372036854775806]'
	fails "{{ len(range($least, $most)) }}" 't.html:1:8: OverflowError: the range does not fit into 64 bits'
	fails "{{ range(0, 10, 3)[::$most] }}" 't.html:1:4: OverflowError: the range does not fit into 64 bits'
	fails "{{ list(enumerate('ab', $most)) }}" 't.html:1:4: OverflowError: the next number does not fit into 64 bits'
}

@test "what a value doesn't allow is refused in Python's words" {
	fails '{% set x = 5 %}{% set del x[0] %}' "t.html:1:27: TypeError: 'int' object does not support item deletion"
	fails '{% set x = "a" %}{% set del x[0] %}' "t.html:1:29: TypeError: 'str' object doesn't support item deletion"
	fails '{% set x = "a" %}{% set del x[0:1] %}' "t.html:1:29: TypeError: 'str' object does not support item deletion"
	fails '{% set x = "a" %}{% set x.upper = 1 %}' "t.html:1:25: AttributeError: 'str' object attribute 'upper' is read-only"
	fails '{{ int(base=6) }}' 't.html:1:4: TypeError: int() missing string argument'
	fails '{{ static_url(None) }}' 't.html:1:4: TypeError: can only concatenate str (not "NoneType") to str'
}

@test "a slice of a range has the ends that it has in Python" {
	renders '{{ range(10)[2:5:2] }} {{ range(10)[8:2] }} {{ range(10)[::-1] }} {{ range(10, 0, -2)[1:4] }}' \
		'range(2, 5, 2) range(8, 2) range(9, -1, -1) range(8, 2, -2)'
}

@test "a list that is multiplied in place stays the same list" {
	renders '{% set l = [1, 2] %}{% set same = l %}{% set same *= 2 %}{{ l }}' '[1, 2, 1, 2]'
	renders '{% set l = [1] %}{% set in_tuple = (l,) %}{% set l *= 0 %}{{ in_tuple }}' '([],)'
	renders '{% set t = (1,) %}{% set other = t %}{% set other *= 2 %}{{ t }} {{ other }}' '(1,) (1, 1)'
}

@test "a name is found however many functions further out it is, up to a limit" {
	local inner="lambda: "
	inner=$(printf "%.0s$inner" {1..200})
	renders "{% set f = lambda x: ${inner}x %}{% set g = f(7) %}{% for i in range(199) %}{% set g = g() %}{% end %}{{ g() }}" 7
	fails "{% set f = lambda x: $inner${inner}x %}" "t.html:1:2062: LimitError: too many functions within one another"
}

@test "methods of a class without an object, and header fields that are emptied, do no harm" {
	renders '{{ type({}.keys()).isdisjoint({}.keys(), []) }} {% raw type({}.keys()).isdisjoint %}' \
		"True <method 'isdisjoint' of 'dict_keys' objects>"
	renders '{% set h = request.headers %}{% set all = h.get_all %}{{ h.clear() }} {{ list(all()) }} {{ len(h) }}' 'None [] 0'
}

@test "a search from the end, and a slice with steps, take no longer for a longer text than they must" {
	renders '{{ ("a" * 2000000).rfind("a" * 1000000 + "b") }} {{ "abcabc".rfind("bc") }} {{ "".rfind("") }} {{ "abc".rfind("") }}' \
		'-1 4 0 3'
	renders '{{ len(("é" * 3000000)[::2]) }} {{ "aébcd€fg"[::3] }} {{ "aébcd€fg"[::-3] }} {{ "aébcd€fg"[5:1:-1] }}' \
		'1500000 acf gdé €dcb'
}

@test "the time that a render may take is looked at between works on a long text or list" {
	local work works=(
		'len(wide)' 'wide[7]' 'wide[1:]' 'wide.find("x", 5)' 'wide.startswith("x", 5)' 'ord(wide)'
		'"ab" in long' 'long.find("ab")' 'long.count("ab")' 'long.partition("ab")' 'long.replace("b", "")'
		'long.isalpha()' 'long.isascii()' 'long.isupper()' 'long.istitle()' 'long.isidentifier()'
		'long.isprintable()' 'long.strip()' 'long.strip("b")' 'long.strip(long)' 'long.removeprefix("a")'
		'long.removesuffix("a")' 'long.splitlines()' 'long == again' 'long < again' 'long in {}' '"x".startswith((long,))'
	)

	# The first turn has the clock looked at, and the others are too few to have it looked at again.
	for work in "${works[@]}"; do
		template t.html "{% for i in range(1) %}{% end %}{% set wide = 'é' * 8000000 %}{% set long = 'a' * 16000000 %}{% set again = 'a' * 16000000 %}
{% for i in range(9) %}{% try %}{% set n = $work %}{% except TypeError %}{% end %}{% end %}"
		capture "$EDDY" render --template-time 1 t.html
		assert_regex "$stderr" "t.html:2:[0-9]+: LimitError: the template takes longer than 1 ms"
	done
}

@test "what is stripped is looked for once, and beyond ASCII within the time that there is" {
	renders '{{ len(("a" * 300000).strip("b" * 300000 + "a")) }} {{ "xéaéx".strip("éx") }} {{ "éaé".lstrip("é") }} {{ " a ".rstrip("") }}|' \
		'0 a aé  a |'
	template t.html '{{ ("é" * 300000).strip("ü" * 300000 + "é") }}'
	capture "$EDDY" render --template-time 1 t.html
	assert_regex "$stderr" "t.html:1:[0-9]+: LimitError: the template takes longer than 1 ms"
}

@test "a program that would be too large is not made" {
	local names too_large="LimitError: the template is too large with all that it includes"

	names=$(printf "a%d," {1..30001})
	fails "{% set ${names%,} = [1] %}text" "t.html:1:8: $too_large"
	fails "{% set f = lambda *, ${names%,}: 1 %}text" "t.html:1:12: $too_large"
	fails "$(printf '{%% try %%}a{%% finally %%}%.0s' {1..40})b$(printf '{%% end %%}%.0s' {1..40})" "t.html:1:921: $too_large"
	renders "{{ max($(printf '1,%.0s' {1..30001}) 2) }}" 2
}

@test "files and blocks that double with each level are not walked through for ever" {
	local i hint="files that include others twice or more, and those others too, add up" blocks="" ends=""
	local too_large="LimitError: the template is too large with all that it includes ($hint)"

	for i in {1..40}; do
		template "$i.html" "{% include $((i + 1)).html %}{% include $((i + 1)).html %}"
		blocks+="{% block b$i %}{% end %}{% block b$i %}" ends+="{% end %}"
	done
	template 41.html ""
	fails "{% include 1.html %}" "37.html:1:1: $too_large"
	fails "{% block a %}$blocks$ends{% end %}" "t.html:1:1400: $too_large"
	renders "{% include 30.html %}{{ 'read' }}" read
}

@test "what is replaced takes the room that the result needs, and no more" {
	renders '{{ len(("a" * 1000000).replace("b", "x" * 1000)) }} {{ len(("a" * 1000000).replace("a", "x" * 1000, 1)) }}' \
		'1000000 1000999'
	renders '{{ "aéa".replace("", "-") }} {{ "aéa".replace("", "-", 2) }} {{ "aéa".replace("a", "bb", 0) }} {{ "".replace("", "x", -1) }}' \
		'-a-é-a- -a-éa aéa x'
	fails '{{ ("a" * 1000000).replace("a", "x" * 1000) }}' \
		't.html:1:5: LimitError: the template needs more than 256 MiB of memory'
}

@test "braces within braces are read once each, however many there are" {
	local open close
	open=$(printf '{ %.0s' {1..100}) close=$(printf ' }%.0s' {1..100})
	renders "{% set depth = lambda: $open 1 $close %}{{ 'read' }}" read
	renders "{% set depth = lambda: $open 1: 2 $close %}{{ 'read' }}" read
	fails '{{ {*[1]: 2} }}' 't.html:1:9: SyntaxError: invalid syntax'
}

@test "a bracket that is wrong is told before the rest, as Python tells it" {
	local before

	for before in "\$x" "'\\N{BULLET}'" "'\\x1'" "f'{'" "b'é'" '2j' '99999999999999999999' "\`a\`"; do
		fails "{{ $before ) }}" "t.html:1:$((5 + ${#before})): SyntaxError: unmatched ')'"
	done
	for before in "'\\N{BULLET}'" "f'x'" "b'x'" '2j' '99999999999999999999'; do
		fails "{{ $before ( }}" "t.html:1:$((5 + ${#before})): SyntaxError: '(' was never closed"
	done
	fails "{{ '\\x1' ( }}" \
		"t.html:1:5: SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes: truncated escape"
	fails "{{ \$ 'abc }}" "t.html:1:6: SyntaxError: unterminated string literal (detected at line 1)"
}

@test "an escape that templates have not is told at its place, with another way" {
	fails "{{ 'a \\N{BULLET} b' }}" \
		't.html:1:7: SyntaxError: \N{...} escapes are not supported in templates (write the character itself, or its number as \uXXXX)'
	renders "{{ r'\\N{BULLET}' }}" '\N{BULLET}'
}

@test "a name that Tornado's own code stands on is not assigned" {
	local no_name="belongs to Tornado's own code (choose another name)"

	fails "a{% set x, *_tt_append = [1, 2] %}" "t.html:1:13: SyntaxError: '_tt_append' $no_name"
	fails "{% for _tt_buffer in [1] %}{% end %}" "t.html:1:8: SyntaxError: '_tt_buffer' $no_name"
	fails "{% try %}{% except KeyError as _tt_utf8 %}{% end %}" "t.html:1:32: SyntaxError: '_tt_utf8' $no_name"
	renders "{% set _tt_tmp = 1 %}{{ _tt_tmp }}{{ [_tt_append for _tt_append in [2]] }}" "1[2]"
}

@test "integers have 64 bits, and say so" {
	renders "{{ -9223372036854775808 }} {{ 9223372036854775807 }}" "-9223372036854775808 9223372036854775807"
	fails "{{ 2 ** 63 }}" "t.html:1:4: OverflowError: the result does not fit into 64 bits"
	fails "{{ 9223372036854775808 }}" \
		"t.html:1:4: OverflowError: an integer of a template has 64 bits: this one is too large"
}

@test "what a template is given stays as it was" {
	template page.txt "{% for x in [1, 2] %}{% set l.append(x) %}{{ l }}{% end %}{{ d }}"
	echo '{"l": [], "d": {"l": []}}' >data.json
	capture "$EDDY" render --data data.json page.txt
	assert_equal "$output" "[1][1, 2]{&#39;l&#39;: []}"
}

@test "a dictionary's key is an attribute, where no method has its name" {
	template page.txt "{{ d.name }} {{ d.items() is not None }} {% try %}{{ d.nmae }}{% except AttributeError as e %}{% raw e %}{% end %}"
	echo '{"d": {"name": "n", "items": 1}}' >data.json
	capture "$EDDY" render --data data.json page.txt
	assert_equal "$output" "n True 'dict' object has no attribute 'nmae'"
}

@test "functions of apply and autoescape get text" {
	renders "{% apply squeeze %}a   b{% end %}" "a b"
	renders "{% set shout = lambda s: s.upper() + '!' %}{% apply shout %}a{{ 'b' }}{% end %}" "AB!"
	renders "{% autoescape url_escape %}{{ 'a b' }}" "a+b"
}

@test "exceptions are Python's, and finally always runs" {
	renders "{% try %}{% try %}{{ {}['k'] }}{% finally %}f{% end %}{% except KeyError as e %}{% raw e %}{% end %}" "f'k'"
	renders "{% for i in range(3) %}{% try %}{% if i == 1 %}{% continue %}{% end %}{{ i }}{% finally %}.{% end %}{% end %}" "0..2."
	renders "{% for i in range(9) %}{% try %}{% break %}{% finally %}f{% end %}{% else %}e{% end %}" "f"
	renders "{% try %}a{% except %}b{% else %}c{% finally %}d{% end %}" "acd"
	renders "{% try %}{{ [].a }}{% except AttributeError as e %}{{ e.name }}{{ e.obj }}{% end %}{% try %}{% set [].b = 1 %}{% except AttributeError as e %}{{ e.name }}{{ e.obj }}{% end %}" "a[]NoneNone"
}

@test "lambdas see names as they are when they are called" {
	renders "{% set n = 1 %}{% set f = lambda x, y=n: x + y + n %}{% set n = 10 %}{{ f(1) }} {{ f(1, y=5) }}" "12 16"
	renders "{{ sorted([3, 1, 2], key=lambda n: -n) }} {{ list(map(lambda a, b: a * b, [1, 2], [3, 4])) }}" "[3, 2, 1] [3, 8]"
	renders "{% set g = (x * x for x in range(4)) %}{{ next(g) }}{{ list(g) }}" "0[1, 4, 9]"
	renders "{{ any(1 / x for x in [1, 0]) }}" "True"
}

@test "each stage of the compiler can be looked at" {
	template base.html "<{% block b %}{% end %}>"
	template page.html $'{% extends base.html %}{% block b %}\n{% set n = 1 %}{% for x in y %}{{ x + n }}{% end %}{% end %}'
	capture "$EDDY" render --dump=tokens page.html
	assert_equal "$output" "\
    1:1   DIRECTIVE   {% extends base.html %}
    1:24  DIRECTIVE   {% block b %}
    1:37  TEXT        '\n'
    2:1   DIRECTIVE   {% set n = 1 %}
    2:8     NAME      n
    2:10    OPERATOR  =
    2:12    NUMBER    1
    2:16  DIRECTIVE   {% for x in y %}
    2:23    NAME      x
    2:25    NAME      in
    2:28    NAME      y
    2:32  EXPRESSION  {{ x + n }}
    2:35    NAME      x
    2:37    OPERATOR  +
    2:39    NAME      n
    2:43  DIRECTIVE   {% end %}
    2:52  DIRECTIVE   {% end %}
    2:61  END"
	capture "$EDDY" render --dump ast page.html
	assert_equal "$output" "\
page.html: autoescape xhtml_escape, extends: only blocks count
    1 extends 'base.html'
    1 block 'b'
    1   text '\n'
    2   assign
            target
              name n
            value
              constant 1
    2   for
            target
              name x
            value
              name y
    2     echo
              value
                binary +
                  name x
                  name n"
	capture "$EDDY" render --dump code page.html
	assert_equal "$output" "\
template: 2 deep, locals n x
    0  TEXT           '<'
    1  TEXT           '\n'
    2  CONSTANT       1
    3  SET_LOCAL      n
    4  GLOBAL         y                     # page.html:2  y
    5  ITERATE                              # page.html:2  y
    6  NEXT           → 13
    7  SET_LOCAL      x                     # page.html:2  x
    8  LOCAL          x                     # page.html:2  x
    9  LOCAL          n                     # page.html:2  n
   10  BINARY         +                     # page.html:2  x + n
   11  ECHO           xhtml_escape          # page.html:2  x + n
   12  JUMP_BACK      → 6                   # page.html:2  y
   13  TEXT           '>'
   14  END"
}

@test "a module has a namespace of its own: the host's names and its arguments" {
	template _modules/Entry.html "[{{ args }} {{ title }} {{ request.path }}]"
	template part.html "{{ data }}"
	template t.txt "{% module Entry(1, title='T') %}{% module linkify('www.a.org') %}{% module xsrf_form_html() %}"
	capture "$EDDY" render --url /p t.txt
	assert_equal "$output" '[(1,) T /p]<a href="http://www.a.org">www.a.org</a>'
	template t.html $'\n{% set data = 1 %}{% module Template("part.html") %}'
	capture "$EDDY" render -D data=1 t.html
	assert_regex "$stderr" $'  t.html:2:29: module Template\("part.html"\)\n'
	assert_equal "${stderr##*$'\n'}" "part.html:1:4: NameError: name 'data' is not defined (a module knows its arguments, not the names around it)"
	fails "{% module Nope() %}" \
		"t.html:1:11: AttributeError: 'Nope' (a module is Template('…'), or a file _modules/Nope.html)"
	fails "{% module Template('../x.html') %}" \
		"t.html:1:11: FileNotFoundError: '../x.html' is outside of the template directory"
	fails "{% module Template('t.html') %}" "t.html:1:11: RecursionError: maximum recursion depth exceeded (--template-depth allows more than 300)"
}

@test "the resources of modules need their place in the page, and must be the same each time" {
	template m.html "{% set set_resources(css_files=[f]) %}"
	fails "<html>{% module Template('m.html', f='a') %}</html>" \
		"t.html:1:1: ValueError: subsection not found (set_resources needs a </head> in the page)"
	fails "{% module Template('m.html', f='a') %}{% module Template('m.html', f='b') %}" \
		"m.html:1:8: ValueError: set_resources called with different resources for the same template"
}

@test "a lambda and a generator work in the module that they are given to" {
	template m.txt "{{ f(2) }}{% for x in g %}{{ x }}{% end %}{{ nope }}"
	template t.txt "{% set n = 3 %}{% try %}{% module Template('m.txt', f=lambda x: x * n, g=(n + i for i in 'x' and [1, 2])) %}{% except NameError as e %}{{ e }}{% end %}!"
	capture "$EDDY" render t.txt
	assert_equal "$output" "name &#39;nope&#39; is not defined!"
	template m.txt "{{ f(2) }}{% for x in g %}{{ x }}{% end %}"
	capture "$EDDY" render t.txt
	assert_equal "$output" "645!"
}

@test "a template sees the request, its arguments, header fields and cookies" {
	template t.txt "{% autoescape None %}{{ request.method }} {{ request.uri }} {{ request.query }} {{ request.arguments }} {{ get_argument('a') }}{{ get_arguments('b') }}{{ get_query_argument('c', 'd') }} {{ request.full_url() }} {{ request.headers.get('X-None', 'none') }} {{ request.cookies }} {{ get_cookie('c', 0) }}
{{ request }}
{{ handler.current_user }} {{ current_user }} {{ handler.get_argument('a') }} {{ handler.request.path }}"
	capture "$EDDY" render --url '/p?a=1&a=%20x%01+&b=2' t.txt
	assert_equal "$stderr" ""
	assert_equal "$output" "GET /p?a=1&a=%20x%01+&b=2 a=1&a=%20x%01+&b=2 {'a': ['1', ' x\\x01 '], 'b': ['2']} x['2']d http://localhost/p?a=1&a=%20x%01+&b=2 none {} 0
HTTPServerRequest(protocol='http', host='localhost', method='GET', uri='/p?a=1&a=%20x%01+&b=2', version='HTTP/1.1', remote_ip='127.0.0.1')
None None x /p"
}

@test "a missing argument is named as Tornado names it" {
	fails "{{ get_argument('x') }}" "t.html:1:4: MissingArgumentError: HTTP 400: Bad Request (Missing argument x)"
}

@test "a page is reversed to its URL, and texts stand for themselves" {
	template about.html ""
	template sub/index.html ""
	renders "{{ reverse_url('about') }} {{ reverse_url('sub') }} {{ reverse_url('about.html') }} {{ _('a') }} {{ _('one', 'many', 2) }} {{ _('one', 'many', 1) }} {{ pgettext('c', 'b') }} {{ locale.code }}" "/about /sub/ /about a many one b en_US"
	fails "{{ reverse_url('no') }}" "t.html:1:4: KeyError: 'no not found in named urls'"
}

@test "the bounds of a render are options" {
	template t.html "{% set n = 0 %}{% while 1 %}{% set n += 1 %}{{ 'x' * 1000 }}{% end %}"
	bounded() {
		capture "$EDDY" render "$@" t.html
		assert_equal "$status" 1
		assert_equal "$output" ""
		stderr=${stderr##*: }
	}
	bounded --template-steps 1000
	assert_equal "$stderr" "more than 1000 steps (--template-steps allows more)"
	bounded --template-output 1
	assert_equal "$stderr" "the output is larger than 1 MiB (--template-output allows more)"
	template t.html "{% while 1 %}{% end %}"
	bounded --template-time 5 --template-steps 2000000000
	assert_equal "$stderr" "the template takes longer than 5 ms (--template-time allows more)"
	template t.html "{% set f = lambda n: n and f(n - 1) %}{{ f(20) }}"
	capture "$EDDY" render t.html
	assert_equal "$output" 0
	bounded --template-depth 10
	assert_equal "$stderr" "maximum recursion depth exceeded (--template-depth allows more than 10)"
}

@test "now() is a point in time, printed, taken apart and formatted as Python's datetime" {
	template t.txt "{% set n = now() %}{{ n }}|{{ n.isoformat() }}|{{ n.isoformat(' ') }}|{{ '%d-%02d-%02d %02d:%02d:%02d' % (n.year, n.month, n.day, n.hour, n.minute, n.second) }}|{{ n.strftime('%F %T.%f%%') }}|{{ '{:%F}'.format(n) }}|{{ n.isoweekday() - n.weekday() }}|{{ int(n.timestamp()) }}"
	before=$(date +%s)
	TZ=Asia/Tokyo capture "$EDDY" render t.txt
	assert_equal "$stderr" ""
	seconds=${output##*|}
	assert [ "$seconds" -ge "$before" ]
	local_time=$(TZ=Asia/Tokyo date -d "@$seconds" '+%F %T')
	assert_equal "$output" "$local_time|${local_time/ /T}|$local_time|$local_time|$local_time.000000%|${local_time% *}|1|$seconds"
	TZ=UTC renders "{{ strftime('%F %T', 86399) }} {{ strftime('%H', 1.5) }}" "1970-01-01 23:59:59 00"
	fails "{{ now().yaer }}" "t.html:1:4: AttributeError: 'datetime' object has no attribute 'yaer' (did you mean 'year'?)"
	fails "{{ strftime('%Y', 1e300) }}" "t.html:1:4: ValueError: the time is out of range"
}

#!/usr/bin/env bats
# What a broken template tells: the place, the excerpt with a caret, the way there, the values and the next
# step, alike as text, on a terminal, as JSON and as a page. Screenshots of the pages are in build/screenshots.

# shellcheck disable=SC2154 # capture sets stderr

load helper

setup_file() {
	start_browser
	mkdir -p "$BATS_TEST_DIRNAME/../build/screenshots"
}

teardown_file() {
	stop_browser
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p templates/_data
	echo '{"name": "My site", "pages": ["a", "b"]}' >templates/_data/site.json
	template base.html $'<html>\n{% block content %}{% end %}\n</html>'
}

teardown() {
	stop_eddy
}

# template NAME TEXT - writes templates/NAME
template() {
	mkdir -p "$(dirname "templates/$1")"
	printf '%s' "$2" >"templates/$1"
}

without_colours() {
	sed $'s/\e\\[[0-9;]*m//g'
}

# answer ACCEPT [CURL-ARGUMENT…] - what the server sends for /fault
answer() {
	curl -s -H "Accept: $1" "${@:2}" "$URL/fault"
}

# assert_page_has JQ-FILTER - the page shows each text that the filter finds in the fault as JSON
assert_page_has() {
	local shown=${page//<mark>/} text
	while read -r text; do
		[[ "${shown//<\/mark>/}" == *"$text"* ]] || fail "the page does not show: $text"
	done < <(jq -r ".error | $1" <<<"$json")
}

# assert_good_to_look_at NAME - the page, in light and dark, on a phone and a desktop
assert_good_to_look_at() {
	TMPDIR=$BATS_TEST_TMPDIR PICTURES=$TEST_DIR/../build/screenshots VIEW=fault NAME=fault-$1 \
		run node "$TEST_DIR/browser/look.mjs" "$URL" "$BATS_TEST_TMPDIR"
	assert_success
}

# assert_faces NAME REPORT - fault.html fails with this report, in every form; NAME is for its pictures
assert_faces() {
	local report=$2 json page last=${2##*$'\n'}
	capture "$EDDY" render fault.html
	assert_equal "$status" 1
	assert_equal "$output" ""
	assert_equal "$stderr" "$report"

	capture python3 "$TEST_DIR/tools/pty" "$EDDY" render fault.html
	assert_equal "$(without_colours <<<"$stderr")" "$report"
	assert_equal "${stderr##*$'\n'}" $'\e[1;31m'"$last"$'\e[0m'
	grep -qE $'\e\\[1;31m\\^+\e\\[0m$' <<<"$stderr" || fail "the caret has no colour"

	start_eddy .
	json=$(answer application/json)
	page=$(answer text/html | python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()))')
	assert_equal "$(answer text/plain)" "$report"
	assert_equal "$(jq -r .error.report <<<"$json")" "$report"
	assert_equal "$(jq -r '.error | "\(.file):\(.line):\(.column): \(.type): \(.message)\(.hint | if . == "" then "" else " (\(.))" end)"' \
		<<<"$json")" "$last"
	assert_page_has '.type, .message, .hint, "\(.file):\(.line):\(.column)", .source'
	assert_page_has '.frames[] | .what, "\(.file):\(.line):\(.column)", .source'
	assert_page_has '.values[] | .name, .text[:60]'
	[[ "$page" == *"<mark>$(jq -r .error.marked <<<"$json")</mark>"* ]] || fail "nothing is marked"
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/good")" 200
	assert_good_to_look_at "$1"
}

@test "a name misspelt three includes deep is told with every step to it" {
	template good.html ""
	template fault.html $'{% extends "base.html" %}\n{% block content %}\n{% include "parts/outer.html" %}\n{% end %}'
	template parts/outer.html $'<ul>\n{% for entry in site["pages"] %}{% include "middle.html" %}{% end %}\n</ul>'
	template parts/middle.html '{% include "/parts/inner.html" %}'
	template parts/inner.html $'<li>\n  {{ entry.upper() + entri }}\n</li>'
	assert_faces name "\
Traceback (most recent call last):
  fault.html:1:1: extends 'base.html'
  base.html:2:1: block 'content'
  fault.html:3:1: include 'parts/outer.html'
  parts/outer.html:2:33: include 'middle.html'
  parts/middle.html:1:1: include '/parts/inner.html'
    entry = 'a'
    2 |   {{ entry.upper() + entri }}
                             ^^^^^
parts/inner.html:2:22: NameError: name 'entri' is not defined (did you mean 'entry'?)"
}

@test "a block with a wrong name is told where it stands, and what the parent calls it" {
	template fault.html $'{% extends "base.html" %}\n{% block contents %}Lost{% end %}'
	capture "$EDDY" render fault.html
	assert_equal "$output" $'<html>\n\n</html>'
	assert_equal "$stderr" "templates/fault.html:2:1: Warning: block 'contents' is in no parent of this template, so it is not shown (did you mean 'content'?)"
	start_eddy .
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/fault")" 200
	run grep -c "Warning: block 'contents'" "$EDDY_LOG"
	assert_output 1
	curl -s -o /dev/null "$URL/fault"
	run grep -c "Warning: block 'contents'" "$EDDY_LOG"
	assert_output 1
}

@test "a missing end is told with the block that is open" {
	template good.html ""
	template fault.html $'<ul>\n{% for x in site.pages %}\n<li>{{ x }}</li>\n</ul>\n{% if 1 %}{% end %}\n'
	assert_faces end "\
Traceback (most recent call last):
  fault.html:2:1: for
    5 | {% if 1 %}{% end %}
                         ^^
fault.html:5:18: ParseError: Missing {% end %} block for for (the {% for %} of line 2 has none)"
}

@test "a division by zero within an apply is told with the apply and the divisor" {
	template good.html ""
	template fault.html $'{% set count = 0 %}\n{% apply squeeze %}\n  {{ 1 + 100 / count }}\n{% end %}'
	assert_faces division "\
Traceback (most recent call last):
  fault.html:2:1: apply squeeze
    count = 0
    3 |   {{ 1 + 100 / count }}
                 ^^^^^^^^^^^
fault.html:3:10: ZeroDivisionError: division by zero (A / B if B else 0 asks first)"
}

@test "a parent that is not there is told with the file that is" {
	template good.html ""
	template fault.html $'{% extends "bsae.html" %}\n{% block content %}x{% end %}'
	assert_faces parent "\
    1 | {% extends \"bsae.html\" %}
                    ^^^^^^^^^
fault.html:1:13: FileNotFoundError: [Errno 2] No such file or directory: 'bsae.html' (did you mean 'base.html'?)"
}

@test "a circle of includes is told once round" {
	template good.html ""
	template fault.html $'<p>\n{% include "parts/a.html" %}'
	template parts/a.html $'a\n\n{% include "b.html" %}'
	template parts/b.html $'{% include "a.html" %}'
	assert_faces circle "\
Traceback (most recent call last):
  fault.html:2:1: include 'parts/a.html'
  parts/a.html:3:1: include 'b.html'
    1 | {% include \"a.html\" %}
        ^^^^^^^^^^^^^^^^^^^^^^
parts/b.html:1:1: RecursionError: maximum recursion depth exceeded ('parts/a.html' leads to itself: one of these tags has to go)"
}

@test "a module with too few arguments is told with its call and what it got" {
	template good.html ""
	template _modules/Card.html '{% set title, body = args %}<b>{{ title }}</b>{{ body }}'
	template fault.html $'<main>\n{% module Card("only the title") %}\n</main>'
	assert_faces module "\
Traceback (most recent call last):
  fault.html:2:11: module Card(\"only the title\")
    args = ('only the title',)
    1 | {% set title, body = args %}<b>{{ title }}</b>{{ body }}
               ^^^^^^^^^^^
_modules/Card.html:1:8: ValueError: not enough values to unpack (expected 2, got 1) (there must be a value for each name)"
}

@test "an attribute that is not there is told with the value, and the one that is near" {
	template good.html ""
	template fault.html '<p>{{ site.name.uper() }}</p>'
	assert_faces attribute "\
    site = {'name': 'My site', 'pages': ['a', 'b']}
    1 | <p>{{ site.name.uper() }}</p>
              ^^^^^^^^^^^^^^
fault.html:1:7: AttributeError: 'str' object has no attribute 'uper' (did you mean 'upper'?)"
}

@test "a bad format is told with what was to be formatted" {
	template good.html ""
	template fault.html '{% for price in [1, 2.5] %}{{ "{:>8q}".format(price) }}{% end %}'
	assert_faces format "\
    price = 1
    1 | {% for price in [1, 2.5] %}{{ \"{:>8q}\".format(price) }}{% end %}
                                      ^^^^^^^^^^^^^^^^^^^^^^
fault.html:1:31: ValueError: Unknown format code 'q' for object of type 'int' (a number takes one of b c d e f g n o x %)"
}

@test "a loop without an end is told with the option that bounds it" {
	template good.html ""
	template fault.html $'{% set n = 0 %}\n{% while n >= 0 %}{% set n += 1 %}{% end %}'
	export EDDY_TEMPLATE_STEPS=1000
	assert_faces loop "\
    n = 1001
    2 | {% while n >= 0 %}{% set n += 1 %}{% end %}
                 ^^^^^^
fault.html:2:10: LimitError: the template does not come to an end: more than 1000 steps (--template-steps allows more)"
}

@test "a key that the data don't have is told with those they have" {
	template good.html ""
	template fault.html '{% for page in site["pgaes"] %}{{ page }}{% end %}'
	assert_faces key "\
    site = {'name': 'My site', 'pages': ['a', 'b']}
    1 | {% for page in site[\"pgaes\"] %}{{ page }}{% end %}
                       ^^^^^^^^^^^^^
fault.html:1:16: KeyError: 'pgaes' (did you mean 'pages'?)"
}

@test "a message of any length is told in few words" {
	template fault.html '{{ site["x" * 1000000] }}'
	capture "$EDDY" render fault.html
	assert_equal "${stderr##*$'\n'}" "fault.html:1:4: KeyError: '$(printf 'x%.0s' {1..1999})… (x.get(KEY, DEFAULT), where it may be missing)"
}

@test "a secret of the environment, of a header field or of a cookie is in none of the forms" {
	export EDDY_TEST_TOKEN=s3cr3t-environment
	template fault.html '{% set headers = request.headers %}{% set crumbs = request.cookies %}{% set c = get_cookie("sid") %}{{ headers + crumbs + c }}'
	start_eddy .
	for accept in text/plain application/json text/html; do
		run answer "$accept" -H 'Authorization: Bearer s3cr3t-bearer' -H 'Cookie: sid=s3cr3t-crumb'
		assert_output --partial "unsupported operand type"
		refute_output --partial s3cr3t
	done
	run cat "$EDDY_LOG"
	refute_output --partial s3cr3t
}

@test "a secret is in none of the forms, whatever the template makes of it" {
	echo '{"db": {"host": "example.org", "password": "s3cr3t-in-the-data"}, "deep": [[[[[[{"x": {"Api-Key": ["s3cr3t-key"]}}]]]]]]}' \
		>templates/_data/settings.json
	echo '"s3cr3t-by-name"' >templates/_data/access_token.json
	template _modules/Login.html '{{ 1 / 0 + args }}'
	template fault.html ""
	echo '"s3cr3t-given"' >given.json
	local target='/fault?password=s3cr3t-argument'
	EDDY_TEST_TOKEN=s3cr3t-environment start_eddy -v --data passphrase=given.json .
	while read -r text; do
		template fault.html "$text"
		for accept in text/plain application/json text/html; do
			run answer "$accept" -H 'Authorization: Bearer s3cr3t-bearer-of-some-length' -H 'X-Api-Key: s3cr3t-api-key' \
				-H 'Cookie: sid=s3cr3t-crumb-of-some-length; odd="s3cr3t\"\\\"odd"; short=s3c' -G -d password=s3cr3t-argument
			assert_output --partial Error
			[[ "${output//"$target"/}" != *s3c* ]] || fail "$accept of $text: $output"
		done
		run cat "$EDDY_LOG"
		[[ "${output//"$target"/}" != *s3c* ]] || fail "log of $text: $output"
	done <<'END'
{% set half = get_cookie("sid")[:12] %}{% set loud = get_cookie("sid") + "!" %}{{ 1 / 0 }}
{% set odd = get_cookie("odd") %}{{ odd + 1 }}
{{ int(get_cookie("odd")) }}
{% set small = get_cookie("short") %}{% set crumbs = [small] %}{{ int(small) }}
{{ settings[get_cookie("short")] }}
{{ int(request.headers["Authorization"]) }}
{% set fields = list(request.headers.items()) %}{{ 1 / 0 }}
{% set key = request.headers["X-Api-Key"] %}{{ int(key) }}
{% set given = get_argument("password") %}{{ int(given) }}
{{ request + 1 }}
{{ settings + 1 }}
{% for key, value in settings["db"].items() %}{{ 1 / (key != "password") }}{% end %}
{% set pairs = settings["db"].items() %}{{ 1 / 0 }}
{% set url = "db://me:%s@host" % settings["db"]["password"] %}{{ url + 1 }}
{{ int(settings["db"]["password"]) }}
{% set all = settings["deep"] %}{% set inner = all[0][0] %}{{ 1 / 0 }}
{% set key = settings["deep"][0][0][0][0][0][0]["x"]["Api-Key"] %}{{ 1 / 0 }}
{% set copy = access_token %}{{ copy / 2 }}
{% set copy = passphrase.upper().lower() %}{{ copy / 2 }}
{% module Login(passphrase, get_cookie("sid")) %}
END
}

@test "what is wrong in a data file is told without the secrets beside it" {
	printf '{"host": "here",\n"password": "s3cr3t-\\"1",\n"keys": {"api_key": ["s3cr3t-2", {"a": "s3cr3t-3"}], "port": 80},\n"token": "s3cr3t-4" 5}' \
		>templates/_data/settings.json
	template fault.html ""
	start_eddy .
	for accept in text/plain application/json text/html; do
		run answer "$accept"
		assert_output --partial _data/settings.json:4
		refute_output --partial s3cr3t
	done
	run jq -r '.error.excerpt[].text' <<<"$(answer application/json)"
	assert_output "\
{\"host\": \"here\",
\"password\": ************,
\"keys\": {\"api_key\": ************ ***** ************, \"port\": 80},
\"token\": ********** *}"
}

@test "every bound ends a render with its place and its way, and the server goes on" {
	bounded() {
		local steps=$1 depth=$2 output=$3 time=$4
		template inner.html "$5"
		template fault.html $'{% extends "base.html" %}\n{% block content %}{% include "inner.html" %}{% end %}'
		start_eddy --template-steps "$steps" --template-depth "$depth" --template-output "$output" \
			--template-time "$time" .
		run answer text/plain -w '%{http_code}'
		assert_line --index 0 "Traceback (most recent call last):"
		assert_line --index 1 "  fault.html:1:1: extends 'base.html'"
		assert_line --index 2 "  base.html:2:1: block 'content'"
		assert_line --index 3 "  fault.html:2:20: include 'inner.html'"
		assert_line --regexp "^inner.html:1:[0-9]+: $6\$"
		assert_line --index $((${#lines[@]} - 1)) 500
		assert_equal "$(curl -s "$URL/good")" fine
		stop_eddy
	}
	template good.html fine
	bounded 1000 300 64 10000 '{% while 1 %}{% end %}' \
		'LimitError: the template does not come to an end: more than 1000 steps \(--template-steps allows more\)'
	bounded 100000 50 64 10000 '{% set f = lambda n: f(n + 1) %}{{ f(0) }}' \
		'RecursionError: maximum recursion depth exceeded \(--template-depth allows more than 50\)'
	bounded 100000000 300 1 10000 '{% while 1 %}{{ "x" * 1000 }}{% end %}' \
		'LimitError: the output is larger than 1 MiB \(--template-output allows more\)'
	bounded 2000000000 300 64 20 '{% while 1 %}{% end %}' \
		'LimitError: the template takes longer than 20 ms \(--template-time allows more\)'
	bounded 2000000000 300 64 10000 '{% set l = ["x" * 1000000] * 1000 %}{{ ",".join(l) }}' \
		'LimitError: the template needs more than 256 MiB of memory'
}

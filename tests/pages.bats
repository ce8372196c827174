#!/usr/bin/env bats
# Pages of a site over HTTP: templates with their data, and what is seen when one fails.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir -p "$SITE/templates" "$SITE/static"
}

teardown() {
	stop_eddy
}

# page NAME TEXT - a template
page() {
	mkdir -p "$(dirname "$SITE/templates/$1")"
	printf '%s' "$2" >"$SITE/templates/$1"
}

# as_browser PATH [CURL-ARGUMENT…] - the body that a navigation gets
as_browser() {
	curl -s -H 'Accept: text/html' "${@:2}" "$URL$1"
}

@test "a page has the site's data, the request and versioned URLs" {
	mkdir "$SITE/templates/_data"
	echo '[{"label": "Home"}]' >"$SITE/templates/_data/nav.json"
	echo '{"title": "From a file"}' >"$BATS_TEST_TMPDIR/extra.json"
	echo 'body {}' >"$SITE/static/site.css"
	page index.html '{{ nav[0].label }}|{{ title }}|{{ request.method }} {{ request.path }}|{{ get_argument("q", "none") }}|{{ static_url("site.css") }}'
	start_eddy --data "$BATS_TEST_TMPDIR/extra.json" "$SITE"
	version=$(xxhsum -H2 "$SITE/static/site.css" | cut -c1-16)
	assert_equal "$(curl -s "$URL/?q=%20a+b%20")" "Home|From a file|GET /|a b|/static/site.css?v=$version"

	echo '[{"label": "Start"}]' >"$SITE/templates/_data/nav.json"
	assert_equal "$(curl -s "$URL/")" "Start|From a file|GET /|none|/static/site.css?v=$version"
}

@test "a page is revalidated by a strong ETag of what was rendered" {
	page index.html '{{ 6 * 7 }}'
	start_eddy "$SITE"
	etag=$(curl -s -o /dev/null -D - "$URL/" | tr -d '\r' | sed -n 's/^ETag: //p')
	assert_regex "$etag" '^"[0-9a-f]{32}"$'
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/")" 304
	page index.html '{{ 6 * 8 }}'
	assert_equal "$(curl -s -w ' %{http_code}' -H "If-None-Match: $etag" "$URL/")" "48 200"
}

@test "a fault is text for a terminal, a page for a browser and JSON for a program, with the same place" {
	page base.html $'<html><head></head><body>\n{% block main %}{% end %}</body></html>'
	page index.html $'{% extends "base.html" %}\n{% block main %}{% set total = 3 %}\n{{ totl }}{% end %}'
	start_eddy "$SITE"
	run curl -s "$URL/"
	assert_output "Traceback (most recent call last):
  index.html:1:1: extends 'base.html'
  base.html:2:1: block 'main'
    total = 3
    3 | {{ totl }}{% end %}
           ^^^^
index.html:3:4: NameError: name 'totl' is not defined (did you mean 'total'?)"
	run as_browser / -w '%{http_code}'
	assert_output --partial "NameError"
	assert_output --partial "index.html:3:4"
	assert_output --partial "_eddy/client.js"
	assert_output --regexp '500$'
	run jq -r '[.status, .error.file, .error.line, .error.column, .error.type] | @csv' \
		<(curl -s -H 'Accept: application/json' "$URL/")
	assert_output '500,"index.html",3,4,"NameError"'
	run cat "$EDDY_LOG"
	assert_output --partial "index.html:3:4: NameError: name 'totl' is not defined"
}

# excerpts FILTER - the excerpts that FILTER picks of the fault of /, one a line: "3  text", ">4 text" at the fault
excerpts() {
	curl -s -H 'Accept: application/json' "$URL/" |
		jq -r "$1"' | .excerpt | map((if .fault then ">" else " " end) + "\(.number) \(.text)") | join("|")'
}

@test "a fault has the lines around it, and around each step that led there" {
	page nav.html $'one\ntwo\r\n{{ nothing }}\r\nfour\n'
	page index.html $'{# 1 #}\n{# 2 #}\n{# 3 #}\n{# 4 #}\n{# 5 #}\n{% include "nav.html" %}\n7\n8\n9\n10\n11'
	start_eddy "$SITE"
	assert_equal "$(excerpts .error)" " 1 one| 2 two|>3 {{ nothing }}| 4 four"
	assert_equal "$(excerpts '.error.frames[]')" \
		' 2 {# 2 #}| 3 {# 3 #}| 4 {# 4 #}| 5 {# 5 #}|>6 {% include "nav.html" %}| 7 7| 8 8| 9 9| 10 10'
	run curl -s "$URL/"
	refute_output --partial "four"
}

@test "a step that repeats is told once, with how often" {
	page _modules/Deep.html '{% module Deep() %}'
	page index.html $'\n{% module Deep() %}'
	start_eddy --template-depth 50 "$SITE"
	assert_equal "$(curl -s "$URL/" | head -n 4 | tail -n 3)" "  index.html:2:11: module Deep()
  _modules/Deep.html:1:11: module Deep()
  [Previous line repeated 48 more times]"
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/" | jq -c '[.error.frames[] | [.file, .repeats]]')" \
		'[["_modules/Deep.html",48],["index.html",0]]'
	run as_browser /
	assert_output --partial '<span class="dim">49 times</span>'
}

@test "a fault shows what the names held, long ones by their start and their length" {
	page index.html '{% set text = "abcd" * 1000 %}{% set list = [0] * 5000 %}{% set short = "x" %}{{ text + list + short }}'
	start_eddy "$SITE"
	start=$(printf 'abcd%.0s' {1..19})
	run curl -s "$URL/"
	assert_line "    text = '${start}abc… (4000 characters)"
	assert_line --regexp '^    list = \[0, 0, .*… \(5000 items\)$'
	assert_line "    short = 'x'"
	run jq -c '.error.values[] | [.name, (.text | length), .size]' <(curl -s -H 'Accept: application/json' "$URL/")
	assert_output '["text",2001,"4000 characters"]
["list",2001,"5000 items"]
["short",3,""]'
	run as_browser /
	assert_output --partial "<summary><span class=\"size\">4000 characters</span><code>&#39;${start}"
}

@test "a fault shows no secret: not what is called so, nor what the request confides" {
	mkdir "$SITE/templates/_data"
	echo '{"db": [{"DB_PASSWORD": "hunter2"}]}' >"$SITE/templates/_data/config.json"
	echo '"hunter2"' >"$SITE/templates/_data/api_token.json"
	page index.html '{% set sid = get_cookie("sid") %}{% set auth = request.headers["Authorization"] %}
{% set headers = request.headers %}{% set cookies = request.cookies %}{% set both = [sid, "x" * 1990 + auth] %}
{% set plain = "to be seen" %}
{{ (config, api_token, int(sid)) }}'
	start_eddy "$SITE"
	for face in text/plain application/json text/html; do
		run curl -s -H "Accept: $face" -b 'sid=s3cr3t-crumb; theme=abc' -u me:opensesame "$URL/"
		refute_output --partial s3cr3t
		refute_output --partial bWU6b3BlbnNlc2FtZQ
		refute_output --partial hunter2
		assert_output --partial "invalid literal for int() with base 10:"
		assert_output --partial "to be seen"
	done
	run cat "$EDDY_LOG"
	refute_output --partial s3cr3t
	assert_equal "$(curl -s -H 'Accept: application/json' -b sid=s3cr3t-crumb -u me:opensesame "$URL/" |
		jq -c '[.error.message] + [.error.values[] | select(.text == "(not shown)").name]')" \
		'["invalid literal for int() with base 10: '"'(not shown)'"'","sid","config","api_token","auth","headers","cookies","both"]'
}

@test "an excerpt shows what was compiled and failed, and follows the next edit" {
	page index.html $'above\n{{ nothing }}'
	start_eddy "$SITE"
	assert_equal "$(excerpts .error)" " 1 above|>2 {{ nothing }}"
	page index.html $'{{ nothing }}\nbelow'
	assert_equal "$(excerpts .error)" ">1 {{ nothing }}| 2 below"
}

@test "a fault in a line of any length has a short excerpt around it" {
	long=$(printf '%05000d' 0)
	page index.html "short
$long{{ nothing }}$long
$long
"
	start_eddy "$SITE"
	run curl -s -H 'Accept: application/json' "$URL/"
	assert_equal "$(jq -r '.error | [.column, (.before, .after, .excerpt[0].text | length), .marked] | @csv' <<<"$output")" \
		'5004,161,161,161,"nothing"'
	run as_browser /
	assert_output --partial "<mark>nothing</mark>"
}

@test "without debug, and to whoever was forwarded, a fault is a plain 500, and the place is in the log" {
	page index.html '{{ secret_name }}'
	start_eddy --no-debug "$SITE"
	assert_equal "$(curl -s "$URL/")" "500 Internal Server Error"
	run as_browser /
	refute_output --partial secret_name
	run cat "$EDDY_LOG"
	assert_output --partial "index.html:1:4: NameError"
	stop_eddy
	start_eddy "$SITE"
	assert_equal "$(curl -s -H 'X-Forwarded-For: 192.0.2.1' "$URL/")" "500 Internal Server Error"
}

@test "a missing argument is the client's fault" {
	page index.html '{{ get_argument("who") }}'
	start_eddy "$SITE"
	assert_equal "$(curl -s "$URL/")" "400 Bad Request: Missing argument who"
	assert_equal "$(curl -s "$URL/?who=me")" "me"
	run as_browser /
	assert_output --partial '<dd><code>index.html:1:4</code></dd>'
	run as_browser / -H 'X-Forwarded-For: 192.0.2.1'
	assert_output --partial "Missing argument who"
	refute_output --partial index.html
}

@test "an argument that is no UTF-8 is the client's fault" {
	page index.html '{{ get_argument("who") }}{{ handler.get_status() }}'
	start_eddy "$SITE"
	assert_equal "$(curl -s "$URL/?who=x%ff")" "400 Bad Request: Invalid unicode in who: b'x\xff'"
	assert_equal "$(curl -s "$URL/?who=%C3%A9")" "é200"
}

@test "a template sees every value of a header field" {
	page index.html '{{ request.headers["x-a"] }}|{{ request.headers.get_list("X-a") }}'
	start_eddy "$SITE"
	assert_equal "$(curl -s -H 'X-A: 1' -H 'x-a: 2, 3' "$URL/")" "1,2, 3|[&#39;1&#39;, &#39;2, 3&#39;]"
}

@test "a broken data file is a fault with its place in the file" {
	mkdir "$SITE/templates/_data"
	printf '{\n "a": 1,\n "b": oops\n}\n' >"$SITE/templates/_data/nav.json"
	page index.html 'x'
	start_eddy "$SITE"
	run curl -s "$URL/"
	assert_output --partial ' "b": oops'
	assert_output --partial "nav.json:3:"
	assert_equal "$(excerpts .error)" ' 1 {| 2  "a": 1,|>3  "b": oops| 4 }'
}

@test "a site's own error page is used, and gives way to the built-in one where it fails" {
	page index.html 'x'
	page _error.html '<p>Lost: {{ status }}</p>'
	start_eddy --no-livereload "$SITE"
	assert_equal "$(as_browser /nothing)" "<p>Lost: 404</p>"
	page _error.html '<p>Lost: {{ nonsense }}</p>'
	run as_browser /nothing -w '%{http_code}'
	assert_output --partial "Not Found"
	assert_output --regexp '404$'
	refute_output --partial "Lost:"
}

@test "check names the fault of each template, and none where there is none" {
	page index.html 'fine'
	start_eddy "$SITE"
	run "$EDDY" check "$SITE"
	assert_success
	page broken.html $'one\n{% if %}{% end %}'
	page sub/unclosed.html '{% for x in y %}'
	run "$EDDY" check "$SITE"
	assert_failure 1
	assert_line --partial "broken.html:2:"
	assert_line --partial "sub/unclosed.html:1:"
}

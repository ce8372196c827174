#!/usr/bin/env bats
# What the person at the terminal sees: the banner, the access log, changes and
# faults, and the end. Colours come on a terminal only.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell of its own; capture sets variables

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	site=$BATS_TEST_TMPDIR/site
	mkdir -p "$site"/{templates,static}
	echo '<p>{{ 1 + 2 }}</p>' >"$site/templates/index.html"
	echo 'p { margin: 0 }' >"$site/static/site.css"
}

teardown() {
	stop_eddy
}

esc=$'\e'

# start_in_terminal ARGUMENT… - as start_eddy, with standard error on a terminal; what that shows is in $EDDY_LOG
start_in_terminal() {
	launch python3 "$TEST_DIR/tools/pty" "$EDDY" serve --port 0 "$@"
}

log_has() {
	grep -E -- "$1" "$EDDY_LOG" >/dev/null
}

# request PATH CURL-ARGUMENT… - asks for it, and waits until the server is done with it
request() {
	curl -s -o /dev/null --path-as-is "${@:2}" "$URL$1"
}

# access_lines - what the access log has so far, each line without how long it took
access_lines() {
	grep -aE '^[^ ]*[1-5][0-9][0-9][^ ]* [A-Z]+ ' "$EDDY_LOG" | sed -E 's/ [0-9]+\.[0-9]{2}ms$//'
}

# assert_access LINE… - these, once the last request, for /end, is told of
assert_access() {
	request /end
	until_true 20 log_has '404.* GET /end '
	assert_equal "$(access_lines)" "$(printf '%s\n' "$@" "${end:-404 GET /end (127.0.0.1)}")"
}

@test "the access log has Tornado's form" {
	start_eddy -v "$site"
	request '/?a=b%20c'
	request '/static/site.css?v=x' -I
	until_true 20 log_has '^200 GET /\?a=b%20c \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms$'
	until_true 20 log_has '^200 HEAD /static/site\.css\?v=x \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms$'
}

@test "in debug the access log tells of pages and of what fails, not of what pages load" {
	echo '<p>plain' >"$site/static/a.html"
	start_eddy "$site"
	request /
	request /static/site.css
	request /static/site.css -H 'Sec-Fetch-Dest: style'
	request /static/site.css -H 'Sec-Fetch-Dest: document'
	request /static/a.html
	request /static -H 'Accept: text/html'
	request /static/
	request /static/none.png
	request / -X DELETE
	assert_access '200 GET / (127.0.0.1)' '200 GET /static/site.css (127.0.0.1)' \
		'200 GET /static/a.html (127.0.0.1)' '308 GET /static (127.0.0.1)' '200 GET /static/ (127.0.0.1)' \
		'404 GET /static/none.png (127.0.0.1)' '405 DELETE / (127.0.0.1)'
}

@test "without debug the access log tells only of what fails" {
	start_eddy --no-debug "$site"
	request /
	request /static/site.css
	assert_access
}

@test "--verbose tells of every request, --quiet of none, but of a fault of the server all the same" {
	echo '{{ nwo() }}' >"$site/templates/broken.html"
	start_eddy --no-debug -v "$site"
	request /
	request /static/site.css
	assert_access '200 GET / (127.0.0.1)' '200 GET /static/site.css (127.0.0.1)'
	stop_eddy
	start_eddy -q "$site"
	request /
	request /none
	request /broken
	until_true 20 log_has NameError
	stop_eddy
	run access_lines
	assert_output ""
}

@test "nothing that is asked for reaches the terminal as it is" {
	start_eddy "$site"
	python3 - "$PORT" <<-'END'
		import socket, sys
		for target in b"/\x1b[31mred", b"/\xc2\x9b31m", b"/a\\b", b"/\x7f":
		    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    peer.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		    while peer.recv(4096):
		        break
	END
	assert_access '400 GET /\x1b[31mred (127.0.0.1)' '404 GET /\xc2\x9b31m (127.0.0.1)' \
		'400 GET /a\x5cb (127.0.0.1)' '400 GET /\x7f (127.0.0.1)'
}

@test "on a terminal the access log has the colours of the levels, and none with NO_COLOR" {
	echo '{{ nwo() }}' >"$site/templates/broken.html"
	start_in_terminal "$site"
	request /
	request /broken
	request /none
	end="${esc}[33m404${esc}[0m GET /end (127.0.0.1)" assert_access "${esc}[32m200${esc}[0m GET / (127.0.0.1)" \
		"${esc}[31m500${esc}[0m GET /broken (127.0.0.1)" "${esc}[33m404${esc}[0m GET /none (127.0.0.1)"
	stop_eddy
	NO_COLOR=1 start_in_terminal "$site"
	request /broken
	assert_access '500 GET /broken (127.0.0.1)'
	run grep "$esc" "$EDDY_LOG"
	assert_failure
}

# browse - stands for a browser with one page open; returns once it is connected
browse() {
	exec {stream}< <(exec curl -sN "$URL/_eddy/events" 3>&-)
	read -r -t 20 -u "$stream" _
}

@test "a change is one line: what, for how many pages, how long it took" {
	start_eddy "$site"
	browse
	echo '<p>{{ 2 + 2 }}</p>' >"$site/templates/index.html"
	until_true 20 log_has '^changed  templates/index\.html → 1 page reloaded \([0-9]+\.[0-9] ms\)$'
	echo 'p { margin: 1px }' >"$site/static/site.css"
	until_true 20 log_has '^changed  static/site\.css → 1 page restyled \([0-9]+\.[0-9] ms\)$'
	echo new >"$site/static/dot.png"
	until_true 20 log_has '^changed  static/dot\.png → 1 page updated \([0-9]+\.[0-9] ms\)$'
}

@test "the names of many files that change at once are shortened" {
	start_eddy "$site"
	mkdir "$BATS_TEST_TMPDIR/new"
	for i in {10..29}; do
		echo "$i" >"$BATS_TEST_TMPDIR/new/a-page-with-a-name-$i.html"
	done
	mv "$BATS_TEST_TMPDIR/new" "$site/templates/new"
	until_true 20 log_has '^changed  templates/new/a-page-with-a-name-[0-9]+\.html … and 19 more → 0 pages reloaded \('
}

@test "a fault is told with excerpt and caret, and a last line that opens from where eddy was started" {
	start_eddy site
	printf '<p>\n{{ 1 + }}\n' >"$site/templates/index.html"
	until_true 20 log_has SyntaxError
	assert_equal "$(tail -n 3 "$EDDY_LOG")" "    2 | {{ 1 + }}
              ^
site/templates/index.html:2:7: SyntaxError: invalid syntax (a value is missing before the end of the tag)"
	assert_equal "$(curl -s "$URL/" | tail -n 1)" "index.html:2:7: SyntaxError: invalid syntax (a value is missing before the end of the tag)"
	echo '{{ 3 }}' >"$site/templates/index.html"
	until_true 20 log_has '^mended   templates/index\.html → 0 pages reloaded$'
}

@test "what mends nothing is a change, while a page that only rendering finds at fault is as it was" {
	echo '{% block main %}{% end %}' >"$site/templates/base.html"
	echo '{% extends "base.html" %}{% block main %}{{ titel }}{% end %}' >"$site/templates/blog.html"
	echo '{% include "_part.html" %}' >"$site/templates/other.html"
	echo '{{ 1 / 0 }}' >"$site/templates/_part.html"
	start_eddy "$site"
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/blog")" 500
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/other")" 500
	echo ' ' >>"$site/templates/base.html"
	until_true 20 log_has '^changed  templates/base\.html → '
	echo ' ' >"$site/templates/new.html"
	until_true 20 log_has '^changed  templates/new\.html → '
	echo '{% extends "base.html" %}{% block main %}{{ 1 }}{% end %}' >"$site/templates/blog.html"
	until_true 20 log_has '^mended   templates/blog\.html → 0 pages reloaded$'
	echo '{{ 1 }}' >"$site/templates/_part.html"
	until_true 20 log_has '^mended   templates/_part\.html → 0 pages reloaded$'
	echo '{{ 2 }}' >"$site/templates/_part.html"
	until_true 20 log_has '^changed  templates/_part\.html → 0 pages reloaded '
}

@test "a fault that a request finds is told by paths too, those of the way to it included" {
	echo "{% include '_part.html' %}" >"$site/templates/index.html"
	echo '{{ 1 / 0 }}' >"$site/templates/_part.html"
	start_eddy "$site"
	request /
	until_true 20 log_has '^500 GET / '
	assert_equal "$(tail -n 6 "$EDDY_LOG" | head -n 5)" "Traceback (most recent call last):
  site/templates/index.html:1:1: include '_part.html'
    1 | {{ 1 / 0 }}
           ^^^^^
site/templates/_part.html:1:4: ZeroDivisionError: division by zero (A / B if B else 0 asks first)"
	assert_equal "$(curl -s "$URL/" | tail -n 1)" "_part.html:1:4: ZeroDivisionError: division by zero (A / B if B else 0 asks first)"
}

@test "check and render tell faults by paths that open from where they are run" {
	echo '{{ 1 + }}' >"$site/templates/index.html"
	cd "$site/static"
	capture "$EDDY" check "$site"
	assert_regex "$stderr" $'\n'"$site/templates/index.html:1:7: SyntaxError"
	capture "$EDDY" render "../templates/index.html"
	assert_regex "$stderr" $'\n'"$site/templates/index.html:1:7: SyntaxError"
	cd "$site"
	capture "$EDDY" check
	assert_regex "$stderr" $'\n''templates/index.html:1:7: SyntaxError'
	capture "$EDDY" render templates/index.html
	assert_regex "$stderr" $'\n''templates/index.html:1:7: SyntaxError'
}

@test "the caret stands below the fault, whatever comes before it in the line" {
	printf 'é\t\x1b[0m{{ nwo() }}' >"$site/templates/index.html"
	capture "$EDDY" render -C "$site" index.html
	assert_equal "$stderr" '    1 | é \x1b[0m{{ nwo() }}
                    ^^^
'"index.html:1:10: NameError: name 'nwo' is not defined (did you mean 'now'?)"
	printf '日本e\xcc\x81 😀{{ "字" + nwo }}' >"$site/templates/index.html"
	capture "$EDDY" render -C "$site" index.html
	assert_equal "$(sed -n 2p <<<"$stderr")" "                          ^^^"
}

@test "a fault has colours on a terminal only" {
	start_in_terminal "$site"
	echo '{{ 1 + }}' >"$site/templates/index.html"
	until_true 20 log_has SyntaxError
	run tail -n 2 "$EDDY_LOG"
	assert_output "              ${esc}[1;31m^${esc}[0m
${esc}[1;31msite/templates/index.html:1:7: SyntaxError: invalid syntax (a value is missing before the end of the tag)${esc}[0m"
	echo '{{ 1 }}' >"$site/templates/index.html"
	until_true 20 log_has '→'
	run tail -n 1 "$EDDY_LOG"
	assert_output "${esc}[32mmended ${esc}[0m  templates/index.html → 0 pages reloaded"
	stop_eddy
	NO_COLOR=1 start_in_terminal "$site"
	echo '{{ 1 + }}' >"$site/templates/index.html"
	until_true 20 log_has SyntaxError
	run grep "$esc" "$EDDY_LOG"
	assert_failure
}

# download BYTES - a file of the site that takes long to come, from a client of its own: $download
download() {
	mkdir -p "$site/static"
	truncate -s "$1" "$site/static/big.bin"
	curl -s --limit-rate 8M -o "$BATS_TEST_TMPDIR/part" "$URL/static/big.bin" 3>&- &
	download=$!
	until_true 20 test -s "$BATS_TEST_TMPDIR/part"
}

@test "the banner says what is served where, and why that way" {
	start_eddy site
	assert_equal "$(sed "s/$PORT/PORT/; s/$EDDY_PID/PID/" "$EDDY_LOG")" "eddy 0.1  site  app layout: templates/ + static/
  http://localhost:PORT/     debug: autoreload livereload traceback · 1 worker · pid PID
  Ctrl-C stops · eddy --help"
	stop_eddy
	start_eddy --layout plain --no-debug --workers 2 site
	assert_equal "$(sed "s/$PORT/PORT/; s/$EDDY_PID/PID/" "$EDDY_LOG")" "eddy 0.1  site  plain layout, as asked for
  http://localhost:PORT/     debug off · 2 workers · pid PID
  Ctrl-C stops · eddy --help"
	stop_eddy
	start_eddy -a 127.0.0.1 site/static
	assert_equal "$(sed -n '1,2s/ *debug:.*//p; 1p' "$EDDY_LOG")" "eddy 0.1  site/static  plain layout: no templates/ here
  http://127.0.0.1:$PORT/"
}

@test "the banner says who can reach other addresses than loopback" {
	start_eddy -a '*' site
	assert_equal "$(sed -n '2s/ *debug.*//p' "$EDDY_LOG")" "  http://localhost:$PORT/"
	assert log_has '^  open to the network, but answers only as localhost: --allow-host [^ ]+ lets others in$'
	stop_eddy
	start_eddy -a '*' --allow-host box.test --allow-host 192.0.2.9 site
	assert log_has '^  open to whoever reaches this machine as box\.test 192\.0\.2\.9$'
	stop_eddy
	start_eddy -a 127.0.0.2 site
	refute log_has 'open to'
}

@test "a stop that waits for nobody is one word" {
	start_eddy "$site"
	request /
	stop_eddy
	assert_equal "$(tail -n 1 "$EDDY_LOG")" "stopped"
}

@test "a stop waits for what is under way, and says what became of it" {
	start_eddy --workers 2 "$site"
	download 16M
	kill -TERM "$EDDY_PID"
	wait "$download"
	wait_gone "$EDDY_PID" 20
	assert_equal "$(tail -n 1 "$EDDY_LOG")" "stopped, 1 request finished"
	refute log_has '^cut '
}

@test "signals that come in one burst, as timeout(1) sends them, are one" {
	start_eddy "$site"
	download 16M
	kill -TERM "$EDDY_PID"
	kill -INT "$EDDY_PID" # not TERM, of which the kernel would keep but one
	wait "$download"
	wait_gone "$EDDY_PID" 20
	assert_equal "$(tail -n 1 "$EDDY_LOG")" "stopped, 1 request finished"
}

@test "a stop that takes long says so, and what --grace has cut" {
	start_eddy --grace 1 "$site"
	download 100M
	kill -TERM "$EDDY_PID"
	wait_gone "$EDDY_PID" 20
	assert_equal "$(tail -n 3 "$EDDY_LOG")" "stopping: requests under way get up to 1 s · Ctrl-C again leaves at once
cut 1 request that took longer than 1 s
stopped, 1 cut"
}

# shellcheck disable=SC2016 # the substitution is the shell's
@test "in a terminal that stops what writes in the background, eddy serves and tells as in any other" {
	launch python3 "$TEST_DIR/tools/pty" sh -c 'stty tostop; exec "$@"' sh "$EDDY" serve --port 0 -v "$site"
	for count in 1 2 3; do
		request "/missing-$count" --max-time 20
		until_true 20 log_has "404.* GET /missing-$count "
	done
	echo '<p>{{ 1 + 3 }}</p>' >"$site/templates/index.html"
	until_true 20 log_has 'changed.*index\.html'
}

@test "Ctrl-C stops, and a second one leaves at once" {
	start_in_terminal --grace 600 "$site"
	download 100M
	kill -INT "$EDDY_PID"
	until_true 20 log_has '^.?stopping: '
	kill -INT "$EDDY_PID"
	status=0
	wait "$EDDY_PID" || status=$?
	EDDY_PID=
	assert_equal "$status" 130
	assert_equal "$(tail -n 1 "$EDDY_LOG")" $'\r'"stopped at once"
	assert_nothing_left
}

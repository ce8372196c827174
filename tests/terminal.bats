#!/usr/bin/env bats
# What the person at the terminal sees: the banner, the access log, changes and
# faults, and the end. Colours come on a terminal only.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

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
	until_true 5 log_has '404.* GET /end '
	assert_equal "$(access_lines)" "$(printf '%s\n' "$@" "${end:-404 GET /end (127.0.0.1)}")"
}

@test "the access log has Tornado's form" {
	start_eddy -v "$site"
	request '/?a=b%20c'
	request '/static/site.css?v=x' -I
	until_true 5 log_has '^200 GET /\?a=b%20c \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms$'
	until_true 5 log_has '^200 HEAD /static/site\.css\?v=x \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms$'
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
	until_true 5 log_has NameError
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

#!/usr/bin/env bats
# What becomes of connections when the server leaves, and when its workers are replaced.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	site=$BATS_TEST_TMPDIR/site
	mkdir "$site"
	echo "<p>root</p>" >"$site/index.html"
	start_eddy --layout plain "$site"
}

teardown() {
	[ -z "${CONNECTION:-}" ] || exec {CONNECTION}>&-
	stop_eddy
}

# connect - opens a connection; ask - sends a request on it, whose answer's head is then in HEAD
connect() {
	exec {CONNECTION}<>"/dev/tcp/127.0.0.1/$PORT"
}

ask() {
	local line length=0
	HEAD=
	printf 'GET / HTTP/1.1\r\nHost: localhost:%s\r\n\r\n' "$PORT" >&"$CONNECTION"
	while read -r -t 20 -u "$CONNECTION" line && line=${line%$'\r'} && [ -n "$line" ]; do
		HEAD+=$line$'\n'
		[[ $line != Content-Length:* ]] || length=${line#*: }
	done
	[ "$length" = 0 ] || head -c "$length" <&"$CONNECTION" >/dev/null
}

# is_ended - the other side has closed the connection, and sent nothing more
is_ended() {
	local rest
	! IFS= read -r -t 20 -N 1 -u "$CONNECTION" rest && [ -z "$rest" ]
}

@test "an idle connection is closed at once when the server is told to leave" {
	connect
	ask
	assert_regex "$HEAD" '^HTTP/1.1 200 OK'
	refute_regex "$HEAD" 'Connection: close'
	kill -TERM "$EDDY_PID"
	is_ended
	wait_gone "$EDDY_PID" 20
}

# restart - HUP, until it is through
restarts=0
restart() {
	kill -HUP "$EDDY_PID"
	until_true 20 restarts_are $((++restarts))
}

restarts_are() {
	[ "$(grep -c '^restart ' "$EDDY_LOG")" = "$1" ]
}

@test "on a restart a kept-alive connection gets its last answer, which says that it is the last" {
	# A machine that is busy may take longer than an idle connection is given.
	for _ in 1 2 3 4 5; do
		connect
		ask
		refute_regex "$HEAD" 'Connection: close'
		restart
		ask
		[ -z "$HEAD" ] || break
		exec {CONNECTION}>&-
	done
	assert_regex "$HEAD" '^HTTP/1.1 200 OK'
	assert_regex "$HEAD" 'Connection: close'
	is_ended
}

@test "on a restart a connection that stays idle is closed, and the old worker leaves" {
	old=$(worker_pids)
	connect
	ask
	restart
	is_ended
	wait_gone "$old" 20
}

@test "reload streams end when the server leaves, and when their worker is replaced" {
	for signal in HUP TERM; do
		curl -sN "$URL/_eddy/events" >"$BATS_TEST_TMPDIR/$signal" 3>&- &
		stream=$!
		until_true 20 grep -q '^retry' "$BATS_TEST_TMPDIR/$signal"
		kill -s $signal "$EDDY_PID"
		wait "$stream"
	done
	wait_gone "$EDDY_PID" 20
}

@test "a change of what --watch names restarts the workers" {
	stop_eddy
	echo 1 >"$BATS_TEST_TMPDIR/source"
	start_eddy --watch "$BATS_TEST_TMPDIR/source" "$site"
	old=$(worker_pids)
	echo 2 >"$BATS_TEST_TMPDIR/source"
	until_true 20 all_workers_are_new "$old"
	until_true 20 grep -qE '^changed  .*source → checked, restarted in ' "$EDDY_LOG"
}

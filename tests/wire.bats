#!/usr/bin/env bats
# What any HTTP/1.1 server owes to whoever connects to it: rows of bytes and
# their answers, which http/score runs against nginx and lighttpd too. After
# every row another client is answered, and by the same worker at the end.

load helper

setup() {
	python3 "$TEST_DIR/http/wire_site.py" "$BATS_TEST_TMPDIR/site"
	start_eddy --layout plain "$BATS_TEST_TMPDIR/site"
	workers=$(worker_pids)
}

teardown() {
	stop_eddy
}

# rows FILE TABLE… - all of them come back right, and the worker is the same
rows() {
	local table
	for table in "${@:2}"; do
		raw_rows "$1" --table "$table"
	done
	assert [ -n "$workers" ]
	assert_equal "$(worker_pids)" "$workers"
}

@test "a request line is taken apart strictly: its words, its version, its method, its target" {
	rows wire_line.py LINES NO_LINES VERSIONS METHODS TARGETS
}

@test "fields are taken apart strictly, and what they say that nobody asked for does no harm" {
	rows wire_fields.py NAMES VALUES HOSTS ANY SIZES
}

@test "where a request ends is never in doubt, and no body is answered as a request" {
	rows wire_body.py LENGTHS CODINGS CHUNKS BODIES
}

@test "no target leads out of the site or to what is hidden, and no redirect to another host" {
	rows wire_targets.py FOUND ABSENT OUT REDIRECTS
}

@test "ranges are answered byte by byte as they were asked for" {
	rows wire_ranges.py SINGLE BOUNDED SEVERAL
}

@test "preconditions are evaluated as RFC 9110 orders them, whatever garbage they are" {
	rows wire_conditions.py NONE_MATCH SINCE LATER_DATES MATCH
}

@test "every answer says what it owes, HEAD and HTTP/1.0 get theirs, and odd requests do no harm" {
	rows wire_answers.py ANSWERS HEADLESS OLD ODD
}

@test "connections last as long as they should, and foreign or rude clients harm nobody" {
	rows wire_connection.py PERSISTENT FOREIGN LEAVING
}

@test "requests with random faults in them are answered or refused in time, and spill nothing" {
	run python3 "$TEST_DIR/http/mutate.py" "$PORT" 1000 eddy
	assert_success
	assert_output '1000 connections, 0 wrong'
	assert_equal "$(worker_pids)" "$workers"
	assert_equal "$(curl -s "$URL/")" "<p>root</p>"
}

#!/usr/bin/env bats
# Heads on which two parties of one connection could disagree: each is
# refused with 400, the connection ends, and what follows is never answered.

load helper

setup() {
	mkdir "$BATS_TEST_TMPDIR/site"
	echo "<p>root</p>" >"$BATS_TEST_TMPDIR/site/index.html"
	start_eddy --layout plain "$BATS_TEST_TMPDIR/site"
	workers=$(worker_pids)
}

teardown() {
	stop_eddy
}

still_answers() {
	run curl -s "$URL/"
	assert_output "<p>root</p>"
	assert_equal "$(worker_pids)" "$workers"
	assert [ -n "$workers" ]
}

@test "bad heads are refused when they arrive whole" {
	raw_rows bad_heads.py --how whole
	still_answers
}

@test "bad heads are refused when they arrive byte by byte" {
	raw_rows bad_heads.py --how bytes
	still_answers
}

@test "bad heads are refused behind 50 good requests, which are all answered" {
	raw_rows bad_heads.py --how behind
	still_answers
}

@test "a target or a head that is too long is refused with the status that says so" {
	raw_rows limit_rows.py
	still_answers
}

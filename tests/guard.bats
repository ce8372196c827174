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

@test "a libmicrohttpd of another version guards by its own strictness, and --version says so" {
	echo 'const char *MHD_get_version(void); const char *MHD_get_version(void) { return "1.2.3"; }' >"$BATS_TEST_TMPDIR/other.c"
	"${CC:-cc}" -shared -fPIC -o "$BATS_TEST_TMPDIR/other.so" "$BATS_TEST_TMPDIR/other.c"
	stop_eddy
	export LD_PRELOAD=$BATS_TEST_TMPDIR/other.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
	run "$EDDY" --version
	assert_line "libmicrohttpd 1.2.3, whose own guard is used"
	start_eddy --layout plain "$BATS_TEST_TMPDIR/site"
	unset LD_PRELOAD
	workers=$(worker_pids)
	for field in 'Content-Length: x' 'Content-Length: 0, 0' 'Transfer-Encoding: identity' 'X(: y'; do
		run curl -s -o /dev/null -w '%{http_code}' -H "$field" "$URL/"
		assert_output 400
	done
	still_answers
}

#!/usr/bin/env bats
# What the fuzzers of templates begin with, and what they once found: each input renders or fails, and nothing breaks.
# Linked with the objects of the build under test ($CC, $CFLAGS and $SANITIZE are that build's).

load helper

# replay NAME - runs a fuzzer over the seeds and its finds
replay() {
	link_layers "$BATS_TEST_TMPDIR/replay" tests/fuzz/replay.c "tests/fuzz/$1.c"
	"$BATS_TEST_DIRNAME/tools/fuzz-seeds" "$BATS_TEST_TMPDIR/seeds"
	find "$BATS_TEST_TMPDIR/seeds" "$BATS_TEST_DIRNAME/fuzz/regression/$1" -type f -print0 |
		xargs -0 "$BATS_TEST_TMPDIR/replay" 2>"$BATS_TEST_TMPDIR/log" || {
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		return 1
	}
}

@test "every template known and every find of the fuzzer compiles or says why not" {
	replay compile
}

@test "every template known and every find of the fuzzer renders within its limits" {
	replay render
}

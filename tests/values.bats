#!/usr/bin/env bats
# Templates and the values in them against Tornado itself: many in one process, by tests/templates/render-cases.c, which
# is linked with the objects of the build under test ($CC, $CFLAGS and $SANITIZE are that build's).

load helper

setup_file() {
	export RENDER_CASES="$BATS_FILE_TMPDIR/render-cases"
	link_layers "$RENDER_CASES" tests/templates/render-cases.c
}

@test "random templates render as Tornado renders them, or fail with its words" {
	run "$BATS_TEST_DIRNAME/templates/differential" --seed 2 --count 1000
	assert_success
	assert_line --regexp "^1000 templates, 0 differ"
}

@test "every listed expression has the value or the fault that Python gives it" {
	run "$BATS_TEST_DIRNAME/templates/differential" --expressions "$BATS_TEST_DIRNAME/templates/expressions.txt"
	assert_success
	assert_line --regexp "templates, 0 differ"
}

@test "templates that were once rendered otherwise than by Tornado, and their like, are not any more" {
	run "$BATS_TEST_DIRNAME/templates/differential" --cases "$BATS_TEST_DIRNAME/templates/kept.jsonl"
	assert_success
	assert_line --regexp "templates, 0 differ"
}

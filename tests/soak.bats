#!/usr/bin/env bats
# What the watcher knows after many changes made at random is what is on disk. Longer:
# `tests/tools/soak build/eddy`, with --seed, --busy, --overflow, and --poll behind the program.

load helper

soak() {
	TMPDIR=$BATS_TEST_TMPDIR run timeout 300 "$TEST_DIR/tools/soak" "$@"
	assert_success
	refute_output --partial "Failed"
}

@test "after random changes the watcher knows every file as it is, and has looked again at nothing" {
	soak --operations 2000 --seed 11 "$EDDY"
	assert_line "rescans 0"
}

@test "it does so where it looks late, as on a busy machine" {
	soak --operations 2000 --seed 2 --busy "$EDDY"
	assert_line "rescans 0"
}

@test "it does so where no events come" {
	soak --operations 1500 --seed 12 "$EDDY" --poll=10
}

@test "it does so after the kernel has dropped events, and has looked at everything again" {
	soak --operations 1000 --seed 13 --overflow "$EDDY"
	assert_line --regexp "^rescans [1-9]"
}

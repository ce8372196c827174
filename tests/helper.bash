# Loaded by every test file: bats' libraries, and $EDDY, the program under test.

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file

EDDY=${EDDY:-$BATS_TEST_DIRNAME/../build/eddy}

# Settings of the person who runs the tests must not reach the program.
for variable in ${!EDDY_@}; do
	unset "$variable"
done
unset variable NO_COLOR

# capture COMMAND… - as `run --separate-stderr`, but keeps the blanks at the start of $output and $stderr
# shellcheck disable=SC2034 # the variables are for the tests and for bats-assert
capture() {
	status=0
	output=$("$@" 2>"$BATS_TEST_TMPDIR/.stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/.stderr")
	mapfile -t lines <<<"$output"
}

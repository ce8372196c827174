#!/usr/bin/env bats
# Templates and the values in them against Tornado itself: many in one process, by tests/templates/render-cases.c, which
# is linked with the objects of the build under test ($CC, $CFLAGS and $SANITIZE are that build's).

load helper

setup_file() {
	local build objects=() source
	build=$(cd "$(dirname "${EDDY:-$BATS_TEST_DIRNAME/../build/eddy}")" && pwd)
	cd "$BATS_TEST_DIRNAME/.." || return 1
	for source in src/{base,os,text,tmpl}/*.c; do
		[ ! -e "$build/${source%.c}.o" ] || objects+=("$build/${source%.c}.o")
	done
	ar rcs "$BATS_FILE_TMPDIR/layers.a" "${objects[@]}"
	export RENDER_CASES="$BATS_FILE_TMPDIR/render-cases"
	# shellcheck disable=SC2086 # flags are words
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Isrc -Wall -Wextra -Werror ${CFLAGS:-} ${SANITIZE:-} -o "$RENDER_CASES" \
		tests/templates/render-cases.c "$BATS_FILE_TMPDIR/layers.a" -ljansson -lm -pthread
}

@test "random templates render as Tornado renders them, or fail with its words" {
	run "$BATS_TEST_DIRNAME/templates/differential" --seed 1 --count 500
	assert_success
	assert_line --regexp "^500 templates, 0 differ"
}

@test "every listed expression has the value or the fault that Python gives it" {
	run "$BATS_TEST_DIRNAME/templates/differential" --expressions "$BATS_TEST_DIRNAME/templates/expressions.txt"
	assert_success
	assert_line --regexp "templates, 0 differ"
}

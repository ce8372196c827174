#!/usr/bin/env bats
# The text layer: the tables of tests/unit/text.c, linked with the objects of
# the build under test ($CC, $CFLAGS and $SANITIZE are that build's).

load helper

setup_file() {
	local build
	build=$(cd "$(dirname "${EDDY:-$BATS_TEST_DIRNAME/../build/eddy}")" && pwd)
	cd "$BATS_TEST_DIRNAME/.." || return 1
	ar rcs "$BATS_FILE_TMPDIR/layers.a" "$build"/src/text/*.o "$build"/src/base/*.o
	# shellcheck disable=SC2086 # flags are words
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Isrc -Wall -Wextra -Werror ${CFLAGS:-} ${SANITIZE:-} \
		-o "$BATS_FILE_TMPDIR/text" tests/unit/text.c "$BATS_FILE_TMPDIR/layers.a" -ljansson -lm -pthread
}

# table NAME - all rows of the table have the expected outcome
table() {
	run "$BATS_FILE_TMPDIR/text" "$1"
	assert_output ""
	assert_success
}

@test "a request target is taken apart, and what two readers could read differently is refused" {
	table target
}

@test "a path is encoded so that it needs no escaping and leads to no other host" {
	table encode
}

@test "a query gives its parameters one by one" {
	table query
}

@test "a parameter has a first value, a last one and all of them" {
	table values
}

@test "a Host field is parsed into a name or an address and a port" {
	table host
}

@test "only hosts that the server is bound to or allows are answered" {
	table allowed
}

@test "text is escaped for HTML" {
	table escape
}

@test "a script goes where the document has markup, however it is cut into pieces" {
	table place
}

@test "a Range field becomes a sorted set of ranges without overlaps" {
	table range
}

@test "the three forms of an HTTP date are read, and dates that don't exist are not" {
	table date
}

@test "an entity tag is looked for in a list, weakly and strongly" {
	table etag
}

@test "preconditions are evaluated in the order of RFC 9110" {
	table precondition
}

@test "an Accept field gives a type the quality of its most specific range" {
	table accept
}

@test "the best content coding is chosen from those that are there" {
	table encoding
}

@test "a file has the type of its extension" {
	table mime
}

@test "a digest is the same whole and in pieces" {
	table digest
}

@test "a digest is the one that xxhsum -H2 prints, at every size" {
	for size in 0 1 16 17 128 129 240 241 1024 100000; do
		head -c "$size" /dev/zero | tr '\0' 'x' >"$BATS_TEST_TMPDIR/file"
		run "$BATS_FILE_TMPDIR/text" digest-file "$BATS_TEST_TMPDIR/file"
		assert_output "$(xxhsum -H2 "$BATS_TEST_TMPDIR/file")"
	done
}

@test "JSON is parsed, or the error says where it is wrong" {
	table json
}

#!/usr/bin/env bats
# Files that change while they are served: moved away, rewritten, cut, or
# replaced by links that lead out of the site.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	OUTSIDE=$BATS_TEST_TMPDIR/outside
	mkdir "$SITE" "$OUTSIDE"
}

teardown() {
	stop_eddy
}

# race FOLDER PREFIX SUFFIX REQUESTS
race() {
	echo secret >"$OUTSIDE/file$3"
	run python3 "$TEST_DIR/http/link_race.py" "$PORT" "$1" "$2" "$3" "$OUTSIDE" "$4"
	assert_success
	assert_output --partial " 0 leaked"
}

@test "no byte from outside comes while links are put in the place of files, 10,000 times" {
	start_eddy --layout plain --no-debug "$SITE"
	race "$SITE" "" .txt 10000
}

@test "no byte from outside comes where nothing is kept between requests" {
	start_eddy --layout plain --no-debug --no-hash-cache "$SITE"
	race "$SITE" "" .txt 3000
}

@test "no template from outside is rendered while links are put in the place of templates" {
	mkdir "$SITE/templates"
	start_eddy --no-debug "$SITE"
	race "$SITE/templates" "" .html 3000
}

@test "a version is that version's bytes to the last, however its file is rewritten" {
	start_eddy --layout plain --no-debug "$SITE"
	run python3 "$TEST_DIR/http/rewrite.py" "$PORT" "$SITE"
	assert_success
	assert_output --regexp '^[0-9]+ checked, 0 wrong$'
}

# holds BYTES FILE - it has at least as many
holds() {
	[ "$(stat -c %s "$2" 2>/dev/null || echo 0)" -ge "$1" ]
}

@test "a file that is rewritten while it is sent as a version is cut short, so that nobody keeps a mixture" {
	head -c 48M /dev/urandom >"$SITE/large.bin"
	local version
	version=$(xxhsum -H2 "$SITE/large.bin" | sed 's/.*_//' | cut -c 1-16)
	start_eddy --layout plain --no-debug "$SITE"
	until_true 20 is_immutable
	curl -s --limit-rate 4M -o "$BATS_TEST_TMPDIR/got" "$URL/large.bin?v=$version" &
	local download=$!
	until_true 20 holds 1 "$BATS_TEST_TMPDIR/got"
	dd if=/dev/zero of="$SITE/large.bin" bs=1M seek=47 count=1 conv=notrunc status=none
	local status=0
	wait "$download" || status=$?
	assert_equal "$status" 18
	run ! holds 49000000 "$BATS_TEST_TMPDIR/got"
}

# asked_young - asks for the version of a file that was written a moment ago, into $HEAD. False where that took long.
asked_young() {
	local start=${EPOCHREALTIME//[!0-9]/}
	touch "$SITE/large.bin"
	read -r -t 0.1 <>"$BATS_TEST_TMPDIR/.ready" || true
	HEAD=$(curl -s -o /dev/null -D - "$URL/large.bin?v=$version")
	[ $((${EPOCHREALTIME//[!0-9]/} - start)) -lt 900000 ]
}

is_immutable() {
	curl -s -o /dev/null -D - "$URL/large.bin?v=$version" | grep -q immutable
}

# A write sets the time of the file before it copies the bytes, and on a busy machine it may take its time for that.
@test "a file that is sent from disk is no version while it is so young that somebody may still write it" {
	head -c 2M /dev/urandom >"$SITE/large.bin"
	version=$(xxhsum -H2 "$SITE/large.bin" | sed 's/.*_//' | cut -c 1-16)
	start_eddy --layout plain --no-debug "$SITE"
	until_true 20 asked_young
	assert_regex "$HEAD" 'Cache-Control: no-cache'
	until_true 20 is_immutable
}

@test "a part that is cut while it is sent ends the connection, and nothing else" {
	truncate -s 200M "$SITE/cut.bin"
	echo root >"$SITE/index.html"
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/truncate.py" "$PORT" "$SITE/cut.bin" "Range: bytes=1-"
	assert_success
	truncate -s 200M "$SITE/cut.bin"
	run python3 "$TEST_DIR/http/truncate.py" "$PORT" "$SITE/cut.bin" "Range: bytes=1-9,20-"
	assert_success
	assert_equal "$(curl -s "$URL/")" root
}

@test "a file that an editor moves away for a moment is there when it is asked for" {
	echo first >"$SITE/a.txt"
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/gap.py" "$PORT" "$SITE/a.txt" /a.txt
	assert_success
}

@test "so are a page without its extension, the index of a folder, and a template" {
	mkdir "$SITE/sub"
	echo first >"$SITE/page.html"
	echo first >"$SITE/sub/index.html"
	start_eddy --layout plain --no-debug "$SITE"
	run python3 "$TEST_DIR/http/gap.py" "$PORT" "$SITE/page.html" /page
	assert_success
	run python3 "$TEST_DIR/http/gap.py" "$PORT" "$SITE/sub/index.html" /sub/
	assert_success
	stop_eddy
	mkdir -p "$SITE/templates/sub"
	echo first >"$SITE/templates/page.html"
	echo first >"$SITE/templates/sub/index.html"
	start_eddy --no-debug "$SITE"
	run python3 "$TEST_DIR/http/gap.py" "$PORT" "$SITE/templates/page.html" /page
	assert_success
	run python3 "$TEST_DIR/http/gap.py" "$PORT" "$SITE/templates/sub/index.html" /sub/
	assert_success
}

@test "a file that is gone for good is 404, and so is one that never was" {
	echo x >"$SITE/a.txt"
	echo x >"$SITE/page.html"
	start_eddy --layout plain "$SITE"
	for name in a.txt page; do
		assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/$name")" 200
	done
	rm "$SITE/a.txt" "$SITE/page.html"
	for name in a.txt page a.txt page never; do
		assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/$name")" 404
	done
}

@test "the server leaves at once though somebody waits for a file that is gone" {
	echo x >"$SITE/a.txt"
	start_eddy --layout plain --grace 0 "$SITE"
	curl -s -o /dev/null "$URL/a.txt"
	rm "$SITE/a.txt"
	curl -s -o /dev/null "$URL/a.txt" &
	stop_eddy
	wait $! || true
}

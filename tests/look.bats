#!/usr/bin/env bats
# How eddy's own pages look: in light and dark, on a phone and a desktop, nothing wider than the window, no serious
# finding of axe-core, no complaint of the browser and no request to elsewhere. The screenshots are in
# build/screenshots.

load helper

# One browser for all tests.
setup_file() {
	start_browser
}

teardown_file() {
	stop_browser
}

# look_at VIEW - one of tests/browser/views.mjs
look_at() {
	local screenshots=$BATS_TEST_DIRNAME/../build/screenshots
	run "$BATS_TEST_DIRNAME/tools/screenshots" "$screenshots" "$1"
	assert_success
	for width in 320 360 1280; do
		assert_file_not_empty "$screenshots/$1-light-$width.png"
		assert_file_not_empty "$screenshots/$1-dark-$width.png"
	done
}

@test "the welcome page is good to look at" {
	look_at welcome
}

@test "a listing is good to look at" {
	look_at listing
}

@test "the page of what isn't there is good to look at" {
	look_at missing
}

@test "the page for a name that eddy does not answer for is good to look at" {
	look_at refused
}

@test "a traceback is good to look at" {
	look_at traceback
}

@test "a traceback from three files deep is good to look at, with all of it opened" {
	look_at deep
}

@test "a traceback with values longer than a line is good to look at" {
	look_at long
}

@test "the fault over a page that stands is good to look at" {
	look_at overlay
}

@test "the page of an empty folder is good to look at" {
	look_at empty
}

@test "the pictures of the README are small, and of the pages as they are (make pictures)" {
	cd "$BATS_TEST_DIRNAME/.." || return
	run xxhsum --quiet -c tests/pictures/sources
	assert_success
	mapfile -t pictures < <(sed -n 's/^!\[.*\](\(.*\))$/\1/p' README.md)
	assert_equal "${pictures[*]}" "tests/pictures/welcome.png tests/pictures/traceback.png"
	for picture in "${pictures[@]}"; do
		assert [ "$(stat -c %s "$picture")" -le 153600 ]
		assert_equal "$(head -c 4 "$picture" | tail -c 3)" PNG
	done
}

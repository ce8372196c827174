#!/usr/bin/env bats
# How eddy's own pages look: in light and dark, on a phone and a desktop, nothing wider than the window, no serious
# finding of axe-core, no complaint of the browser and no request to elsewhere. The screenshots are in
# build/screenshots.

load helper

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

@test "a traceback is good to look at" {
	look_at traceback
}

@test "a traceback from three files deep is good to look at, with all of it opened" {
	look_at deep
}

@test "the fault over a page that stands is good to look at" {
	look_at overlay
}

@test "the page of an empty folder is good to look at" {
	look_at empty
}

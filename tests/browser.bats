#!/usr/bin/env bats
# What a person sees: eddy's own site and its reload client in Chromium, each
# page under a Content-Security-Policy of default-src 'self'.

load helper

setup_file() {
	start_browser
}

teardown_file() {
	stop_browser
}

setup() {
	site=$BATS_TEST_TMPDIR/site
	mkdir "$site"
	cp -R "$BATS_TEST_DIRNAME"/../{templates,static} "$site"
	echo "body { background: rgb(1, 0, 0) }" >"$site/static/imported.css"
	echo '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>' >"$site/static/picture.svg"
	cat >"$site/static/form.css" <<-'CSS'
		@import "imported.css";
		#box { background: url(picture.svg); height: 50px; overflow: auto }
		#box p { margin: 0; height: 100px }
		main { height: 3000px; padding-top: 600px }
	CSS
	cat >"$site/templates/form.html" <<-'HTML'
		<!doctype html>
		<html lang="en">
		<head><meta charset="utf-8"><title>A form</title><link rel="stylesheet" href="/static/form.css"></head>
		<body>
		<main>
		<h1>First</h1>
		<form>
		<input name="one" value="as given"><input name="one"><textarea id="text"></textarea><input type="checkbox" name="tick">
		<select name="choice"><option>first</option><option>second</option></select>
		</form>
		<div id="box"><p>One</p><p>Two</p><p>Three</p></div>
		<img src="/static/picture.svg" alt="">
		</main>
		</body>
		</html>
	HTML
	: >"$site/static/deep.css"
	: >"$site/static/unused.css"
	cp "$site/static/picture.svg" "$site/static/other.svg"
	cp "$site/static/picture.svg" "$site/static/unused.svg"
	echo '#box { background: url("picture.svg"); list-style: url(picture.svg) }' >"$site/static/images.css"
	cat >"$site/templates/images.html" <<-'HTML'
		<!doctype html>
		<html lang="en">
		<head><meta charset="utf-8"><title>Images</title><link rel="stylesheet" href="/static/images.css">
		<link rel="icon" href="/static/picture.svg"></head>
		<body id="box">
		<img id="plain" src="/static/picture.svg" alt=""><img id="other" src="/static/other.svg" alt="">
		<img id="versioned" src="{{ static_url("picture.svg") }}" alt="">
		<img id="set" srcset="/static/picture.svg 1x, /static/other.svg 2x" alt="">
		<picture><source srcset="/static/picture.svg"><img src="/static/other.svg" alt=""></picture>
		<svg width="10" height="10"><image href="/static/picture.svg"/></svg>
		</body>
		</html>
	HTML
	serve=("$EDDY" serve --editor vscode --header "Content-Security-Policy: default-src 'self'" "$site")
	launch "${serve[@]}" --port 0
}

teardown() {
	stop_eddy
}

# tell STORY [ARGUMENT…] - runs tests/browser/STORY.mjs in a profile of its own
tell() {
	TMPDIR=$BATS_TEST_TMPDIR run node "$BATS_TEST_DIRNAME/browser/$1.mjs" "$URL" "$site" "${@:2}"
	assert_success
}

@test "The welcome page shows that it is connected, asks no other host and complains of nothing" {
	tell welcome
}

@test "The welcome page names the line of its headline" {
	run grep -n "<h1>Welcome to eddy</h1>" "$BATS_TEST_DIRNAME/../templates/index.html"
	assert_success
	run grep -F "templates/index.html:${output%%:*}<" "$BATS_TEST_DIRNAME/../templates/index.html"
	assert_success
}

@test "The answer of /hello is Tornado's first example" {
	assert_equal "$(curl -s "$URL/hello?greeting=Salutations" | od -c)" "$(printf 'Salutations, friendly user!' | od -c)"
	assert_equal "$(curl -s "$URL/hello" | od -c)" "$(printf 'Hello, friendly user!' | od -c)"
}

@test "A saved template reloads its page, which keeps its scroll, its typed text and its focus" {
	tell page_change
}

@test "A saved stylesheet, or one that it imports, is swapped in without a reload, and no frame is without" {
	tell sheet_change
}

@test "The versioned URL that the welcome page prints follows its stylesheet without a reload" {
	tell hash_change
}

@test "A stylesheet that was saved empty does not take the place of the old" {
	tell sheet_empty
}

@test "A saved image is swapped in, in the page and in its stylesheet, without a reload" {
	tell image_change
}

@test "A fault in a template shows over the page that stands, hides on Escape, and goes once it is mended" {
	tell fault
}

@test "A fault that only rendering finds shows as the page, which comes back once it is mended" {
	tell traceback
}

@test "A page that changes before it listens hears of it" {
	tell early
}

@test "A page waits while the server is away, and catches up when it is back" {
	node "$BATS_TEST_DIRNAME/browser/restart.mjs" "$URL" "$site" >"$BATS_TEST_TMPDIR/story" 2>&1 3>&- &
	story=$!
	until_true 30 test -e "$BATS_TEST_TMPDIR/is-open"
	taken=$PORT
	stop_eddy
	sed -i 's/First/Changed/' "$site/templates/form.html"
	until_true 30 test -e "$BATS_TEST_TMPDIR/is-lost"
	launch "${serve[@]}" --port "$taken"
	wait "$story" || fail "$(cat "$BATS_TEST_TMPDIR/story")"
}

@test "While the server is away the browser asks less and less often" {
	tell backoff
}

@test "A build that fails shows over the page with its output, goes when it is mended, and its sheet is swapped in" {
	stop_eddy
	mkdir "$site/styles"
	echo 'rgb(1, 0, 0)' >"$site/styles/main.txt"
	cat >"$BATS_TEST_TMPDIR/build" <<-'END'
		#!/bin/sh
		cd "$(dirname "$0")/site" || exit
		if grep -q bad styles/main.txt; then
			echo "this is"
			echo "styles/main.txt:1:3: error: no colour" >&2
			exit 1
		fi
		echo "body { background: $(cat styles/main.txt) }" >static/form.css
	END
	chmod +x "$BATS_TEST_TMPDIR/build"
	launch "${serve[@]}" --port 0 --build-on "styles/*=$BATS_TEST_TMPDIR/build"
	until_true 20 grep -q '^built ' "$EDDY_LOG"
	tell build
}

@test "SIGUSR1 reloads the page" {
	tell signal
}

@test "A page that is left closes its stream, and has what is new when it is shown again" {
	tell leave
}

@test "A page and its stylesheet that are saved together reload the page once" {
	tell together
}

@test "A listing shows what is new, and the page of a missing image turns into it" {
	tell listing
}

@test "A page that is missing appears once its template is made" {
	tell missing
}

@test "A hidden tab reloads when it is shown" {
	tell hidden
}

# assert_two_told_one_page - of two changes, which is all that there was, each was told to one
assert_two_told_one_page() {
	until_true 20 changes_are 2
	run grep -oE '→ [0-9]+ pages?' "$EDDY_LOG"
	assert_output $'→ 1 page\n→ 1 page'
}

changes_are() {
	[ "$(grep -c '^changed' "$EDDY_LOG")" = "$1" ]
}

@test "Eight tabs share one stream, and the ninth still loads and hears too" {
	tell tabs
	assert_two_told_one_page
}

@test "A tab hears of changes where the browser has nothing to share a stream by" {
	tell sheet_change SharedWorker BroadcastChannel
}

@test "Eight tabs share one stream where the browser has no shared workers" {
	tell tabs SharedWorker
	assert_two_told_one_page
}

@test "The page of an empty folder turns into the site that each of its commands makes" {
	stop_eddy
	for choice in "A plain site=Hello" "A site with templates=6 × 7 = 42"; do
		site=$BATS_TEST_TMPDIR/${choice%%=*}
		mkdir "$site"
		start_eddy "$site"
		tell empty "${choice%%=*}" "${choice#*=}"
		stop_eddy
	done
}

@test "The dot of the welcome page lives, and its three steps do what they say" {
	tell live
}

@test "All that can be followed or opened is reached by the keyboard, and is seen to be" {
	tell keyboard
}

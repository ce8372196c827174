#!/usr/bin/env bats
# What is not watched, and `eddy check --explain`, which says why.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p site/templates site/static/vendor
	git init -q site
	cd site || return 1
}

teardown() {
	stop_eddy
}

# explains PATH TEXT [OPTION…]
explains() {
	capture "$EDDY" check "${@:3}" --explain "$1"
	assert_equal "$status: $output" "0: $1: $2"
}

@test "eddy and git agree on what the .gitignore files of random trees ignore" {
	run "$TEST_DIR/tools/compare-ignore" "$EDDY" 1 40
	assert_success
	assert_output --regexp '^[1-9][0-9]{2,} paths$'
}

@test "a watched file is explained by what its change does" {
	touch Makefile
	explains static/site.css "watched: a change swaps the style sheet in open pages"
	explains static/logo.svg "watched: a change swaps the image in open pages"
	explains templates/index.html "watched: a change reloads open pages"
	explains templates "watched, with what is in it"
	explains eddy.conf "watched: a change restarts eddy"
	explains .gitignore "watched: a change restarts eddy"
	explains Makefile "not watched: it is no part of the site, and --watch doesn't name it"
	explains Makefile "watched: a change restarts eddy" --watch Makefile
}

@test "an ignored file is explained by the rule, and the folder where it strikes" {
	printf '*.log\n!keep.log\n/static/vendor/\n' >.gitignore
	echo 'draft-*' >templates/.gitignore
	explains static/a.log "ignored: .gitignore:1: *.log"
	explains static/keep.log "watched: a change reloads open pages"
	explains static/vendor/a/b.js "ignored with static/vendor: .gitignore:3: /static/vendor/"
	explains templates/draft-1.html "ignored: templates/.gitignore:1: draft-*"
	explains static/draft-1.html "watched: a change reloads open pages"
	explains static/old.css "ignored: --ignore *.css" --ignore '*.css'
	explains static/keep.css "watched: a change swaps the style sheet in open pages" --ignore '*.css' --ignore '!keep.css'
	explains static/.secret "ignored: a name that starts with a dot"
	explains static/a.css~ "ignored: a temporary file of an editor"
	explains static/node_modules/x.js "ignored with static/node_modules: dependencies and caches"
}

@test "what is named is watched, whatever the rules say" {
	printf '/out/\nconf.d\n' >.gitignore
	mkdir -p out conf.d
	touch out/index.html
	explains out/index.html "watched: a change reloads open pages" -C out
	explains conf.d/a "watched: a change restarts eddy" --watch conf.d
}

@test "the .gitignore files above the site count up to the top of its repository, and not beyond" {
	mkdir -p a/b
	echo '*.one' >.gitignore
	echo '*.two' >../.gitignore
	cd a/b || return 1
	explains x.one "ignored: $BATS_TEST_TMPDIR/site/.gitignore:1: *.one" --layout plain
	explains x.two "watched: a change reloads open pages" --layout plain
}

# A change that counts, told at the open stream.
stream_says() {
	grep -q "$1" stream
}

@test "a changed .gitignore counts from then on" {
	echo one >templates/index.html
	echo one >static/a.txt
	start_eddy -C .
	curl -sN "$URL/_eddy/events" >stream 3>&- &
	local curl_pid=$!
	until_true 20 stream_says retry
	echo a.txt >.gitignore
	until_true 20 grep -q restarted "$EDDY_LOG"
	kill "$curl_pid" 2>/dev/null || true
	wait "$curl_pid" || true
	rm stream
	curl -sN "$URL/_eddy/events" >stream 3>&- &
	curl_pid=$!
	until_true 20 stream_says retry
	echo two >static/a.txt
	echo two >templates/index.html
	until_true 20 stream_says index.html
	kill "$curl_pid"
	wait "$curl_pid" || true
	refute grep -q a.txt stream
}

@test "what isn't there, and a link out of the site, are explained as that" {
	explains sattic/site.css "not watched: there is no such file, and --watch doesn't name it"
	touch "$BATS_TEST_TMPDIR/outside.css"
	ln -s "$BATS_TEST_TMPDIR/outside.css" static/link.css
	explains static/link.css "not watched: it is a link that leads out of the site, and is not served without --follow-links"
}

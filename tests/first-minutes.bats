#!/usr/bin/env bats
# What a newcomer types in the first minutes, in a repository as fresh as a clone,
# as a user without root, in a folder whose name has spaces; built once for all
# tests here.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell of its own; capture sets variables

load helper

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # one clone is built and edited
	place=$(mktemp -d)
	checkout="$place/a place of my own/eddy"
	export place checkout
	chmod 755 "$place"
	mkdir -p "$place/home/site" "$checkout"
	echo "<p>my site</p>" >"$place/home/site/index.html"
	tar -C "$BATS_TEST_DIRNAME/.." --exclude ./.git --exclude ./build -c . | tar -C "$checkout" -x
	git -C "$checkout" init -q
	git -C "$checkout" add .
	git -C "$checkout" -c user.name=newcomer -c user.email=newcomer@localhost commit -q -m "As it is now"
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$place"
	cat >"$place/newcomer" <<-'END'
		#!/bin/bash
		place=${0%/*}
		who=(env)
		[ "$(id -u)" != 0 ] || who=(setpriv --reuid 65534 --regid 65534 --clear-groups env)
		exec "${who[@]}" -i -C "$place/a place of my own/eddy" HOME="$place/home" \
			PATH="${fake:+$fake:}/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" \
			LANG=C.UTF-8 ${TEST_MARK:+TEST_MARK="$TEST_MARK"} "$@"
	END
	chmod 755 "$place/newcomer"
	newcomer make -j "$(nproc)" run ARGS=--version >"$place/first-run" 2>&1
}

teardown_file() {
	rm -rf "$place"
}

setup() {
	cd "$checkout" || return 1
}

teardown() {
	cd / || return 1
	stop_eddy
}

# newcomer COMMAND… - runs it in the clone, as somebody without root, with nothing of our environment
newcomer() {
	"$place/newcomer" "$@"
}

# make_run - `make run`, which is to say what it serves; EDDY_PID is eddy's own
make_run() {
	# shellcheck disable=SC2016 # for the shell that newcomer starts
	launch "$place/newcomer" sh -c 'exec make run ARGS="--port 0 $*"' make_run
	MAKE_PID=$EDDY_PID
	EDDY_PID=$(sed -n 's/.* pid \([0-9]*\)$/\1/p' "$EDDY_LOG")
}

# leave - Ctrl-C, as far as eddy is concerned; make ends well after it
leave() {
	kill -INT "$EDDY_PID"
	EDDY_PID=$MAKE_PID
	wait_gone "$MAKE_PID" 20
	stop_eddy
}

log_has() {
	grep -E -- "$1" "$EDDY_LOG" >/dev/null
}

# browse - stands for a browser with one page open; returns once it is connected
browse() {
	exec {stream}< <(exec curl -sN "$URL/_eddy/events" 3>&-)
	read -r -t 20 -u "$stream" _
}

@test "make run builds without a word but the link, and nothing is missing" {
	assert_equal "$(head -n 2 "$place/first-run" | cut -c 1-8)" "LD build"$'\n'"eddy 0.1"
	capture newcomer make deps
	assert_equal "$status $output$stderr" "0 "
	capture newcomer git status --short
	assert_equal "$output" ""
}

@test "make deps without root names what is missing, and the command that installs it" {
	export fake=$BATS_TEST_TMPDIR
	printf '#!/bin/sh\nexit 1\n' >"$fake/sudo"
	chmod 755 "$fake/sudo"
	if [ "$(id -u)" = 0 ]; then chmod 755 "$fake" "${fake%/*}" "${fake%/*/*}"; fi
	capture newcomer make -s deps BUILD_DEPS="libfirst-dev:/no/first.h make:/usr/bin/make libsecond-dev:/no/second.h"
	assert_equal "$status" 2
	assert_equal "$(head -n 2 <<<"$stderr")" "deps: libfirst-dev libsecond-dev
deps: not root; run: sudo apt-get install -y libfirst-dev libsecond-dev"
}

@test "edit, break, mend, build: the first five minutes" {
	make_run
	assert_equal "$(sed "s|$PORT/ *|PORT/ |; s/$EDDY_PID/PID/" "$EDDY_LOG")" "eddy 0.1  .  app layout: templates/ + static/
  http://localhost:PORT/ debug: autoreload livereload traceback · 1 worker · pid PID
  Ctrl-C stops · eddy --help"
	browse

	newcomer sed -i 's/Welcome/Hello/' templates/index.html
	until_true 20 log_has '^changed  templates/index\.html → 1 page reloaded \([0-9]+\.[0-9] ms\)$'
	run curl -s "$URL/"
	assert_output --partial "Hello to eddy"

	IFS=: read -r line text < <(grep -n '{{ now() }}' templates/index.html)
	text=${text//$'\t'/ } # a terminal gets a tab as one blank
	before=${text%%now()*}
	newcomer sed -i 's/{{ now() }}/{{ nwo() }}/' templates/index.html
	assert_equal "$(curl -s -o "$BATS_TEST_TMPDIR/answer" -w '%{http_code}' "$URL/")" 500
	fault="$(printf '%5d | %s\n%*s^^^' "$line" "${text/now/nwo}" "$((8 + ${#before}))" "")
index.html:$line:$((${#before} + 1)): NameError: name 'nwo' is not defined (did you mean 'now'?)"
	assert_equal "$(tail -n 3 "$BATS_TEST_TMPDIR/answer")" "$fault"
	until_true 20 log_has '^templates/index\.html:'
	assert_equal "$(grep '^templates/index\.html:' "$EDDY_LOG" | tail -n 1)" "templates/${fault##*$'\n'}"

	newcomer git checkout -q templates/index.html
	until_true 20 log_has '^mended   templates/index\.html → 1 page reloaded$'

	newcomer sed -i 's/Ctrl-C stops/Ctrl-C ends/' src/run/banner.c
	assert_equal "$(newcomer make)" "CC src/run/banner.c"$'\n'"LD build/eddy"
	until_true 20 log_has "^changed  build/eddy → checked, restarted in [0-9]+ ms, pid $EDDY_PID kept\$"
	newcomer git checkout -q src/run/banner.c
	leave
	assert_equal "$(tail -n 1 "$EDDY_LOG")" "stopped"
}

@test "a site of one's own: by its folder, from within it with a browser, and in a script" {
	launch "$place/newcomer" build/eddy --port 0 "$place/home/site"
	assert_equal "$(curl -s "$URL/")" "<p>my site</p>"
	stop_eddy

	mkfifo -m 666 "$place/opened"
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\necho "$1" >"%s"\n' "$place/opened" >"$place/browser"
	chmod 755 "$place/browser"
	# shellcheck disable=SC2016 # for the shell that newcomer starts
	launch "$place/newcomer" sh -c 'eddy=$PWD/build/eddy; cd ~/site && BROWSER=$0 exec "$eddy" -o --port 0 "$@"' "$place/browser"
	read -r -t 20 opened <"$place/opened"
	assert_regex "$opened" "^http://(localhost|127\.0\.0\.1):$PORT/\$"
	stop_eddy

	# shellcheck disable=SC2016 # for the shell that newcomer starts
	launch "$place/newcomer" sh -c 'exec build/eddy -q --port 0 --ready-file ../url "$@"' script "$place/home/site"
	assert_equal "$(curl -s "$(<"$checkout/../url")")" "<p>my site</p>"
}

@test "make check runs tests and ends with their count" {
	run newcomer make check TESTS=tests/guard.bats TEST_NPM= # none of them is for that test
	assert_success
	assert_line --regexp '^[1-9][0-9]* passed, 0 failed$'
}

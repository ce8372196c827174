#!/usr/bin/env bats
# README.md says what is true: each command in it is taken out of it by machine and run, in a
# home that has a site. A server that it starts must answer, and leave when it is told to.

# shellcheck disable=SC2154 # $stderr is set by capture

# shellcheck disable=SC2016 # the backquotes are Markdown's

load helper

README=$BATS_TEST_DIRNAME/../README.md

setup() {
	export HOME=$BATS_TEST_TMPDIR/home XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run BROWSER=true
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	mkdir -p "$HOME/site/templates" "$HOME/site/static" "$HOME/site/site" "$HOME/other/pages" "$HOME/other/public"
	cd "$HOME" || return 1
	echo '<link href="{{ static_url("site.css") }}">' >site/templates/index.html
	echo 'p { color: red }' >site/static/site.css
	echo '[]' >links.json
	mkdir -p app/src site/src
	for folder in app site; do
		echo 'import time; time.sleep(600)' >"$folder/app.py"
		echo 'setInterval(() => {}, 600000)' >"$folder/server.js"
		touch "$folder/Makefile"
	done
	mkdir "$BATS_TEST_TMPDIR/shims"
	make_shims
	export PATH=$BATS_TEST_TMPDIR/shims:$PATH
}

# make_shims - the README's own programs: `eddy` runs the one under test, and stops a server that no script has
# asked to be told of once it answers, and a program that it runs once that is started; `make` only looks whether there is such a target
make_shims() {
	cat >"$BATS_TEST_TMPDIR/shims/eddy" <<-'END'
		#!/bin/bash
		case " $* " in *" --ready-file "* | *" --until-success "*) exec "$EDDY" "$@" ;; esac
		[ "$1" != run ] || exec run_a_while "$@"
		if "$EDDY" complete -- "" | tail -n +2 | grep -v '^serve$' | grep -qxF -- "${1:-}"; then exec "$EDDY" "$@"; fi
		ready=$BATS_TEST_TMPDIR/ready.$$
		mkfifo "$ready"
		"$EDDY" "$@" --port 0 --address localhost --ready-fd 9 9>"$ready" &
		read -r url <"$ready" || { wait; exit 1; }
		curl -sk -o /dev/null "$url" || { kill $!; exit 1; }
		kill $!
		wait $!
	END
	cat >"$BATS_TEST_TMPDIR/shims/run_a_while" <<-'END'
		#!/bin/bash
		"$EDDY" "${@/#8000/0}" 2>"$BATS_TEST_TMPDIR/run.$$" &
		eddy=$!
		until grep -q '^  watches' "$BATS_TEST_TMPDIR/run.$$" && [ "$(pgrep -c -P $eddy)" = 2 ]; do
			kill -0 $eddy || exit 1
			read -r -t 0.05 <> <(:)
		done
		kill $eddy
		wait $eddy
	END
	cat >"$BATS_TEST_TMPDIR/shims/make" <<-END
		#!/bin/bash
		exec $(command -v make) -n -C "$BATS_TEST_DIRNAME/.." "\$@" >/dev/null
	END
	chmod +x "$BATS_TEST_TMPDIR"/shims/*
}

# blocks - how many blocks of commands there are; block N - the commands of one
blocks() {
	grep -c '^```sh$' "$README"
}

block() {
	awk -v wanted="$1" '/^```/ { inside = ($0 == "```sh"); count += inside; next } inside && count == wanted' "$README"
}

@test "every block of commands runs to its end" {
	assert [ "$(blocks)" -ge 6 ]
	for number in $(seq "$(blocks)"); do
		block "$number" >"$BATS_TEST_TMPDIR/script"
		assert [ -s "$BATS_TEST_TMPDIR/script" ]
		run bash -e "$BATS_TEST_TMPDIR/script"
		[ "$status" = 0 ] || fail "block $number: $output"
	done
}

# examples - the lines of the chapter on templates: a file and its text, or a template and what it prints
examples() {
	awk '/^```/ { inside = ($0 == "```jinja"); next } inside' "$README"
}

@test "every example of the template language prints what stands beside it" {
	mkdir -p book/templates/_data
	cd book || return 1
	echo '{"name": "A & B", "tags": ["x", "y"]}' >templates/_data/site.json
	examples | grep '^templates/' >"$BATS_TEST_TMPDIR/files"
	while read -r path text; do
		mkdir -p "$(dirname "$path")"
		printf '%s' "$text" >"$path"
	done <"$BATS_TEST_TMPDIR/files"
	examples | grep -v '^templates/' >"$BATS_TEST_TMPDIR/examples"
	while read -r line; do
		printf '%s' "${line%% →*}" | sed 's/ *$//' >templates/example.html
		capture env TZ=UTC "$EDDY" render example.html
		assert_equal "$stderr" ""
		# shellcheck disable=SC2001 # the first is of many lines
		assert_equal "$line: $(sed "s/ *\$//" <<<"$output")" "$line: $(sed 's/.*→ *//' <<<"$line")"
	done <"$BATS_TEST_TMPDIR/examples"
}

@test "every directive of the language has an example" {
	for directive in if elif else end for while break continue try except finally set raw comment autoescape \
		whitespace apply extends block include module; do
		examples | grep -q "{% $directive " || fail "no example has {% $directive %}"
	done
}

@test "every eddy that stands within a sentence or a table runs" {
	cd site
	echo x >site.db
	while IFS= read -r command; do
		case $command in *DIR* | eddy.conf | eddy\ COMMAND) continue ;; esac
		run bash -c "$command"
		[ "$status" = 0 ] || fail "$command: $output"
	done < <(awk '/^```/ { inside = !inside } !inside' "$README" | grep -oE '`eddy( [^`]*)?`' | tr -d '`' | grep -v '^eddy status' | sort -u)
}

@test "the versions and URLs that are shown have the form of real ones" {
	cd site
	shown=$(grep -oE '/static/site\.css\?v=[0-9a-f]+' "$README" | sort -u)
	printed=$("$EDDY" url static/site.css)
	assert_equal "${shown%=*}=${#shown}" "${printed%=*}=${#printed}"
}

@test "every exit status and signal is what the README says" {
	grep -qE '^\| 2 \| usage' "$README"
	run "$EDDY" --no-such
	assert_equal "$status" 2
	start_eddy site
	run "$EDDY" serve -p "$PORT" site
	assert_equal "$status" 3
	kill -USR1 "$EDDY_PID"
	until_true 20 grep -q '^reload ' "$EDDY_LOG"
	kill -HUP "$EDDY_PID"
	until_true 20 grep -q '^restart ' "$EDDY_LOG"
	stop_eddy
	echo 'no = 1' >site/eddy.conf
	run "$EDDY" check site
	assert_equal "$status" 4
}

@test "what the README links to is there" {
	while IFS= read -r target; do
		assert_file_exists "$BATS_TEST_DIRNAME/../$target"
	done < <(grep -oE '\]\([^)]+\)' "$README" | tr -d '])(' | grep -v '^http')
}

teardown() {
	stop_eddy
}

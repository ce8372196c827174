#!/usr/bin/env bats
# --build and --build-on: what they are run for, what browsers are told then, and that no output
# of theirs has them run for ever.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	site=$BATS_TEST_TMPDIR/site
	mkdir -p "$site"/{templates,static,styles}
	echo '<p>{{ 1 + 2 }}</p>' >"$site/templates/index.html"
	echo 'one' >"$site/styles/site.txt"
	RUNS=$BATS_TEST_TMPDIR/runs
	: >"$RUNS"
	mkfifo "$BATS_TEST_TMPDIR/.tick"
}

teardown() {
	stop_eddy
}

# shellcheck disable=SC2016 # the substitution is the program's
# build SCRIPT - a program for --build: says in $RUNS that it runs, and for what, and does that
build() {
	printf '#!/bin/bash\necho "run [$(tr "\\n" " " <<<"$EDDY_CHANGED")]" >>%q\ncd %q\n%s\n' "$RUNS" "$site" "$1" >build
	chmod +x build
}

# gated_build SCRIPT - one that goes on when the file `gate` is there
gated_build() {
	build "until [ -e ../gate ]; do read -r -t 0.02 <>../.tick; done
$1"
}

runs_are() {
	[ "$(wc -l <"$RUNS")" = "$1" ]
}

log_has() {
	grep -qE -- "$1" "$EDDY_LOG"
}

log_count_is() {
	[ "$(grep -cE -- "$2" "$EDDY_LOG")" = "$1" ]
}

# has_built_since TEXT - whether a build is told to be through behind that line of the log
has_built_since() {
	sed -n "/$1/,\$p" "$EDDY_LOG" | grep -q '^built '
}

# listen - opens the stream of changes; next_event - the next one of it, as EVENT and DATA
listen() {
	exec {STREAM}< <(exec curl -sN "$URL/_eddy/events" 3>&-)
	until_true 20 streams_are 1
}

# is_late TIME - whether a save is no output of a build that had ended at that time ($EPOCHREALTIME)
is_late() {
	[ $((${EPOCHREALTIME/[.,]/} - ${1/[.,]/})) -gt 400000 ]
}

streams_are() {
	curl -s "$URL/_eddy/status" | jq -e ".workers[0].streams == $1" >/dev/null
}

next_event() {
	local line
	EVENT='' DATA=''
	while read -r -t 20 -u "$STREAM" line; do
		case $line in
		"event: "*) EVENT=${line#event: } ;;
		"data: "*) DATA=${line#data: } ;;
		"") case $EVENT in "" | hello) EVENT='' ;; *) return 0 ;; esac ;;
		esac
	done
	fail "no event within 20 s, or the stream has ended"
}

@test "a build runs at the start and when something changes, and browsers are told of what it made" {
	build 'sed "s/.*/p { color: & }/" styles/site.txt >../made; mv ../made static/site.css'
	start_eddy --build ./build "$site"
	until_true 20 test -s "$site/static/site.css"
	until_true 20 log_has '^changed  static/site.css'
	until_true 20 runs_are 2
	listen
	echo two >"$site/styles/site.txt"
	next_event
	assert_equal "$EVENT $(jq -c .paths <<<"$DATA")" 'css ["/static/site.css"]'
	assert_equal "$(cat "$site/static/site.css")" 'p { color: two }'
	assert_equal "$(sed -n 3p "$RUNS")" 'run [styles/site.txt ]'
}

@test "what the first build writes is told of, however large the tree that has to be watched before" {
	mkdir -p "$site/static/"{0..9}{0..9}/{0..9}{0..9}
	build 'date +%N >static/99/99/stamp.txt'
	start_eddy --build-on 'styles/*=./build' "$site"
	until_true 20 log_has '^changed  static/99/99/stamp.txt'
}

@test "browsers are told of a change when the build is through, not before" {
	gated_build 'cp templates/index.html static/copy.html'
	touch gate
	start_eddy --build-on 'templates/*=./build' "$site"
	until_true 20 log_has '^changed  static/copy.html'
	rm gate
	listen
	until_true 20 is_late "$EPOCHREALTIME"
	echo '<p>new</p>' >"$site/templates/index.html"
	until_true 20 runs_are 2
	kill -USR1 "$EDDY_PID"
	next_event
	assert_equal "$EVENT $(jq -c .paths <<<"$DATA")" 'reload []'
	touch gate
	next_event
	assert_equal "$EVENT $(jq -c .paths <<<"$DATA")" 'reload ["templates/index.html"]'
}

@test "a build that fails is the fault of terminal and browsers, with its output, until it is mended" {
	build 'if grep -q bad styles/site.txt; then echo some line; echo "styles/site.txt:1:5: error: bad style" >&2; exit 3; fi
cp styles/site.txt static/site.css'
	start_eddy -v --build ./build "$site"
	until_true 20 log_count_is 2 '^built ' # the second for what the first has made
	listen
	echo 'very bad' >"$site/styles/site.txt"
	next_event
	assert_equal "$EVENT" error
	assert_equal "$(jq -r '.type, .message, .file, .line, .column' <<<"$DATA" | paste -sd'|')" \
		'BuildError|error: bad style (./build: exit status 3)|styles/site.txt|1|5'
	assert_equal "$(jq -r .output <<<"$DATA")" $'some line\nstyles/site.txt:1:5: error: bad style'
	assert_equal "$(grep -A2 '^some line' "$EDDY_LOG")" \
		$'some line\nstyles/site.txt:1:5: error: bad style\neddy: ./build: exit status 3'
	echo 'good' >"$site/styles/site.txt"
	next_event
	assert_equal "$EVENT" ok
	until_true 20 log_has '^mended   styles/site.txt$'
	next_event
	assert_equal "$EVENT $(jq -c .paths <<<"$DATA")" 'css ["/static/site.css"]'
}

@test "what a build writes in colour is coloured in the terminal, and plain text with its place in browsers" {
	build 'printf "\\e[1;31mred\\e[0m \\e]8;;http://a/\\e\\\\link\\e]8;;\\a \\e(Bé\\e[K\\n\\e[1mstyles/site.txt:1:5:\\e[m bad\\n\\e[31"; exit 1'
	start_eddy --build ./build "$site"
	until_true 20 log_has '^eddy: ./build: exit status 1$'
	listen
	next_event
	assert_equal "$(jq -r '.message, .file, .line' <<<"$DATA" | paste -sd'|')" 'bad (./build: exit status 1)|styles/site.txt|1'
	assert_equal "$(jq -r .output <<<"$DATA")" $'red link é\nstyles/site.txt:1:5: bad'
	assert log_has $'^\e\\[1;31mred\e\\[0m '
}

@test "what browsers were not told because the build failed they are told when it is mended" {
	build '! grep -q bad templates/index.html'
	start_eddy --build-on '*.html=./build' "$site"
	until_true 20 log_has '^built '
	listen
	echo 'bad' >"$site/templates/index.html"
	EVENT=''
	while [ "$EVENT" != error ]; do next_event; done # right behind a build, a save may be its output, which is told first
	echo 'bad' >"$site/templates/other.html"
	next_event
	assert_equal "$EVENT" error
	echo 'good' >"$site/templates/index.html"
	while [ "$EVENT" != reload ]; do next_event; done
	assert_equal "$(jq -c '.paths | sort' <<<"$DATA")" '["templates/index.html","templates/other.html"]'
}

@test "a build that failed is told to whoever listens later, over a restart too, until it is mended" {
	gated_build 'echo oops; grep -q good styles/site.txt'
	touch gate
	start_eddy --build ./build "$site"
	until_true 20 log_has '^eddy: ./build: exit status 1$'
	listen
	next_event
	assert_equal "$EVENT $(jq -r .output <<<"$DATA")" 'error oops'

	rm gate
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	exec {STREAM}<&-
	listen
	next_event
	assert_equal "$EVENT $(jq -r .output <<<"$DATA")" 'error oops'

	echo good >"$site/styles/site.txt"
	touch gate
	while [ "$EVENT" != ok ]; do next_event; done
	until_true 20 log_has '^mended '
	exec {STREAM}<&-
	listen
	kill -USR1 "$EDDY_PID"
	next_event
	assert_equal "$EVENT" reload
}

@test "of two faults that stand the other is shown when one is mended" {
	build 'grep -q good styles/site.txt'
	start_eddy --build-on 'styles/*=./build' "$site"
	until_true 20 log_has '^eddy: ./build: exit status 1$'
	echo 'colour = blue' >"$site/eddy.conf"
	until_true 20 log_has '^refused '
	listen
	next_event
	assert_equal "$EVENT $(jq -r .type <<<"$DATA")" 'error ConfigError'
	echo good >"$site/styles/site.txt"
	next_event
	assert_equal "$EVENT $(jq -r .type <<<"$DATA")" 'error ConfigError'

	echo '{{ 1 + }}' >"$site/templates/index.html"
	next_event
	assert_equal "$EVENT $(jq -r .type <<<"$DATA")" 'error SyntaxError'
	echo '{{ 1 }}' >"$site/templates/index.html"
	next_event
	assert_equal "$EVENT $(jq -r .type <<<"$DATA")" 'error ConfigError'
	echo >"$site/eddy.conf"
	until_true 20 log_has '^mended   eddy.conf '
	exec {STREAM}<&-
	listen
	kill -USR1 "$EDDY_PID"
	next_event
	assert_equal "$EVENT" reload
}

@test "a build that is given up takes its fault with it" {
	build false
	echo 'build = ./build' >trusted.conf
	start_eddy --config trusted.conf "$site"
	until_true 20 log_has '^eddy: ./build: exit status 1$'
	echo 'quiet = false' >trusted.conf
	until_true 20 log_has '^changed .*restarted in'
	listen
	kill -USR1 "$EDDY_PID"
	next_event
	assert_equal "$EVENT" reload
}

@test "--build-on runs for files of its pattern only, and each build for its own" {
	build 'true'
	cp build other
	sed -i 's/run \[/other [/' other
	start_eddy --build-on 'styles/**=./build' --build-on '*.html=./other' "$site"
	until_true 20 runs_are 2
	echo two >"$site/styles/site.txt"
	until_true 20 runs_are 3
	echo '<p>x</p>' >"$site/templates/index.html"
	until_true 20 runs_are 4
	assert_equal "$(tail -2 "$RUNS" | cut -d' ' -f1,2 | paste -sd' ')" 'run [styles/site.txt other [templates/index.html'
}

@test "a build whose output is new each time does not loop" {
	build 'date +%N >../made; mv ../made static/stamp.txt'
	start_eddy -v --build ./build "$site"
	until_true 20 log_has "^eddy: './build' changes static/stamp.txt whenever it runs, so that is taken for its output"
	until_true 20 has_built_since 'taken for its output'
	until_true 20 log_count_is "$(wc -l <"$RUNS")" '^changed .*static/stamp.txt'
	runs_before=$(wc -l <"$RUNS")
	echo two >"$site/styles/site.txt"
	until_true 20 runs_are $((runs_before + 1))
	until_true 20 log_count_is $((runs_before + 1)) '^changed .*static/stamp.txt'
	echo three >"$site/styles/site.txt"
	until_true 20 runs_are $((runs_before + 2))
	until_true 20 log_count_is $((runs_before + 2)) '^changed .*static/stamp.txt'
	assert runs_are $((runs_before + 2))
	assert [ "$runs_before" -le 6 ]
}

@test "a source that is saved again and again while the build runs is built as it was saved last" {
	gated_build 'cp styles/site.txt static/site.css; rm -f ../gate'
	touch gate
	start_eddy --build-on 'styles/*=./build' "$site"
	until_true 20 test -s "$site/static/site.css"
	echo two >"$site/styles/site.txt"
	for n in 2 3 4; do
		until_true 20 runs_are $n
		echo "saved $n" >"$site/styles/site.txt"
		touch gate
	done
	until_true 20 runs_are 5
	touch gate
	until_true 20 grep -qx 'saved 4' "$site/static/site.css"
}

@test "make builds what make knows to be out of date, and no more" {
	printf 'static/site.css: styles/site.txt\n\tcp $< $@\n\t@echo cp >>%q\n' "$RUNS" >"$site/Makefile"
	start_eddy --build "make -s -C site" "$site"
	until_true 20 log_has '^changed  static/site.css'
	echo two >"$site/styles/site.txt"
	until_true 20 runs_are 2
	until_true 20 grep -qx two "$site/static/site.css"
	until_true 20 log_count_is 2 '^changed .*static/site.css' # perhaps with its source, perhaps after it
	assert runs_are 2
}

@test "a build that runs when eddy is told to leave, or killed, is ended with it" {
	gated_build true
	start_eddy --build './build & wait' "$site"
	until_true 20 runs_are 1
	kill -TERM "$EDDY_PID"
	wait "$EDDY_PID"
	EDDY_PID=
	assert_nothing_left
	start_eddy --build './build & wait' "$site"
	until_true 20 runs_are 2
	kill -KILL "$EDDY_PID"
	wait "$EDDY_PID" || true
	EDDY_PID=
	until_true 20 nothing_is_left
}

@test "a killed builder is replaced, and builds anew" {
	build true
	start_eddy --build ./build "$site"
	until_true 20 log_has '^built '
	kill -KILL "$(pgrep -P "$EDDY_PID" -f 'eddy builder')"
	until_true 20 runs_are 2
}

@test "the status does not wait for the builder, which counts nothing" {
	local least=9 seconds
	start_eddy --build true "$site"
	until_true 20 log_has '^built '
	for _ in 1 2 3 4 5; do
		seconds=$(curl -s -o /dev/null -w '%{time_total}' "$URL/_eddy/status")
		least=$(sort -g <<<"$least"$'\n'"$seconds" | head -n 1)
	done
	assert [ "${least%.*}" -lt 1 ] # the time after which the master answers without those that are silent
}

@test "a build may leave a process behind, which the next one ends" {
	build 'sleep 300 &
echo $! >>../left
echo text'
	start_eddy -v --build ./build "$site"
	until_true 20 log_has '^built '
	for count in 2 3; do
		echo "$count" >"$site/styles/site.txt"
		until_true 20 log_count_is "$count" '^built '
		assert runs_are "$count"
		refute kill -0 "$(sed -n "$((count - 1))p" left)"
	done
	refute log_has 'exit status'
}

@test "an eddy.conf that was found can't name a build, one that is trusted can" {
	echo "build = ./build" >"$site/eddy.conf"
	run "$EDDY" check "$site"
	assert_equal "$status" 4
	assert_output --partial "'build' can't be set in an eddy.conf that was found"
	build true
	start_eddy --config "$site/eddy.conf" "$site"
	until_true 20 runs_are 1
	run "$EDDY" serve --build-on '*.css' "$site"
	assert_equal "$status" 2
	assert_output --partial "'*.css' is not of the form GLOB=COMMAND"
}

@test "eddy check --explain says of a file outside the site that it is for builds alone" {
	run "$EDDY" check --explain "$site/styles/site.txt" "$site"
	assert_output --partial "not watched"
	run "$EDDY" check --build make --explain "$site/styles/site.txt" "$site"
	assert_output --partial "watched: a change is for builds alone"
}

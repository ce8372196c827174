# Loaded by every test file: bats' libraries, and $EDDY, the program under test.

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file

export EDDY=${EDDY:-$BATS_TEST_DIRNAME/../build/eddy}

# Settings of the person, or of the make, that runs the tests must not reach the programs.
for variable in ${!EDDY_@}; do
	unset "$variable"
done
unset variable NO_COLOR MAKEFLAGS MAKELEVEL MFLAGS

# capture COMMAND… - as `run --separate-stderr`, but keeps the blanks at the start of $output and $stderr
# shellcheck disable=SC2034 # the variables are for the tests and for bats-assert
capture() {
	status=0
	output=$("$@" 2>"$BATS_TEST_TMPDIR/.stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/.stderr")
	mapfile -t lines <<<"$output"
}

# link_layers PROGRAM SOURCE… - links a C program with the objects of the build under test, those of src/base to src/tmpl
link_layers() {
	local build objects=() source program=$1
	shift
	build=$(cd "$(dirname "$EDDY")" && pwd)
	cd "$BATS_TEST_DIRNAME/.." || return 1
	for source in src/{base,os,text,tmpl}/*.c; do
		[ ! -e "$build/${source%.c}.o" ] || objects+=("$build/${source%.c}.o")
	done
	ar rcs "$program.a" "${objects[@]}"
	# shellcheck disable=SC2086 # flags are words
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Isrc -Wall -Wextra -Werror ${CFLAGS:-} ${SANITIZE:-} -o "$program" \
		"$@" "$program.a" -ljansson -lm -pthread
}

# A running server. Each process that it starts carries a mark of the test in
# its environment, so that a test can tell what is left of it, wherever that
# process has gone in the tree.

TEST_DIR=$BATS_TEST_DIRNAME
export PYTHONDONTWRITEBYTECODE=1

# launch COMMAND… - runs a command that starts eddy, in the background, with the ready descriptor added; returns
# when it answers. Sets EDDY_PID, URL (no slash at its end), PORT and EDDY_LOG, the file of its standard error.
launch() {
	local ready=$BATS_TEST_TMPDIR/.ready
	EDDY_LOG=$BATS_TEST_TMPDIR/eddy.log
	rm -f "$ready"
	mkfifo "$ready"
	TEST_MARK=$BATS_TEST_TMPDIR "$@" --ready-fd 9 9>"$ready" >/dev/null 2>"$EDDY_LOG" 3>&- &
	EDDY_PID=$!
	URL=
	read -r -t 30 URL <"$ready" || true
	URL=${URL%/}
	PORT=${URL##*:}
	[ -n "$URL" ] || fail "eddy did not start: $(cat "$EDDY_LOG")"
}

# start_eddy ARGUMENT… - launches `eddy serve ARGUMENT…` on any free port
start_eddy() {
	launch "$EDDY" serve --port 0 "$@"
}

# marked_pids - the processes of this test's server
marked_pids() {
	grep -lszx "TEST_MARK=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ | cut -d/ -f3
}

# child_pids PID - its children, whichever of its threads started them
child_pids() {
	cat /proc/"$1"/task/*/children 2>/dev/null
}

# worker_pids - the workers, old ones that still drain included
worker_pids() {
	local pid words
	for pid in $(child_pids "$EDDY_PID"); do
		mapfile -d '' words 2>/dev/null </proc/"$pid"/cmdline || continue
		[ "${words[1]:-}" != worker ] || echo "$pid"
	done
}

# all_workers_are_new OLD-PIDS - there are workers, and none of the old ones
all_workers_are_new() {
	local now
	now=$(worker_pids)
	[ -n "$now" ] && [ -z "$(comm -12 <(sort <<<"$now") <(sort <<<"$1"))" ]
}

# wait_gone PID SECONDS - fails when it is still there then
wait_gone() {
	timeout "$2" tail --pid="$1" -s 0.01 -f /dev/null
}

# until_true SECONDS COMMAND… - looks again and again, and fails when the time is up
until_true() {
	local end=$((${EPOCHREALTIME//[!0-9]/} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME//[!0-9]/}" -lt "$end" ] || return 1
		read -r -t 0.01 <>"$BATS_TEST_TMPDIR/.ready" || true
	done
}

# insists SIGNAL - for until_true: sends it once more, as one counts as the second only some time after the first; true
# when the server has gone
insists() {
	! kill -"$1" "$EDDY_PID" 2>/dev/null
}

# stop_eddy - for teardown: the server leaves with 0, nothing is left of it, and no sanitizer spoke
stop_eddy() {
	local status=0
	[ -n "${EDDY_PID:-}" ] || return 0
	kill -TERM "$EDDY_PID" 2>/dev/null || true
	wait_gone "$EDDY_PID" 20 || kill -KILL "$EDDY_PID"
	wait "$EDDY_PID" || status=$?
	EDDY_PID=
	assert_nothing_left
	refute_sanitizer_report
	[ "$status" = 0 ] || fail "eddy left with $status: $(tail -20 "$EDDY_LOG")"
}

# nothing_is_left - for until_true: all processes of this test's server have gone
nothing_is_left() {
	[ -z "$(marked_pids)" ]
}

assert_nothing_left() {
	local left
	left=$(marked_pids)
	[ -z "$left" ] || {
		ps -o pid,ppid,stat,args -p "${left//$'\n'/,}"
		xargs -r kill -KILL <<<"$left"
		fail "processes are left"
	}
}

refute_sanitizer_report() {
	! grep -nE -A30 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$EDDY_LOG" || fail "a sanitizer found a fault"
}

# free_port - one that nobody has, of those that the kernel gives to nobody who hasn't asked for it
free_port() {
	python3 -c '
import random, socket
for port in random.sample(range(20000, 32000), 100):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        socket.create_server(("::1", port), family=socket.AF_INET6).close()
    except OSError:
        continue
    print(port)
    break'
}

# assert_streams CURL-ARGUMENT… - the answer is a stream of events, which begins at once and goes on
assert_streams() {
	curl -sN "$@" >"$BATS_TEST_TMPDIR/stream" 3>&- &
	until_true 20 grep -q '^retry' "$BATS_TEST_TMPDIR/stream"
	kill $!
	wait $! || [ $? = 143 ]
}

# raw_rows TABLE-FILE [raw.py's options…] - sends each row of a table and expects all to come back right
raw_rows() {
	run python3 "$TEST_DIR/http/raw.py" "$PORT" "$TEST_DIR/http/$1" "${@:2}"
	assert_success
	assert_line --regexp '^[1-9][0-9]* rows, 0 wrong$'
}

# start_browser - for setup_file: one Chromium for all tests of a file, for the stories of tests/browser. It ends when
# the descriptor is closed, by stop_browser.
start_browser() {
	mkfifo "$BATS_FILE_TMPDIR/browser.stdin"
	TMPDIR=$BATS_FILE_TMPDIR node "$BATS_TEST_DIRNAME/browser/serve.mjs" \
		<"$BATS_FILE_TMPDIR/browser.stdin" >"$BATS_FILE_TMPDIR/browser" 3>&- &
	exec {BROWSER_STDIN}>"$BATS_FILE_TMPDIR/browser.stdin"
	until_true 60 test -s "$BATS_FILE_TMPDIR/browser"
	BROWSER=$(<"$BATS_FILE_TMPDIR/browser")
	export BROWSER BROWSER_STDIN
}

stop_browser() {
	exec {BROWSER_STDIN}>&-
	wait
}

# preload SOURCE - leaves an ./eddy that has what the C text defines in front of the libraries
preload() {
	echo "$1" >preload.c
	"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o preload.so preload.c
	cat >eddy <<-END
		#!/bin/sh
		export LD_PRELOAD='$PWD/preload.so' ASAN_OPTIONS="\${ASAN_OPTIONS:+\$ASAN_OPTIONS:}verify_asan_link_order=0"
		exec '$(realpath "$EDDY")' "\$@"
	END
	chmod +x eddy
}

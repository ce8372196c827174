# Loaded by the tests of what the watcher tells the master, in a folder of their
# own. That something is not told shows in what is told next: a file called
# site/$SENTINEL that is emptied for that purpose. WATCH_BACKEND says how it watches.

# shellcheck disable=SC2034 # the variables are for the tests
: "${WATCH_BACKEND:=inotify}"

# watcher_start COMMAND… - runs `COMMAND… watcher`, and waits until it watches
watcher_start() {
	coproc WATCHER { exec "$BATS_TEST_DIRNAME/tools/watcher" "$@" 2>stderr 3>&-; }
	# shellcheck disable=SC2153 # set by coproc
	watcher_process=$WATCHER_PID
	exec {from_watcher}<&"${WATCHER[0]}"- {to_watcher}>&"${WATCHER[1]}"-
	hear
	watcher_pid=${heard#PID }
}

backend_options=()
[ "$WATCH_BACKEND" != poll ] || backend_options=(--poll=10)

watcher() {
	watcher_start "$EDDY" watcher "${backend_options[@]}" "$@"
	hear
	[[ $WATCH_BACKEND != kqueue || $heard != "NOTICE no descriptors left"* ]] || hear # libkqueue has few
	assert_equal "$heard" READY
}

# Ends the channel, and leaves the watcher's status in $status.
watcher_stop() {
	[ -n "${watcher_process:-}" ] || return 0
	exec {to_watcher}>&- {from_watcher}<&-
	status=0
	wait "$watcher_process" || status=$?
	watcher_process=
}

# The next line of the watcher, in $heard.
hear() {
	heard=
	read -r -t 20 heard <&"$from_watcher" || fail "the watcher said no more; stderr: $(<stderr)"
}

assert_told() {
	hear
	assert_equal "$heard" "$1"
}

# As assert_told, where the order of the paths is open.
assert_told_set() {
	hear
	# shellcheck disable=SC2086 # words
	assert_equal "$(printf '%s\n' $heard | sort | xargs)" "$(printf '%s\n' $1 | sort | xargs)"
}

# Nothing has been told, and nothing waits to be told: an emptied file waits longest.
assert_nothing_told() {
	: >"site/$SENTINEL"
	assert_told "BATCH page $SENTINEL"
}

# hear_paths COUNT - hears as many paths as that; the number of batches is in $batches
hear_paths() {
	local wanted=$1 more
	batches=0
	while [ "$wanted" -gt 0 ]; do
		hear
		batches=$((batches + 1)) more=0
		[[ ! $heard =~ \ \+([0-9]+)\ more$ ]] || more=$((BASH_REMATCH[1] - 2))
		# shellcheck disable=SC2086 # words
		set -- $heard
		wanted=$((wanted - ($# - 2) - more))
	done
	assert_equal "$wanted" 0
}

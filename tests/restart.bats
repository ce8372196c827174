#!/usr/bin/env bats
# A restart loses no request, a crash only those of its worker, and a killed
# master leaves nothing behind.

load helper

setup() {
	site=$BATS_TEST_TMPDIR/site
	mkdir "$site"
	echo "<p>root</p>" >"$site/index.html"
}

teardown() {
	stop_eddy
}

# workers_have ARGUMENT - there is a worker that was started with it
workers_have() {
	local pid
	for pid in $(worker_pids); do
		! grep -qzxe "$1" "/proc/$pid/cmdline" || return 0
	done
	return 1
}

generation_is() {
	curl -s "$URL/_eddy/status" | jq -e ".generation == $1" >/dev/null
}

# On a slow machine a restart takes longer than half a second.
@test "restarts every half second under 100 connections fail no request and cut no download" {
	head -c 20000000 /dev/urandom >"$site/download.bin"
	start_eddy --layout plain --grace 30 "$site"
	run python3 "$TEST_DIR/tools/churn.py" "$EDDY_PID" "$URL" "$site/download.bin" 10
	assert_line --regexp '^restarts ([3-9]|[1-9][0-9]), with new workers \1$'
	assert_line --regexp "^kept alive: status 0, requests [1-9][0-9]+$"
	assert_line "kept alive: socket errors none"
	assert_line "kept alive: other answers 0"
	assert_line --regexp "^single: status 0, requests [1-9][0-9]+$"
	assert_line "single: failed 0"
	assert_line "single: other answers 0"
	assert_line "downloads right 10 of 10"
}

@test "what outlives --grace is cut, and standard error says so" {
	truncate -s 200M "$site/download.bin" # 40 s, at the client's rate
	start_eddy --layout plain --grace 1 "$site"
	old=$(worker_pids)
	curl -s --limit-rate 5M -o "$BATS_TEST_TMPDIR/part" "$URL/download.bin" 3>&- &
	download=$!
	until_true 20 test -s "$BATS_TEST_TMPDIR/part"
	start=${EPOCHREALTIME//[!0-9]/}
	kill -HUP "$EDDY_PID"
	wait_gone "$old" 20
	took_ms=$(((${EPOCHREALTIME//[!0-9]/} - start) / 1000))
	assert [ "$took_ms" -ge 1000 ]
	status=0
	wait "$download" || status=$?
	assert_equal "$status" 18
	until_true 20 grep -qx 'cut 1 request that took longer than 1 s' "$EDDY_LOG"
	until_true 20 all_workers_are_new "$old"
	run curl -s "$URL/"
	assert_output "<p>root</p>"
}

@test "a config that is saved again while the first save is tried is read again" {
	cd "$BATS_TEST_TMPDIR"
	preload '
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>
		static __attribute__((destructor)) void save_at_the_end_of_a_trial(void)
		{
			char line[4096] = "";
			FILE *file = fopen("/proc/self/cmdline", "r");
			size_t got = file == NULL ? 0 : fread(line, 1, sizeof(line) - 1, file);
			if (got == 0 || strcmp(line + strlen(line) + 1, "@try") != 0)
				return;
			usleep(20000); /* for the clock of the file system to tick */
			rename("second.conf", "eddy.conf");
		}'
	echo 'grace = 5' >eddy.conf
	EDDY=$PWD/eddy start_eddy --config eddy.conf "$site"
	echo 'grace = 6' >first.conf
	echo 'grace = 7' >second.conf
	mv first.conf eddy.conf
	until_true 20 workers_have --grace=7
}

@test "a change of a path that is too long for its line in the terminal restarts as any other" {
	local folder name
	name=$(printf 'ü%.0s' {1..100})
	folder=$site/a/$name/$name # each ü is two bytes, and a line of 511 would end within one
	mkdir -p "$folder"
	echo 'grace = 5' >"$folder/$name.conf"
	cd "$site/a"
	start_eddy --config "$folder/$name.conf" --watch "$site/a" "$site"
	echo 'grace = 6' >"$folder/$name.conf"
	until_true 20 workers_have --grace=6
	until_true 20 generation_is 1
}

@test "a worker that is killed under load is replaced, and the other's requests are untouched" {
	start_eddy --layout plain --workers 2 "$site"
	run python3 "$TEST_DIR/tools/kill_worker.py" "$EDDY_PID" "$URL"
	assert_success
	assert_line "connections of the other worker: 0 failed"
	assert_line "workers: 2"
}

@test "a killed master leaves no process behind" {
	start_eddy --layout plain --workers 2 "$site"
	curl -sN -o /dev/null "$URL/_eddy/events" 3>&- &
	kill -KILL "$EDDY_PID"
	wait "$EDDY_PID" || true
	EDDY_PID=
	until_true 20 nothing_is_left
}

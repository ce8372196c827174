#!/usr/bin/env bats
# How much of a client is borne, and for how long.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir "$SITE"
	echo "<p>root</p>" >"$SITE/index.html"
	echo text >"$SITE/a.txt"
}

teardown() {
	stop_eddy
}

# status CURL-ARGUMENT… - of the answer
status() {
	curl -s -o /dev/null -w '%{http_code}' "$@"
}

@test "--max-target, --max-fields and --max-head bound a request" {
	start_eddy --max-target 100 --max-fields 5 --max-head 2048 "$SITE"
	assert_equal "$(status "$URL/$(printf 'x%.0s' {1..90})")" 404
	assert_equal "$(status "$URL/$(printf 'x%.0s' {1..100})")" 414
	assert_equal "$(status -H 'A: 1' -H 'B: 2' "$URL/")" 200
	assert_equal "$(status -H 'A: 1' -H 'B: 2' -H 'C: 3' "$URL/")" 431
	assert_equal "$(status -H "A: $(printf 'x%.0s' {1..1500})" "$URL/")" 200
	assert_equal "$(status -H "A: $(printf 'x%.0s' {1..2000})" "$URL/")" 431
}

@test "--max-head lets a larger head in too" {
	start_eddy --max-head 100000 --max-target 80000 --max-fields 1000 "$SITE"
	assert_equal "$(status "$URL/?$(printf 'x%.0s' {1..70000})")" 200
	for i in {1..900}; do
		echo "header = \"X-$i: y\""
	done >"$BATS_TEST_TMPDIR/fields"
	assert_equal "$(status -K "$BATS_TEST_TMPDIR/fields" "$URL/")" 200
}

@test "slow heads, silent clients and readers that stall are given up in time, slow readers are not" {
	head -c 60M /dev/urandom >"$SITE/large.bin"
	start_eddy --head-timeout 1 --idle-timeout 2 --write-timeout 1 "$SITE"
	workers=$(worker_pids)
	raw_rows patience.py
	assert_equal "$(worker_pids)" "$workers"
}

# ticks PID - of processor time that it has had
ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

@test "with 64 descriptors, 200 clients at a time are answered, half heads make room, and nothing spins" {
	launch bash -c 'ulimit -n 64; exec "$@"' bash "$EDDY" serve --port 0 "$SITE"
	worker=$(worker_pids)
	run python3 "$TEST_DIR/http/crowd.py" "$PORT" 200
	assert_output $'200 answered\nthen 200'
	[ "$(ticks "$worker")" -lt 100 ]
	assert_equal "$(worker_pids)" "$worker"
	assert_equal "$(status "$URL/")" 200
}

@test "a limit of descriptors under which a server can't work ends the start in a sentence" {
	for command in "serve --port 0 -C $SITE" "run -C $SITE -- sleep 600"; do
		read -ra words <<<"$command"
		for limit in 7 8 10 13 16 20; do
			capture timeout 60 bash -c 'ulimit -n "$1"; shift; exec "$@"' bash "$limit" "$EDDY" "${words[@]}" 3>&-
			assert_equal "$status" 1
			# shellcheck disable=SC2154 # set by capture
			assert_regex "$stderr" "^eddy: [^"$'\n'"]*: Too many open files[^"$'\n'"]*\$"
		done
	done
	launch bash -c 'ulimit -n 48; exec "$@"' bash "$EDDY" serve --port 0 "$SITE"
	kill -HUP "$EDDY_PID"
	until_true 20 grep -q '^restart ' "$EDDY_LOG"
	assert_equal "$(status "$URL/")" 200
}

@test "--max-connections bounds them, and who is silent makes room" {
	start_eddy --max-connections 3 "$SITE"
	run python3 "$TEST_DIR/http/crowd.py" "$PORT" 9
	assert_output $'9 answered\nthen 200'
}

#!/usr/bin/env bats
# --access-log and --log-level: what is told of requests, where, and what it may cost.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	LOG=$BATS_TEST_TMPDIR/access.log
	mkdir "$SITE"
	echo '<p>root</p>' >"$SITE/index.html"
	echo text >"$SITE/a.txt"
}

teardown() {
	stop_eddy
}

# lines_are N - the log has so many
lines_are() {
	[ "$(wc -l <"$LOG")" = "$1" ]
}

# get CURL-ARGUMENT…
get() {
	curl -s -o /dev/null "$@"
}

@test "--access-log has a line for every request, soon after it, with the time behind it" {
	start_eddy --access-log "$LOG" "$SITE"
	get "$URL/a.txt?x=1"
	until_true 20 lines_are 1
	get -I "$URL/" -: "$URL/missing" -: -X POST -d x "$URL/a.txt" -: -H 'Host: evil.example' "$URL/"
	until_true 20 lines_are 5
	run cat "$LOG"
	assert_line --index 0 --regexp '^200 GET /a\.txt\?x=1 \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms 20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z$'
	assert_line --index 1 --regexp '^200 HEAD / '
	assert_line --index 2 --regexp '^404 GET /missing '
	assert_line --index 3 --regexp '^405 POST /a\.txt '
	assert_line --index 4 --regexp '^421 GET / '
}

@test "--access-log is there for --quiet too, and is appended to" {
	echo before >"$LOG"
	start_eddy --quiet --access-log "$LOG" "$SITE"
	get "$URL/"
	until_true 20 lines_are 2
	run head -1 "$LOG"
	assert_output before
	assert_file_empty "$EDDY_LOG"
}

@test "hostile bytes can't forge a line of the access log, and long targets don't tear it" {
	start_eddy --access-log "$LOG" "$SITE"
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /a\x1b[31m\x80\\x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&8
	timeout 30 cat <&8 >/dev/null
	exec 8>&-
	get "$URL/%0a200%20GET%20/forged"
	get --path-as-is "$URL/$(printf 'x%.0s' {1..8000})"
	until_true 20 lines_are 3
	run ! grep -P '[^\x20-\x7e]' "$LOG"
	run cat "$LOG"
	assert_line --index 0 --partial ' GET /a\x1b[31m\x80\x5cx ('
	assert_line --index 1 --partial ' GET /%0a200%20GET%20/forged ('
	assert_line --index 2 --regexp "^404 GET /x{8000} \("
}

@test "a password in the target is not written down" {
	start_eddy --access-log "$LOG" "$SITE"
	for target in http://me:secret@localhost/a.txt http://me:se@cret@localhost http://localhost/a@b /a@b '/?to=http://me@b/'; do
		get --request-target "$target" "$URL/"
	done
	until_true 20 lines_are 5
	run cut -d' ' -f3 "$LOG"
	assert_output "\
http://localhost/a.txt
http://localhost
http://localhost/a@b
/a@b
/?to=http://me@b/"
}

@test "thousands of requests over several workers leave as many whole lines" {
	start_eddy --workers 2 --access-log "$LOG" "$SITE"
	ab -q -k -n 5000 -c 20 "$URL/a.txt" >/dev/null
	until_true 20 lines_are 5000
	run grep -cvE '^200 GET /a\.txt \(127\.0\.0\.1\) [0-9]+\.[0-9]{2}ms [0-9TZ:-]+$' "$LOG"
	assert_output 0
}

@test "SIGHUP opens the access log anew, and a stop writes what is left" {
	start_eddy --access-log "$LOG" "$SITE"
	get "$URL/?first"
	until_true 20 lines_are 1
	mv "$LOG" "$LOG.1"
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	get "$URL/?second"
	until_true 20 lines_are 1
	get "$URL/?third"
	stop_eddy
	run grep -c '' "$LOG" "$LOG.1"
	assert_output "$LOG:2
$LOG.1:1"
}

@test "an access log within the site reloads nothing, and isn't seen to change" {
	start_eddy --verbose --access-log "$SITE/access.log" "$SITE"
	LOG=$SITE/access.log
	get "$URL/"
	until_true 20 lines_are 1
	echo changed >"$SITE/a.txt"
	until_true 20 grep -q 'a\.txt' "$EDDY_LOG"
	run ! grep -q 'access\.log' "$EDDY_LOG"
}

@test "an access log that can't be written is told at the start" {
	run "$EDDY" serve --port 0 --access-log "$BATS_TEST_TMPDIR/no/such/log" "$SITE"
	assert_failure
	assert_output --regexp 'access-log .*/no/such/log: No such file or directory'
	run "$EDDY" serve --port 0 --access-log "$SITE" "$SITE"
	assert_failure
	assert_output --partial 'Is a directory'
	run "$EDDY" serve --port 0 --access-log - "$SITE"
	assert_failure 2
	assert_output --partial '/dev/stdout'
	echo "access-log = log" >"$SITE/eddy.conf"
	run "$EDDY" serve --port 0 "$SITE"
	assert_failure 4
	assert_output --partial "can't be set in an eddy.conf that was found"
}

@test "an access log that takes nothing any more is told once, and requests are answered" {
	start_eddy --access-log /dev/full "$SITE"
	for _ in 1 2 3; do
		run curl -s "$URL/a.txt"
		assert_output text
	done
	until_true 20 grep -q 'lines are lost' "$EDDY_LOG"
	run grep -c 'lines are lost' "$EDDY_LOG"
	assert_output 1
}

@test "--log-level says from which level on something is said" {
	start_eddy --log-level error "$SITE"
	get "$URL/missing"
	get "$URL/"
	stop_eddy
	assert_file_empty "$EDDY_LOG"
	start_eddy --log-level warning "$SITE"
	get "$URL/missing"
	get "$URL/"
	stop_eddy
	run cut -d '(' -f 1 "$EDDY_LOG"
	assert_output '404 GET /missing '
	start_eddy --log-level debug "$SITE"
	get "$URL/a.txt"
	until_true 20 grep -q '^200 GET /a.txt' "$EDDY_LOG"
	run "$EDDY" serve --log-level loud "$SITE"
	assert_failure 2
	assert_output --partial "debug, info, warning"
}

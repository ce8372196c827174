#!/usr/bin/env bats
# What eddy has for scripts: the URLs and digests of files, the status of a server and a reload.

# shellcheck disable=SC2154 # $stderr is set by capture
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -m 700 run site files
	export XDG_RUNTIME_DIR=$PWD/run # so that no other test's server is found
}

teardown() {
	[ -z "${STREAM_PID:-}" ] || kill "$STREAM_PID" 2>/dev/null || true
	stop_eddy
}

# open_stream - a browser that listens for reloads; what it hears is in the file events
open_stream() {
	curl -sN "$URL/_eddy/events" >events 3>&- &
	STREAM_PID=$!
	until_true 20 grep -q '^retry' events
}

# status_of FILTER - of the only server, by jq
status_of() {
	"$EDDY" status --json | jq -c ".[0] | $1"
}

# status_is FILTER JSON - for until_true
status_is() {
	[ "$(status_of "$1")" = "$2" ]
}

# refuses_with LINE ARGUMENT… - eddy leaves with 1, and this is all it says
refuses_with() {
	local line=$1
	shift
	capture "$EDDY" "$@"
	assert_equal "$status $output $stderr" "1  $line"
}

# make_app - a site with templates and static files in site/
make_app() {
	mkdir -p site/templates site/static/deep
	echo '{{ static_url("site.css") }} {{ static_url("deep/a.js") }}' >site/templates/index.html
	echo 'p { color: red }' >site/static/site.css
	echo 'f()' >site/static/deep/a.js
}

# version FILE - what ?v= must say
version() {
	xxhsum -H2 "$1" 2>/dev/null | cut -c1-16
}

@test "eddy url prints what static_url gives, wherever in the site it is called" {
	make_app
	expected=$(tr ' ' '\n' < <("$EDDY" render -C site index.html))
	assert_equal "${expected%%$'\n'*}" "/static/site.css?v=$(version site/static/site.css)"
	cd site
	assert_equal "$("$EDDY" url static/site.css ./static/deep/a.js)" "$expected"
	assert_equal "$("$EDDY" url "$PWD/static/site.css" "$PWD/static/../static/deep/a.js")" "$expected"
	cd static/deep
	assert_equal "$("$EDDY" url ../site.css a.js)" "$expected"
	cd "$BATS_TEST_TMPDIR"
	assert_equal "$("$EDDY" url -C site site/static/site.css site/static/deep/a.js)" "$expected"
	ln -s site/static/deep link
	assert_equal "$("$EDDY" url -C site link/a.js)" "${expected##*$'\n'}"
}

@test "the URLs of eddy url are answered as immutable by the server" {
	make_app
	echo x >'site/static/a b#c?d%.txt'
	start_eddy site
	for file in site/static/site.css 'site/static/a b#c?d%.txt'; do
		run curl -sD - -o got "$URL$("$EDDY" url -C site "$file")"
		assert_line --regexp '^Cache-Control: .*immutable'
		assert_files_equal got "$file"
	done
}

@test "in a plain folder the URL of a file is its path, and links inside it are followed as they are served" {
	mkdir -p plain/real
	echo x >plain/real/a.css
	ln -s real plain/link
	assert_equal "$(cd plain && "$EDDY" url -C . real/a.css)" "/real/a.css?v=$(version plain/real/a.css)"
	assert_equal "$("$EDDY" url -C plain plain/link/a.css)" "/link/a.css?v=$(version plain/real/a.css)"
}

@test "eddy url uses the site's eddy.conf" {
	make_app
	mv site/static site/files
	printf '%s\n' 'static = files' 'static-prefix = /s/' >site/eddy.conf
	assert_equal "$("$EDDY" url -C site site/files/site.css)" "/s/site.css?v=$(version site/files/site.css)"
}

@test "a path that is missing, outside, hidden or a folder is told, and the others are printed all the same" {
	make_app
	echo x >site/static/.hidden
	cd site
	capture "$EDDY" url static/no.css static/site.css templates/index.html static/.hidden static static/deep/a.js
	assert_equal "$status" 1
	assert_equal "$output" "/static/site.css?v=$(version static/site.css)
/static/deep/a.js?v=$(version static/deep/a.js)"
	assert_equal "$stderr" "eddy: there is no file 'static/no.css'
eddy: 'templates/index.html' is no static file of this site: those lie in '$PWD/static' (-C DIR names another site)
eddy: 'static/.hidden' is not served
eddy: 'static' is a folder"
}

@test "eddy url --json is one object, with null for what has no URL" {
	make_app
	cd site
	capture "$EDDY" url --json static/site.css static/no.css
	assert_equal "$status" 1
	assert_equal "$(jq -c . <<<"$output")" \
		"{\"static/site.css\":\"/static/site.css?v=$(version static/site.css)\",\"static/no.css\":null}"
}

@test "eddy hash writes what xxhsum -H2 writes, which xxhsum -c finds right" {
	cd files
	printf 'a' >'with a blank'
	printf 'b' >'back\slash'
	printf 'c' >' *leading'
	printf 'd' >$'not \xff utf-8'
	: >empty
	head -c 3000000 /dev/urandom >big
	"$EDDY" hash -- * >../sums
	for file in 'with a blank' 'back\slash' ' *leading' $'not \xff utf-8' empty big; do
		assert_equal "$("$EDDY" hash "$file")" "$(xxhsum -H2 "$file" 2>/dev/null)"
	done
	run xxhsum -c ../sums
	assert_success
	echo more >>big
	run xxhsum -c ../sums
	assert_failure
	assert_line "big: FAILED"
}

@test "eddy hash of standard input is xxhsum's, by no operand or by -" {
	for arguments in "" "-"; do
		# shellcheck disable=SC2086 # a word or none
		assert_equal "$(echo hello | "$EDDY" hash $arguments)" "$(echo hello | xxhsum -H2 - 2>/dev/null)"
	done
	echo hello | "$EDDY" hash >sum
	run xxhsum -c sum < <(echo hello)
	assert_success
}

@test "a name with a line end is escaped in the digests, as sha256sum escapes it" {
	printf x >$'line\nend\\'
	digest=$(printf x | "$EDDY" hash | cut -c1-32)
	assert_equal "$("$EDDY" hash $'line\nend\\')" "\\$digest  $(sha256sum $'line\nend\\' | cut -c68-)"
}

@test "what can't be hashed is told, and the others are hashed all the same" {
	echo x >a
	capture "$EDDY" hash no a .
	assert_equal "$status" 1
	assert_equal "$output" "$(xxhsum -H2 a 2>/dev/null)"
	assert_equal "$stderr" "eddy: cannot open 'no': No such file or directory
eddy: cannot read '.': Is a directory"
}

@test "eddy hash and eddy help need no eddy.conf that is right" {
	echo 'no such key' >eddy.conf
	run "$EDDY" hash eddy.conf
	assert_success
	run "$EDDY" help check
	assert_success
}

@test "eddy status tells each worker, from within the folder that is served" {
	start_eddy site --workers 2
	mkdir site/below
	cd site/below
	capture "$EDDY" status
	assert_equal "$status" 0
	assert_regex "${lines[0]}" "^$URL/  $(cd .. && pwd -P)  pid $EDDY_PID, up [0-9]+ s\$"
	assert_equal "${lines[1]}" "  worker  pid$(printf '%*s' $((${#EDDY_PID} - 3)) '')  state  generation  up   requests  in flight  streams  last exit"
	assert_equal "${#lines[@]}" 4
	assert_regex "${lines[2]}" '^  0 +[0-9]+ +ready +0 +[0-9]+ s +0 +0 +0 +-$'
	assert_equal "$(status_of '[.workers[].pid] | sort | map(tostring) | join(" ")')" \
		"\"$(worker_pids | sort -n | paste -sd' ')\""
}

@test "a folder with a strange name is one line of the status, as it is one of the banner" {
	mkdir $'other\nfolder \e[31m'
	start_eddy $'other\nfolder \e[31m'
	capture "$EDDY" status
	assert_equal "$status" 0
	assert_regex "${lines[0]}" "^$URL/  $(pwd -P)/other\\\\nfolder \\\\x1b\\[31m  pid $EDDY_PID, up [0-9]+ s\$"
	assert_equal "${#lines[@]}" 3
	assert_file_contains "$EDDY_LOG" '^eddy [0-9.]*  other\\nfolder \\x1b\[31m  '
}

@test "the status says how many files are watched, and how often all were looked at again" {
	echo one >site/index.html
	start_eddy site # eddy itself is watched too
	assert_equal "$(status_of '.watcher | [.pid, .files, .rescans]')" \
		"[$(pgrep -f -P "$EDDY_PID" ' watcher'),2,0]"
}

@test "the status counts requests and open streams, and remembers how a worker ended" {
	start_eddy site
	curl -s "$URL/" "$URL/" >/dev/null
	open_stream
	assert_equal "$(status_of '.workers[0] | [.requests, .in_flight, .streams, .last_exit]')" '[3,0,1,null]'
	worker=$(worker_pids)
	kill -KILL "$worker"
	until_true 20 all_workers_are_new "$worker"
	until_true 20 status_is '.workers[0].state' '"ready"'
	assert_equal "$(status_of '.workers[0] | [.requests, .streams, .last_exit]')" '[0,0,"killed by signal 9 (Killed)"]'
}

# is_answered_by WORKER - this time
is_answered_by() {
	[ "$(curl -s "$URL/_eddy/status" | jq .answered_by)" = "$1" ]
}

@test "each worker tells the status of all over HTTP, and which of them it is" {
	start_eddy site --workers 2
	for worker in 0 1; do until_true 20 is_answered_by "$worker"; done
	run curl -si "$URL/_eddy/status"
	assert_line --regexp '^Content-Type: application/json'
	assert_line --regexp '^Cache-Control: no-store'
	assert_equal "$(jq -c '[.pid, .generation, (.workers | map(.id))]' <<<"${lines[-1]}")" "[$EDDY_PID,0,[0,1]]"
}

@test "the status over HTTP is for direct requests of this machine only" {
	start_eddy site --cors '*'
	for field in "Origin: http://evil.test" "Forwarded: for=1.2.3.4" "X-Forwarded-For: 127.0.0.1" "X-Real-IP: 127.0.0.1" "Via: 1.1 proxy"; do
		assert_equal "$(curl -s -o body -w '%{http_code}' -H "$field" "$URL/_eddy/status")" 403
		refute grep -q workers body
	done
	assert_equal "$(curl -s -o body -w '%{http_code}' -H 'Host: evil.test' "$URL/_eddy/status")" 421
}

@test "eddy reload tells the browsers, and how many pages that were" {
	start_eddy site
	echo "$EDDY_PID" >pid
	run "$EDDY" reload --pid-file pid
	assert_output "$URL/  0 pages reloaded"
	open_stream
	capture "$EDDY" reload site
	assert_equal "$status" 0
	assert_equal "$output" ""
	assert_equal "$stderr" "$URL/  1 page reloaded"
	until_true 20 grep -q '^event: reload' events
	run "$EDDY" reload -q --port "$PORT"
	assert_success
	assert_output ""
}

@test "a server is found again after it has restarted" {
	start_eddy site
	for generation in 1 2; do
		kill -HUP "$EDDY_PID"
		until_true 20 status_is '[.pid, .generation, .workers[-1].state]' "[$EDDY_PID,$generation,\"ready\"]"
	done
	run "$EDDY" reload
	assert_success
	assert_equal "$(find run/eddy -type s | wc -l)" 1
}

@test "where no server is meant, eddy status and eddy reload say so and leave with 1" {
	for command in status reload; do
		refuses_with "eddy: no server of yours is running" "$command"
		refuses_with "eddy: no such server of yours is running" "$command" --port 1
		refuses_with "eddy: cannot open 'no': No such file or directory" "$command" --pid-file no
		echo x >pid
		refuses_with "eddy: 'pid' holds no process id" "$command" --pid-file pid
	done
	start_eddy site
	refuses_with "eddy: no such server of yours is running" status run
	run "$EDDY" status no-folder
	assert_equal "$status" 2
	stop_eddy
	assert_equal "$(find run/eddy -type s)" ""
}

@test "of several servers the one of this folder is meant, else eddy reload asks which" {
	mkdir other
	"$EDDY" --port 0 -q other --ready-file other.url 3>&- &
	other=$!
	until_true 20 test -s other.url
	start_eddy site
	assert_equal "$(cd other && "$EDDY" status --json | jq -c 'map(.pid)')" "[$other]"
	assert_equal "$(cd site && "$EDDY" status --json | jq -c 'map(.pid)')" "[$EDDY_PID]"
	assert_equal "$("$EDDY" status --json | jq length)" 2
	capture "$EDDY" reload
	assert_equal "$status" 1
	assert_regex "$stderr" "^eddy: several servers are running: for [^,]+, [^,]+ \(name one: eddy reload DIR\)$"
	kill "$other"
	wait "$other"
	run "$EDDY" reload
	assert_success
}

@test "what a killed server has left behind is removed by who finds it" {
	"$EDDY" --port 0 -q site --ready-file url 3>&- &
	pid=$!
	until_true 20 test -s url
	kill -KILL "$pid"
	wait "$pid" || true
	assert_equal "$(find run/eddy -type s | wc -l)" 1
	refuses_with "eddy: no server of yours is running" status
	assert_equal "$(find run/eddy -type s | wc -l)" 0
}

@test "a server whose socket can't be private goes on without one" {
	mkdir -m 755 run/eddy
	start_eddy site -v
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/")" 200
	assert_file_contains "$EDDY_LOG" "eddy status and eddy reload won't find this server"
	refuses_with "eddy: no server of yours is running" status
}

#!/usr/bin/env bats
# The stream of /_eddy/events: what browsers are told, when, and what not.
# Nothing here waits for silence: where no event may come, another change is
# made afterwards, and its event must be the next.

load helper

setup() {
	site=$BATS_TEST_TMPDIR/site
	mkdir -p "$site"/{templates,static}
	echo "<p>{{ 1 + 2 }}</p>" >"$site/templates/index.html"
	echo "body { margin: 0 }" >"$site/static/site.css"
	echo "p { margin: 0 }" >"$site/static/sentinel.css"
}

teardown() {
	stop_eddy
}

# listen CURL-ARGUMENT… - opens the stream; returns when its head has come
listen() {
	local line
	STATUS='' HEAD=''
	exec {STREAM}< <(exec curl -sNi "$@" "$URL/_eddy/events" 3>&-)
	while read -r -t 20 -u "$STREAM" line && line=${line%$'\r'} && [ -n "$line" ]; do
		STATUS=${STATUS:-$line}
		HEAD+=$line$'\n'
	done
}

# next_event - the next one of the stream behind the greeting, as EVENT, DATA and ID
next_event() {
	local line
	EVENT='' DATA='' ID=''
	while read -r -t 20 -u "$STREAM" line; do
		case ${line%$'\r'} in
		"event: "*) EVENT=${line#event: } ;;
		"data: "*) DATA=${line#data: } ;;
		"id: "*) ID=${line#id: } ;;
		"") case $EVENT in "" | hello) EVENT='' ;; *) return 0 ;; esac ;;
		esac
	done
	fail "no event within 20 s, or the stream has ended"
}

save_count=0
touch_sentinel() {
	echo "p { margin: $((++save_count))px }" >"$site/static/sentinel.css"
}

# assert_next_is_sentinel - and nothing before it
assert_next_is_sentinel() {
	touch_sentinel
	next_event
	assert_equal "$EVENT" css
	assert_equal "$(jq -c .paths <<<"$DATA")" '["/static/sentinel.css"]'
}

# sequence_of ID - the number behind the boot's name
sequence_of() {
	echo "${1##*-}"
}

worker_descriptors() {
	find "/proc/$(worker_pids)/fd" -type l | wc -l
}

worker_has_descriptors() {
	[ "$(worker_descriptors)" = "$1" ]
}

@test "the stream is an event stream that nobody stores" {
	start_eddy "$site"
	listen
	assert_equal "$STATUS" "HTTP/1.1 200 OK"
	assert_regex "$HEAD" $'\n''Content-Type: text/event-stream'
	assert_regex "$HEAD" $'\n''Cache-Control: no-store'
}

@test "a saved page is one event, and the numbers have no gap" {
	start_eddy "$site"
	listen
	echo "<p>{{ 2 + 2 }}</p>" >"$site/templates/index.html"
	next_event
	assert_equal "$EVENT" reload
	first=$ID
	assert_next_is_sentinel
	assert_equal "${ID%-*}" "${first%-*}"
	assert_equal "$(sequence_of "$ID")" $(($(sequence_of "$first") + 1))
	run curl -s "$URL/"
	assert_output "<p>4</p>"
}

@test "a file that is saved by writing it aside and renaming it is one event too" {
	start_eddy "$site"
	listen
	echo "body { margin: 1px }" >"$site/static/site.css~"
	mv "$site/static/site.css~" "$site/static/site.css"
	next_event
	assert_equal "$EVENT" css
	assert_equal "$(jq -c .paths <<<"$DATA")" '["/static/site.css"]'
	assert_next_is_sentinel
}

@test "a touch, a chmod and an identical rewrite are no event" {
	start_eddy "$site"
	listen
	touch "$site/templates/index.html" "$site/static/site.css"
	chmod 600 "$site/static/site.css"
	echo "<p>{{ 1 + 2 }}</p>" >"$site/templates/index.html"
	cp "$site/static/site.css" "$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$site/static/site.css"
	assert_next_is_sentinel
}

@test "what editors leave beside a file is no event" {
	start_eddy "$site"
	listen
	echo x >"$site/static/site.css~"
	echo x >"$site/static/.site.css.swp"
	echo x >"$site/static/4913~"
	mkdir "$site/.git" && echo x >"$site/.git/index"
	assert_next_is_sentinel
}

@test "a stylesheet is told as css, with its path" {
	start_eddy "$site"
	listen
	echo "body { margin: 1px }" >"$site/static/site.css"
	next_event
	assert_equal "$EVENT" css
	assert_equal "$(jq -c .paths <<<"$DATA")" '["/static/site.css"]'
}

@test "an image is told as image, with its path" {
	echo one >"$site/static/logo.png"
	start_eddy "$site"
	listen
	echo two >"$site/static/logo.png"
	next_event
	assert_equal "$EVENT" image
	assert_equal "$(jq -c .paths <<<"$DATA")" '["/static/logo.png"]'
}

@test "a page and its stylesheet that are saved together reload the page" {
	start_eddy "$site"
	listen
	echo "body { margin: 1px }" >"$site/static/site.css"
	echo "<p>{{ 2 + 2 }}</p>" >"$site/templates/index.html"
	next_event
	# The stylesheet may have been told before the page was saved.
	[ "$EVENT" = reload ] || next_event
	assert_equal "$EVENT" reload
}

@test "a file in a folder made later is seen" {
	start_eddy "$site"
	listen
	mkdir -p "$site/static/a/b"
	echo "i { margin: 0 }" >"$site/static/a/b/new.css"
	next_event
	assert_regex "$DATA" new.css
}

@test "a template that no longer compiles is told as an error with its place, and its mending as ok" {
	start_eddy "$site"
	listen
	printf '<p>one</p>\n<p>{{ 1 + }}</p>\n' >"$site/templates/index.html"
	next_event
	assert_equal "$EVENT" error
	assert_equal "$(jq -r '"\(.file):\(.line)"' <<<"$DATA")" index.html:2
	echo "<p>{{ 2 + 3 }}</p>" >"$site/templates/index.html"
	next_event
	mended=$EVENT
	[ "$EVENT" = reload ] || next_event
	assert_regex "$mended $EVENT" 'ok'
	run curl -s "$URL/"
	assert_output "<p>5</p>"
}

@test "USR1 reloads browsers" {
	start_eddy "$site"
	listen
	kill -USR1 "$EDDY_PID"
	next_event
	assert_equal "$EVENT" reload
}

@test "a browser that comes back is told what it missed, once" {
	start_eddy "$site"
	listen
	assert_next_is_sentinel
	seen=$ID
	echo "body { margin: 1px }" >"$site/static/site.css"
	next_event
	missed=$ID
	exec {STREAM}<&-

	listen -H "Last-Event-ID: $seen"
	next_event
	assert_equal "$EVENT" css
	assert_equal "$ID" "$missed"
	assert_next_is_sentinel

	listen -H "Last-Event-ID: $ID"
	assert_next_is_sentinel
}

@test "a browser that comes back after a restart of the server is told what it missed" {
	start_eddy "$site"
	listen
	assert_next_is_sentinel
	seen=$ID
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"

	listen -H "Last-Event-ID: $seen"
	echo "body { margin: 1px }" >"$site/static/site.css"
	next_event
	assert_equal "$EVENT" css
	assert_equal "$(jq -c .paths <<<"$DATA")" '["/static/site.css"]'
	assert_equal "${ID%-*}" "${seen%-*}"

	listen -H "Last-Event-ID: $seen"
	next_event
	assert_equal "$EVENT" css
}

@test "a config that is refused is told to whoever listens later, by each worker, until it is mended" {
	start_eddy --workers 2 "$site"
	echo "colour = blue" >"$site/eddy.conf"
	until_true 20 grep -q '^refused' "$EDDY_LOG"
	for _ in 1 2 3 4 5 6; do
		listen
		next_event
		assert_equal "$EVENT" error
		assert_equal "$(jq -r '"\(.file):\(.line) \(.type) \(.stands)"' <<<"$DATA")" "$site/eddy.conf:1 ConfigError true"
	done
	fault=$ID
	assert_next_is_sentinel
	exec {STREAM}<&-

	listen -H "Last-Event-ID: $fault" # which has been told
	next_event
	assert_equal "$EVENT" css
	assert_next_is_sentinel

	listen -H "Last-Event-ID: ${fault%-*}-0" # which is told, once, because it missed it
	next_event
	assert_equal "$EVENT $ID" "error $fault"
	next_event
	assert_equal "$EVENT" css

	listen -H "Last-Event-ID: 0123456789abcdef-7"
	next_event
	assert_equal "$EVENT" reload
	next_event
	assert_equal "$EVENT $ID" "error $fault"

	old=$(worker_pids)
	echo "workers = 2" >"$site/eddy.conf"
	until_true 20 grep -q '^mended' "$EDDY_LOG"
	until_true 20 all_workers_are_new "$old"
	listen
	assert_next_is_sentinel
}

@test "a page that is asked for anew is told of the fault that stands, though it is not newer" {
	start_eddy "$site"
	echo "colour = blue" >"$site/eddy.conf"
	until_true 20 grep -q '^refused' "$EDDY_LOG"
	page=$(curl -s -H 'Accept: text/html' "$URL/")
	assert_regex "$page" 'data-id="([0-9a-f]{16}-1)"'
	exec {STREAM}< <(exec curl -sN "$URL/_eddy/events?last=${BASH_REMATCH[1]}" 3>&-)
	next_event
	assert_equal "$EVENT $ID" "error ${BASH_REMATCH[1]}"
}

@test "a page that refuses a request at its head knows what has happened before, as others do" {
	start_eddy "$site"
	echo "colour = blue" >"$site/eddy.conf"
	until_true 20 grep -q '^refused' "$EDDY_LOG"
	page=$(curl -s -X DELETE -H 'Accept: text/html' "$URL/")
	assert_regex "$page" 'data-id="([0-9a-f]{16}-1)"'
}

@test "a fault of a template is told to those who listen when it is made, and not to later ones" {
	start_eddy "$site"
	listen
	echo '<p>{{ 1 + }}</p>' >"$site/templates/index.html"
	next_event
	assert_equal "$EVENT" error
	listen
	assert_next_is_sentinel
}

@test "a browser that comes back to another server reloads once" {
	start_eddy "$site"
	listen -H "Last-Event-ID: 0123456789abcdef-7"
	next_event
	assert_equal "$EVENT" reload
	assert_next_is_sentinel
}

@test "a page says which change is the last that is in it" {
	start_eddy "$site"
	listen
	page=$(curl -s -H 'Accept: text/html' "$URL/")
	assert_regex "$page" '<script src="/_eddy/client\.js\?v=[0-9a-f]{16}" data-stream="/_eddy/stream\.js\?v=[0-9a-f]{16}" data-id="([0-9a-f]{16}-0)" async></script>'
	first=${BASH_REMATCH[1]}
	touch_sentinel
	next_event
	assert_regex "$(curl -s -H 'Accept: text/html' "$URL/")" "data-id=\"$ID\" async"
	assert_regex "$(curl -s -H 'Accept: text/html' "$URL/nowhere")" "data-id=\"$ID\" data-own async"
	assert_regex "$(curl -s -H 'Accept: text/html' "$URL/static/")" "data-id=\"$ID\" data-own async"

	seen=$ID
	listen -H "Last-Event-ID: $first"
	next_event
	assert_equal "$ID" "$seen"
}

@test "of many streams each is told everything once" {
	start_eddy "$site"
	run python3 "$TEST_DIR/tools/streams.py" "$PORT" 400 "$EDDY_PID"
	assert_success
	assert_output "hello reload reload"
}

@test "what is silent is kept open by a comment, which finds the streams whose browser has left" {
	start_eddy "$site"
	before=$(worker_descriptors)
	listen
	kill "$!"
	wait_gone "$!" 20
	listen
	while read -r -t 20 -u "$STREAM" line && [ "${line%$'\r'}" != : ]; do :; done
	assert_equal "${line%$'\r'}" :
	until_true 20 worker_has_descriptors $((before + 1))
}

@test "a browser that has left is not counted, and its stream ends" {
	start_eddy "$site"
	before=$(worker_descriptors)
	for _ in 1 2 3; do
		listen
		kill "$!"
		wait_gone "$!" 20
	done
	assert [ "$(worker_descriptors)" = $((before + 3)) ]
	listen
	touch_sentinel
	next_event
	until_true 20 grep -q '^changed' "$EDDY_LOG"
	assert_regex "$(cat "$EDDY_LOG")" '→ 1 (page|browser) '
	until_true 20 worker_has_descriptors $((before + 1))
}

@test "a status counts the browsers that are there, and ends the streams of those that have left" {
	start_eddy "$site"
	before=$(worker_descriptors)
	listen
	kill "$!"
	wait_gone "$!" 20
	listen
	assert_equal "$(curl -s "$URL/_eddy/status" | jq -c '[.workers[].streams]')" '[1]'
	until_true 20 worker_has_descriptors $((before + 1))
}

@test "the stream refuses a page of another origin, and takes its own" {
	start_eddy "$site"
	for origin in http://evil.example http://localhost.evil.example:$PORT null https://evil.example:$PORT; do
		run curl -s -o /dev/null -w '%{http_code}' -H "Origin: $origin" "$URL/_eddy/events"
		assert_output 403
	done
	listen -H "Origin: $URL"
	assert_equal "$STATUS" "HTTP/1.1 200 OK"
}

@test "streams end when the server leaves, and the drain doesn't wait for them" {
	start_eddy --grace 600 "$site"
	listen
	stop_eddy # which doesn't wait for so long
}

@test "without live reload there is no stream" {
	start_eddy --no-livereload "$site"
	run curl -s -o /dev/null -w '%{http_code}' "$URL/_eddy/events"
	assert_output 404
}

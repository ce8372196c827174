#!/usr/bin/env bats
# What other servers have got wrong, one test for each fault that was seen in a
# shipped one.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir -p "$SITE/dir" "$SITE/.git"
	printf 0123456789abcdefghi >"$SITE/a.txt"
	echo secret | tee "$SITE/.env" >"$SITE/.git/config"
	printf '<!doctype html><script>var end = "</body>";</script><p>here</p></body>' >"$SITE/script.html"
	start_eddy --layout plain "$SITE"
}

teardown() {
	assert_equal "$(curl -s "$URL/a.txt")" 0123456789abcdefghi
	stop_eddy
}

# get CURL-ARGUMENT… - the body, then the status
get() {
	run curl -s -w ' %{http_code}' "$@"
}

# header NAME CURL-ARGUMENT… - one field of the answer
header() {
	curl -s -o /dev/null -D - "${@:2}" | tr -d '\r' | sed -n "s/^$1: //Ip"
}

@test "a range that ends before it starts kills nothing" {
	get -H 'Range: bytes=9-2' "$URL/a.txt"
	assert_output '0123456789abcdefghi 200'
}

@test "the first byte is one byte, not the whole file" {
	get -r 0-0 "$URL/a.txt"
	assert_output '0 206'
}

@test "the last five bytes are no 416" {
	get -r -5 "$URL/a.txt"
	assert_output 'efghi 206'
}

@test "a 416 doesn't carry the file" {
	get -r 100-200 "$URL/a.txt"
	assert_output ' 416'
	assert_equal "$(header Content-Range -r 100-200 "$URL/a.txt")" "bytes */19"
}

@test "a stale If-Range gives no part of another version" {
	get -r 0-0 -H 'If-Range: "stale"' "$URL/a.txt"
	assert_output '0123456789abcdefghi 200'
	get -r 0-0 -H 'If-Range: Sat, 01 Jan 2000 00:00:00 GMT' "$URL/a.txt"
	assert_output '0123456789abcdefghi 200'
}

@test "a list in If-None-Match is read to its end" {
	local tag
	tag=$(header ETag "$URL/a.txt")
	get -H "If-None-Match: \"one\", W/\"two\", $tag" "$URL/a.txt"
	assert_output ' 304'
}

@test "the redirect to a folder's slash keeps the query, and leads to no other host" {
	assert_equal "$(header Location "$URL/dir?a=1&b=%2F")" "/dir/?a=1&b=%2F"
	local target
	for target in //evil.example/%2e%2e //evil.example/dir/.. '/\evil.example/..' /%2fevil.example/..; do
		get -o /dev/null --path-as-is --request-target "$target" "$URL/"
		assert_output ' 400'
		assert_equal "$(header Location --path-as-is --request-target "$target" "$URL/")" ""
	done
}

@test "an encoded NUL cuts no name" {
	get -o /dev/null "$URL/a.txt%00.html"
	assert_output ' 400'
}

@test ".env and .git/config are not served" {
	local path
	for path in /.env /.git/config /.git/ /%2eenv; do
		get "$URL$path"
		assert_output --regexp ' 404$'
		refute_output --partial secret
	done
}

@test "a Host that is somebody else's is not answered" {
	local path
	get -H 'Host: rebound.example' "$URL/a.txt"
	assert_output --regexp ' 421$'
	refute_output --partial 0123456789
	for path in /_eddy/status /_eddy/client.js /_eddy/site.css/ /site.css; do
		get -H 'Host: rebound.example' "$URL$path"
		assert_output --regexp ' 421$'
	done
	get -o /dev/null -H 'Host: rebound.example' "$URL/_eddy/site.css" # what the page of the refusal looks like
	assert_output ' 200'
}

@test "the stream of reloads is not for pages of other origins" {
	get -o /dev/null -H 'Origin: https://evil.example' "$URL/_eddy/events"
	assert_output ' 403'
}

@test "a page that names </body> in a script is neither cut nor broken" {
	run curl -s -H 'Accept: text/html' "$URL/script.html"
	assert_output --partial 'var end = "</body>";</script><p>here</p>'
	assert_output --partial '/_eddy/client.js'
	assert_equal "$(sed -E 's#<script [^>]*/_eddy/[^>]*></script>##' <<<"$output")" "$(cat "$SITE/script.html")"
}

@test "nothing is kept for an hour because of nobody's wish" {
	local path
	for path in /a.txt /script.html /_eddy/client.js; do
		assert_equal "$(header Cache-Control "$URL$path")" no-cache
	done
	for path in /nothing /dir /dir/; do
		assert_equal "$(header Cache-Control "$URL$path")" no-store
	done
}

@test "a FIFO, a socket and a device are not there, and nobody waits for them" {
	mkfifo "$SITE/fifo"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$SITE/socket"
	for device in zero full null tty; do
		ln -s "/dev/$device" "$SITE/$device"
	done
	stop_eddy
	start_eddy --layout plain --follow-links "$SITE"
	for name in fifo socket zero full null tty fifo/ zero/ fifo.html; do
		assert_equal "$(curl -s --max-time 20 -o /dev/null -w '%{http_code}' "$URL/$name")" 404
	done
	run curl -s -H 'Accept: application/json' "$URL/"
	refute_output --regexp 'fifo|socket|zero'
}

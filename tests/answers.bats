#!/usr/bin/env bats
# What settings make of answers: types, pages that stand in for others, added
# fields, and which other sites' pages may ask.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir "$SITE"
}

teardown() {
	stop_eddy
}

# put NAME CONTENT
put() {
	mkdir -p "$(dirname "$SITE/$1")"
	printf '%s' "$2" >"$SITE/$1"
}

# headers CURL-ARGUMENT… - the head of the answer, without CR
headers() {
	curl -s -o /dev/null -D - "$@" | tr -d '\r'
}

# header NAME CURL-ARGUMENT… - one field of it
header() {
	headers "${@:2}" | sed -n "s/^$1: //Ip"
}

# status CURL-ARGUMENT…
status() {
	curl -s -o /dev/null -w '%{http_code}' "$@"
}

# refuses TEXT ARGUMENT… - eddy says so, and leaves with 2
# shellcheck disable=SC2154 # capture sets $stderr
refuses() {
	capture "$EDDY" serve "${@:2}" "$SITE"
	assert_equal "$status" 2
	assert_regex "$stderr" "$1"
}

BROWSER=(-H 'Accept: text/html,application/xhtml+xml,*/*;q=0.8')

# ---- --mime ----

@test "--mime says what type files with an extension have, and text says that it is UTF-8" {
	put a.frag x
	put a.TXT x
	put b.data x
	put page.tmpl '<head></head>'
	start_eddy --layout plain --mime frag=text/x-glsl --mime '.txt=text/plain; charset=latin1' \
		--mime data=application/x-data --mime tmpl=text/html "$SITE"
	assert_equal "$(header Content-Type "$URL/a.frag")" "text/x-glsl; charset=utf-8"
	assert_equal "$(header Content-Type "$URL/a.TXT")" "text/plain; charset=latin1"
	assert_equal "$(header Content-Type "$URL/b.data")" "application/x-data"
	assert_equal "$(header Content-Type "$URL/page.tmpl")" "text/html; charset=utf-8"
	run curl -s "${BROWSER[@]}" "$URL/page.tmpl"
	assert_output --partial /_eddy/client.js
}

@test "--mime holds for the pages of an app too, and the last one of an extension wins" {
	put templates/feed.rdf '<rdf>{{ 1 + 1 }}</rdf>'
	start_eddy --mime rdf=text/plain --mime rdf=application/rdf+xml "$SITE"
	assert_equal "$(header Content-Type "$URL/feed.rdf")" "application/rdf+xml"
}

@test "a --mime that is none is refused with what is wrong" {
	refuses "'frag' is not of the form EXT=TYPE" --mime frag
	refuses "'=text/html' does not start with an extension" --mime =text/html
	refuses "'tar.gz=a/b' does not start with an extension" --mime tar.gz=a/b
	refuses "'a=text' names no media type" --mime a=text
	refuses "'a=text/html.*' names no media type" --mime $'a=text/html; a\rb'
	put eddy.conf $'mime = a=text\n'
	capture "$EDDY" serve "$SITE"
	assert_equal "$status" 4
	assert_regex "$stderr" "eddy.conf:1:[0-9]+: ConfigError: mime: 'a=text' names no media type"
}

# ---- --spa and 404.html ----

@test "--spa sends index.html for pages that aren't there, and for nothing else" {
	put index.html '<p>app</p>'
	put app.js 'x'
	start_eddy --layout plain --no-debug --spa "$SITE"
	for path in /users /users/7/edit '/users?x=1' /a//b; do
		run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL$path"
		assert_output '<p>app</p>200'
		assert_equal "$(header Cache-Control "${BROWSER[@]}" "$URL$path")" no-store
		assert_equal "$(header ETag "${BROWSER[@]}" "$URL$path")" ""
	done
	for path in /missing.js /img/logo.png /.env /.git/config /page.html; do
		assert_equal "$(status "${BROWSER[@]}" "$URL$path")" 404
	done
	assert_equal "$(status "$URL/users")" 404
	assert_equal "$(status -H 'Accept: application/json' "$URL/users")" 404
	assert_equal "$(status "${BROWSER[@]}" -H 'Sec-Fetch-Dest: script' "$URL/users")" 404
	assert_equal "$(curl -s "$URL/app.js")" x
	assert_equal "$(header Cache-Control "$URL/")" no-cache
}

@test "a page of several MiB stands in for others as a small one does, before anybody asked for itself" {
	mkdir -p "$SITE"
	truncate -s 5M "$SITE/index.html" "$SITE/404.html"
	start_eddy --layout plain --no-debug --spa "$SITE"
	run curl -s -o /dev/null -w '%{http_code} %{size_download}' "${BROWSER[@]}" "$URL/users"
	assert_output "200 5242880"
	run curl -s -o /dev/null -w '%{http_code} %{size_download}' "${BROWSER[@]}" "$URL/missing.js"
	assert_output "404 5242880"
	assert_equal "$(header ETag "${BROWSER[@]}" "$URL/users")" ""
}

@test "the page of --spa carries the reload client in debug mode" {
	put index.html '<head></head><p>app</p>'
	start_eddy --layout plain --spa "$SITE"
	run curl -s "${BROWSER[@]}" "$URL/users"
	assert_output --partial /_eddy/client.js
}

@test "--spa takes a page of another name, whether '=' or a space stands between, and none where a folder follows" {
	put app/main.html '<p>main</p>'
	put index.html '<p>index</p>'
	start_eddy --no-debug --spa=app/main.html "$SITE"
	assert_equal "$(curl -s "${BROWSER[@]}" "$URL/users")" '<p>main</p>'
	stop_eddy
	start_eddy --no-debug --spa app/main.html "$SITE"
	assert_equal "$(curl -s "${BROWSER[@]}" "$URL/users")" '<p>main</p>'
	stop_eddy
	start_eddy --no-debug --spa "$SITE"
	assert_equal "$(curl -s "${BROWSER[@]}" "$URL/users")" '<p>index</p>'
	stop_eddy
	printf 'spa = app/main.html\n' >"$SITE/eddy.conf"
	start_eddy --no-debug "$SITE"
	assert_equal "$(curl -s "${BROWSER[@]}" "$URL/users")" '<p>main</p>'
	refuses "'app.js' is no page" --spa=app.js
	refuses "'/app.html' must be a path within the site" --spa=/app.html
}

@test "in an app --spa is a page as any other" {
	put templates/index.html '<p>{{ 1 + 1 }} {{ request.path }}</p>'
	start_eddy --no-debug --spa "$SITE"
	run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL/users/7"
	assert_output '<p>2 /users/7</p>200'
	assert_equal "$(header Cache-Control "${BROWSER[@]}" "$URL/users/7")" no-store
}

@test "the site's 404.html is what is sent for a page that isn't there, with the status 404" {
	put 404.html '<p>lost</p>'
	put index.html home
	start_eddy --layout plain --no-debug "$SITE"
	for path in /nothing /deep/nothing.html /a//b /.env; do
		run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL$path"
		assert_output '<p>lost</p>404'
	done
	run curl -s -w '%{http_code}' "$URL/nothing"
	assert_output '<p>lost</p>404'
	run headers "${BROWSER[@]}" "$URL/nothing" -H 'If-None-Match: *' -H 'Range: bytes=0-1'
	assert_line 'HTTP/1.1 404 Not Found'
	assert_line 'Cache-Control: no-store'
	assert_line 'Content-Type: text/html; charset=utf-8'
	refute_line --partial ETag
	run curl -s -H 'Accept: application/json' "$URL/nothing"
	assert_output --partial '"status": 404'
	assert_equal "$(status "$URL/404.html")" 200
	assert_equal "$(status -H 'Host: evil.example' "$URL/a//b")" 421
}

@test "in an app 404.html is a template, and one that fails gives way to eddy's own page" {
	put templates/404.html '<p>lost: {{ request.path }}</p>'
	put templates/index.html home
	start_eddy --no-debug "$SITE"
	run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL/nothing"
	assert_output '<p>lost: /nothing</p>404'
	put templates/404.html '<p>{{ broken }}</p>'
	run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL/nothing"
	assert_output --partial 'Nothing is here'
	assert_line --regexp '404$'
	run cat "$EDDY_LOG"
	assert_output --partial "404.html:1:7: NameError: name 'broken' is not defined"
}

@test "an app without a template of that name sends static/404.html" {
	put static/404.html '<p>lost</p>'
	put templates/index.html home
	start_eddy --no-debug "$SITE"
	run curl -s -w '%{http_code}' "${BROWSER[@]}" "$URL/nothing"
	assert_output '<p>lost</p>404'
}

# ---- --header ----

@test "--header adds a field to every answer, or replaces eddy's own" {
	put a.txt x
	put list/b.txt x
	start_eddy --layout plain --header 'X-Frame-Options: DENY' --header 'server:mine' --header 'Vary: X-Mood' \
		--header 'Permissions-Policy: camera=(), microphone=()' "$SITE"
	for path in /a.txt /list /list/ /nothing /_eddy/client.js; do
		for _ in 1 2; do
			run headers "$URL$path"
			assert_line 'X-Frame-Options: DENY'
			assert_line 'Permissions-Policy: camera=(), microphone=()'
			assert_line 'Server: mine'
			assert_line 'Vary: X-Mood'
			refute_line 'Server: eddy'
		done
	done
	run headers -X PUT "$URL/a.txt"
	assert_line 'X-Frame-Options: DENY'
	run headers "${BROWSER[@]}" "$URL/nothing"
	assert_line 'X-Frame-Options: DENY'
	run headers -H "If-None-Match: *" "$URL/a.txt"
	assert_line 'HTTP/1.1 304 Not Modified'
	assert_line 'X-Frame-Options: DENY'
}

@test "a --header that would break an answer is refused with what is wrong" {
	local name
	for name in Content-Length transfer-encoding Connection DATE Upgrade Trailer Keep-Alive; do
		refuses "'$name: 1' would break the framing of answers" --header "$name: 1"
	done
	for name in ETag Content-Encoding Content-Range Last-Modified Location Allow Accept-Ranges; do
		refuses "'$name: 1' describes the very answer" --header "$name: 1"
	done
	refuses "is decided for each file: give --mime" --header 'Content-Type: text/html'
	refuses "lets other sites in: give --cors" --header 'Access-Control-Allow-Origin: *'
	refuses "holds a control character" --header $'X-A: b\r\nSet-Cookie: c=d'
	refuses "holds a control character" --header $'X-A: b\x7f'
	refuses "is not of the form 'Name: value'" --header $'X\nY: b'
	refuses "is not of the form 'Name: value'" --header 'X-A'
	refuses "is not of the form 'Name: value'" --header ': b'
	refuses "is not of the form 'Name: value'" --header 'X A: b'
	refuses "has no value" --header 'X-A:'
	put eddy.conf $'\nheader = "Date: now"\n'
	capture "$EDDY" serve "$SITE"
	assert_equal "$status" 4
	assert_regex "$stderr" "eddy.conf:2:[0-9]+: ConfigError: header: 'Date: now' would break"
}

# ---- Other sites ----

CROSS=(-H 'Sec-Fetch-Site: cross-site')

@test "a page of another site gets nothing but a navigation" {
	put a.txt x
	put index.html '<p>home</p>'
	start_eddy --layout plain "$SITE"
	assert_equal "$(status "${CROSS[@]}" "$URL/a.txt")" 403
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: no-cors' -H 'Sec-Fetch-Dest: image' "$URL/a.txt")" 403
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: cors' -H 'Sec-Fetch-Dest: empty' "$URL/")" 403
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: object' "$URL/")" 403
	assert_equal "$(status "${CROSS[@]}" "$URL/_eddy/client.js")" 403
	assert_equal "$(status "${CROSS[@]}" "$URL/nothing")" 403
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' "$URL/")" 200
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: iframe' "$URL/")" 200
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Dest: document' "$URL/")" 200
	for site in same-origin same-site none; do
		assert_equal "$(status -H "Sec-Fetch-Site: $site" -H 'Sec-Fetch-Mode: cors' "$URL/a.txt")" 200
	done
	assert_equal "$(header Cache-Control "${CROSS[@]}" "$URL/a.txt")" no-store
	run curl -s "${CROSS[@]}" "$URL/a.txt"
	assert_output --partial --cors
}

# cors_lines CURL-ARGUMENT… - the fields that let others in, and what they depend on, sorted
cors_lines() {
	headers "$@" | grep -iE '^(access-control|vary|cross-origin)' | sort
}

@test "nobody else may read answers unless --cors names him" {
	put a.txt x
	start_eddy --layout plain "$SITE"
	assert_equal "$(cors_lines -H 'Origin: https://a.example' "$URL/a.txt")" \
		$'Cross-Origin-Resource-Policy: same-site\nVary: Accept-Encoding'
	run headers -X OPTIONS -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: GET' "$URL/a.txt"
	refute_output --partial Access-Control
}

@test "--cors lets the very origins read that it names, and says that it depends on them" {
	put a.png x
	put list/x.txt x
	start_eddy --layout plain --cors https://a.example --cors http://b.example:8080 "$SITE"
	for _ in 1 2; do
		for origin in https://a.example http://b.example:8080; do
			assert_equal "$(cors_lines -H "Origin: $origin" "$URL/a.png")" "Access-Control-Allow-Credentials: true
Access-Control-Allow-Origin: $origin
Cross-Origin-Resource-Policy: same-site
Vary: Origin"
		done
		for origin in http://a.example https://a.example:444 https://a.example. https://evil.a.example null \
			https://a.example.evil HTTPS://A.EXAMPLE '*'; do
			assert_equal "$(cors_lines -H "Origin: $origin" "$URL/a.png")" \
				$'Cross-Origin-Resource-Policy: same-site\nVary: Origin'
		done
		assert_equal "$(cors_lines "$URL/a.png")" $'Cross-Origin-Resource-Policy: same-site\nVary: Origin'
	done
	for path in /nothing /list /list/; do
		assert_equal "$(header Access-Control-Allow-Origin -H 'Origin: https://a.example' "$URL$path")" https://a.example
	done
	run headers -H 'Origin: https://a.example' -H 'If-None-Match: *' "$URL/a.png"
	assert_line 'HTTP/1.1 304 Not Modified'
	assert_line 'Access-Control-Allow-Origin: https://a.example'
	run headers -H 'Origin: https://a.example' -H 'Range: bytes=0-0' "$URL/a.png"
	assert_line 'HTTP/1.1 206 Partial Content'
	assert_line 'Access-Control-Allow-Origin: https://a.example'
	assert_equal "$(status "${CROSS[@]}" -H 'Origin: https://a.example' "$URL/a.png")" 200
	assert_equal "$(status "${CROSS[@]}" -H 'Origin: https://evil.example' "$URL/a.png")" 403
	assert_equal "$(status "${CROSS[@]}" "$URL/a.png")" 403
}

@test "a preflight of an origin that --cors names is answered" {
	put a.txt x
	start_eddy --layout plain --cors https://a.example "$SITE"
	run headers -X OPTIONS -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: GET' \
		-H 'Access-Control-Request-Headers: x-one, if-none-match' "${CROSS[@]}" -H 'Sec-Fetch-Mode: cors' "$URL/a.txt"
	assert_line 'HTTP/1.1 204 No Content'
	assert_line 'Access-Control-Allow-Origin: https://a.example'
	assert_line 'Access-Control-Allow-Methods: GET, HEAD, OPTIONS'
	assert_line 'Access-Control-Allow-Headers: x-one, if-none-match'
	run headers -X OPTIONS -H 'Origin: https://evil.example' -H 'Access-Control-Request-Method: GET' "$URL/a.txt"
	refute_output --partial Access-Control
	run headers -X OPTIONS -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: GET' \
		-H 'Access-Control-Request-Headers: a b; c' "$URL/a.txt"
	refute_output --partial Allow-Headers
}

@test "--cors '*' lets all read, and none with credentials" {
	put a.txt x
	start_eddy --layout plain --no-compress --cors '*' "$SITE"
	for origin in https://a.example null; do
		assert_equal "$(cors_lines -H "Origin: $origin" -H 'Cookie: a=b' "$URL/a.txt")" \
			$'Access-Control-Allow-Origin: *\nCross-Origin-Resource-Policy: cross-origin'
	done
	assert_equal "$(status "${CROSS[@]}" -H 'Sec-Fetch-Mode: no-cors' "$URL/a.txt")" 200
}

@test "the reload stream is for the site's own pages, whatever --cors says" {
	put a.txt x
	start_eddy --layout plain --cors '*' "$SITE"
	assert_equal "$(status -H 'Origin: https://evil.example' "$URL/_eddy/events")" 403
	stop_eddy
	start_eddy --layout plain "$SITE"
	assert_equal "$(status -H 'Origin: https://evil.example' "$URL/_eddy/events")" 403
	assert_equal "$(status -H 'Origin: null' "$URL/_eddy/events")" 403
	assert_equal "$(status "${CROSS[@]}" "$URL/_eddy/events")" 403
}

@test "a --cors that is no origin is refused with what is wrong, and so is one in a config that was found" {
	local origin
	for origin in a.example ftp://a.example https:// 'https://a b'; do
		refuses "is no origin" --cors "$origin"
	done
	for origin in https://a.example/ https://A.example https://user@a.example 'https://a.example?x'; do
		refuses "is no origin as browsers send it" --cors "$origin"
	done
	refuses "names the scheme's own port" --cors https://a.example:443
	put eddy.conf $'cors = https://a.example\n'
	capture "$EDDY" serve "$SITE"
	assert_equal "$status" 4
	assert_regex "$stderr" "eddy.conf:1:1: ConfigError: 'cors' can't be set in an eddy.conf that was found"
}

#!/usr/bin/env bats
# What eddy has for scripts: the URLs and digests of files.

# shellcheck disable=SC2154 # $stderr is set by capture

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_eddy
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
	printf 'a' >'with a blank'
	printf 'b' >'back\slash'
	printf 'c' >' *leading'
	printf 'd' >$'not \xff utf-8'
	: >empty
	head -c 3000000 /dev/urandom >big
	"$EDDY" hash -- * >sums
	for file in 'with a blank' 'back\slash' ' *leading' $'not \xff utf-8' empty big; do
		assert_equal "$("$EDDY" hash "$file")" "$(xxhsum -H2 "$file" 2>/dev/null)"
	done
	run xxhsum -c sums
	assert_success
	echo more >>big
	run xxhsum -c sums
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

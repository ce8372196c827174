#!/usr/bin/env bats
# Compiled templates are kept as long as their files are what was compiled.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_eddy
}

# template NAME TEXT - writes templates/NAME
template() {
	mkdir -p "$(dirname "templates/$1")"
	printf '%s' "$2" >"templates/$1"
}

# compilations - how often the page was compiled: each time warns once
compilations() {
	grep -c "Warning: block 'lost'" "$EDDY_LOG" || true
}

# page_is TEXT - what the server sends for /cached
page_is() {
	assert_equal "$(curl -s "$URL/cached")" "$1"
}

# cached_site - a page of a parent, an include and a module
cached_site() {
	template parent.html '{% block main %}{% end %}'
	template part.html 'part'
	template _modules/M.html 'module'
	template cached.html '{% extends "parent.html" %}{% block main %}{% include "part.html" %} {% module M() %}{% end %}{% block lost %}{% end %}'
	find templates -type f -exec touch -d '1 minute ago' {} +
}

@test "a page is compiled once, and again when the bytes of a file that it is made of have changed" {
	cached_site
	start_eddy --no-autoreload .
	page_is "part module"
	page_is "part module"
	touch templates/*.html
	page_is "part module"
	page_is "part module"
	assert_equal "$(compilations)" 1
	template part.html 'changed'
	page_is "changed module"
	page_is "changed module"
	assert_equal "$(compilations)" 2
	template parent.html '<{% block main %}{% end %}>'
	page_is "<changed module>"
	assert_equal "$(compilations)" 3
	template _modules/M.html 'other'
	page_is "<changed other>"
	assert_equal "$(compilations)" 3
	rm templates/part.html
	run curl -s "$URL/cached"
	assert_output --partial "FileNotFoundError: [Errno 2] No such file or directory: 'part.html'"
	template part.html 'back'
	page_is "<back other>"
}

@test "--no-template-cache compiles a page each time" {
	cached_site
	start_eddy --no-autoreload --no-template-cache .
	page_is "part module"
	page_is "part module"
	page_is "part module"
	assert_equal "$(compilations)" 3
}

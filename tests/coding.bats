#!/usr/bin/env bats
# Content codings: what is sent compressed, to whom, and under which validators.
# The tables are in http/coding_rows.py.

load helper

setup() {
	export SITE=$BATS_TEST_TMPDIR/site
	mkdir "$SITE"
}

teardown() {
	stop_eddy
}

make_text() {
	printf '<p>page</p>\n' >"$SITE/index.html"
	seq 3000 >"$SITE/text.txt"
	seq 150000 | sed 's/.*/var v& = &;/' >"$SITE/long.js"
	seq 450000 | sed 's/.*/var v& = &;/' >"$SITE/longer.js"
	head -c 1024 /dev/zero | tr '\0' a >"$SITE/kib.txt"
	head -c 1023 /dev/zero | tr '\0' a >"$SITE/less.txt"
	: >"$SITE/empty.txt"
	head -c 5000 /dev/urandom | tee "$SITE/noise.png" >"$SITE/noise.txt"
	{ printf '<!doctype html><body>' && seq 1000; } >"$SITE/page.html"
}

# brotli FILE - makes FILE.br
brotli() {
	node -e 'const fs = require("fs"); const z = require("zlib");
		fs.writeFileSync(process.argv[1] + ".br", z.brotliCompressSync(fs.readFileSync(process.argv[1])));' "$1"
}

make_site() {
	local name
	make_text
	for name in both one old led folder; do
		seq 2000 | sed "s/.*/.$name& { margin: 0 }/" >"$SITE/$name.css"
	done
	echo 'p { margin: 0 }' >"$SITE/small.css"
	for name in both one old small; do
		gzip -k -9 "$SITE/$name.css"
	done
	brotli "$SITE/both.css"
	touch -d "1 hour ago" "$SITE/old.css.gz"
	gzip -c "$SITE/led.css" >"$BATS_TEST_TMPDIR/led.css.gz"
	ln -s ../led.css.gz "$SITE/led.css.gz"
	mkdir "$SITE/folder.css.gz"
	seq 100000 >"$SITE/large.csv"
	head -c 9M /dev/urandom >"$SITE/large.csv.gz"
}

start_site() {
	make_site
	start_eddy --layout plain "$@" "$SITE"
}

# coding CURL-ARGUMENT… - the Content-Encoding of what it gets
coding() {
	curl -s -o /dev/null -w '%header{content-encoding}' "$@"
}

@test "text from 1 KiB on is compressed on the fly, in the coding that the client likes best" {
	start_site
	raw_rows coding_rows.py --table ON_THE_FLY
}

@test "each coding is a representation with a tag of its own, and ranges are of the file itself" {
	start_site
	raw_rows coding_rows.py --table CONDITIONS
}

@test "a compressed file that lies beside another is sent for it, unless it is older" {
	start_site
	raw_rows coding_rows.py --table BESIDE
}

@test "--no-compress sends files as they are" {
	start_site --no-compress
	raw_rows coding_rows.py --table OFF
}

@test "codings are made anew each time where nothing may be kept" {
	start_site --no-hash-cache
	for table in ON_THE_FLY CONDITIONS BESIDE; do
		raw_rows coding_rows.py --table "$table"
	done
}

@test "curl --compressed gets every file's very bytes" {
	start_site
	for name in text.txt long.js kib.txt both.css one.css page.html noise.txt noise.png empty.txt; do
		curl -s --compressed -o "$BATS_TEST_TMPDIR/got" "$URL/$name"
		cmp "$BATS_TEST_TMPDIR/got" "$SITE/$name"
		curl -s --compressed -H 'Accept-Encoding: gzip' -o "$BATS_TEST_TMPDIR/got" "$URL/$name"
		cmp "$BATS_TEST_TMPDIR/got" "$SITE/$name"
	done
}

@test "a coded form goes with its file: a change of either is seen at once" {
	start_site
	assert_equal "$(coding -H 'Accept-Encoding: gzip, br' "$URL/both.css")" br
	rm "$SITE/both.css.br"
	assert_equal "$(coding -H 'Accept-Encoding: gzip, br' "$URL/both.css")" gzip
	echo 'b { margin: 1px }' >>"$SITE/both.css"
	touch -d "1 minute ago" "$SITE/both.css.gz"
	for _ in 1 2; do
		curl -s --compressed -o "$BATS_TEST_TMPDIR/got" "$URL/both.css"
		cmp "$BATS_TEST_TMPDIR/got" "$SITE/both.css"
		echo 'i { margin: 1px }' >>"$SITE/both.css"
	done
	gzip -c "$SITE/both.css" >"$SITE/both.css.gz"
	run curl -s --compressed "$URL/both.css"
	assert_output "$(cat "$SITE/both.css")"
}

@test "many who ask for the same coding at once all get it" {
	start_site
	seq 1000000 >"$SITE/many.txt"
	seq 40 | sed "s#.*#url = $URL/many.txt\noutput = $BATS_TEST_TMPDIR/many.&#" >"$BATS_TEST_TMPDIR/urls"
	curl -s --compressed -Z --parallel-immediate -K "$BATS_TEST_TMPDIR/urls"
	for number in {1..40}; do
		cmp "$BATS_TEST_TMPDIR/many.$number" "$SITE/many.txt"
	done
}

@test "a page with the reload client in it comes as it is, and says what it depends on" {
	start_site
	run curl -s -D - -o /dev/null -H 'Accept: text/html' -H 'Accept-Encoding: gzip, br' "$URL/page.html"
	refute_line --partial Content-Encoding
	assert_line --regexp '^Vary: Accept, Sec-Fetch-Dest, Accept-Encoding'
}

@test "pages of an app are compressed as well" {
	mkdir "$SITE/templates"
	printf '{%% for n in range(2000) %%}<p>{{ n }}</p>{%% end %%}' >"$SITE/templates/index.html"
	printf '<p>{{ 1 }}</p>' >"$SITE/templates/short.html"
	start_eddy --no-debug "$SITE"
	assert_equal "$(coding -H 'Accept-Encoding: gzip' "$URL/")" gzip
	assert_equal "$(coding -H 'Accept-Encoding: br' "$URL/")" br
	assert_equal "$(coding "$URL/")" ""
	assert_equal "$(coding -H 'Accept-Encoding: gzip' "$URL/short")" ""
	assert_equal "$(curl -s --compressed "$URL/")" "$(curl -s "$URL/")"
	curl -s -o /dev/null --etag-save "$BATS_TEST_TMPDIR/tag" -H 'Accept-Encoding: gzip' "$URL/"
	assert_regex "$(cat "$BATS_TEST_TMPDIR/tag")" '^"[0-9a-f]{32}-gzip"$'
	run curl -s -o /dev/null -w '%{http_code}' --etag-compare "$BATS_TEST_TMPDIR/tag" -H 'Accept-Encoding: gzip' "$URL/"
	assert_output 304
	run curl -s -o /dev/null -w '%{http_code}' --etag-compare "$BATS_TEST_TMPDIR/tag" "$URL/"
	assert_output 200
}

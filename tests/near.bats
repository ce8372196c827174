#!/usr/bin/env bats
# The page of what isn't there says what may have been meant, and which file would answer.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir -p "$SITE"
}

teardown() {
	stop_eddy
}

# put FILE… - empty files of the site
put() {
	local file
	for file; do
		mkdir -p "$(dirname "$SITE/$file")"
		: >"$SITE/$file"
	done
}

# told PATH - "the URLs that may have been meant | the files that would answer"
told() {
	local page
	page=$(curl -s -H 'Accept: text/html' "$URL$1")
	printf '%s | %s' \
		"$(sed -n 's:<dd><a href="\([^"]*\)">.*:\1:p' <<<"$page" | paste -sd' ')" \
		"$(sed -n '/What would answer/,/div>/ s:<dd><code>\(.*\)</code></dd>:\1:p' <<<"$page" | paste -sd' ')"
}

@test "in an app a page is near its misspelling, and a template would answer" {
	put templates/{index,hello,help,_base}.html templates/blog/{index,first}.html templates/empty/note.txt static/site.css
	start_eddy "$SITE"
	assert_equal "$(told /helo)" "/hello /help | templates/helo.html templates/helo/index.html"
	assert_equal "$(told '/helo?a=b')" "/hello /help | templates/helo.html templates/helo/index.html"
	assert_equal "$(told /helo.html)" "/hello.html /help.html | templates/helo.html"
	assert_equal "$(told /blgo)" "/blog/ | templates/blgo.html templates/blgo/index.html"
	assert_equal "$(told /blog/fisrt)" "/blog/first | templates/blog/fisrt.html templates/blog/fisrt/index.html"
	assert_equal "$(told /blog/second/)" " | templates/blog/second/index.html"
	assert_equal "$(told /emty)" " | templates/emty.html templates/emty/index.html"
	assert_equal "$(told /_bas.html)" " | "
	assert_equal "$(told /nowhere/first)" " | templates/nowhere/first.html templates/nowhere/first/index.html"
}

@test "in an app a static file is near its misspelling, and to whom forgets the prefix" {
	put templates/index.html 'static/site map.css' static/img/logo.svg
	start_eddy "$SITE"
	assert_equal "$(told /static/site%20mpa.css)" "/static/site%20map.css | static/site mpa.css"
	assert_equal "$(told /site%20map.css)" "/static/site%20map.css | templates/site map.css"
	assert_equal "$(told /img/logo.svg)" "/static/img/logo.svg | templates/img/logo.svg"
	stop_eddy
	start_eddy --no-listing "$SITE"
	assert_equal "$(told /static/site%20mpa.css)" " | static/site mpa.css"
}

@test "in a plain folder files and folders are near, but not what is never served" {
	put index.html about.html photos/cat.jpg .secret eddy.conf way.txt~
	ln -s /etc/passwd "$SITE/passwd.txt"
	start_eddy "$SITE"
	assert_equal "$(told /abuot)" "/about | abuot.html abuot/index.html"
	assert_equal "$(told /photo/)" "/photos/ | photo/index.html"
	assert_equal "$(told /photos/cat.jpeg)" "/photos/cat.jpg | photos/cat.jpeg"
	assert_equal "$(told /eddy.con)" " | eddy.con"
	assert_equal "$(told /eddy.conf)" " | "
	assert_equal "$(told /secret)" " | secret.html secret/index.html"
	assert_equal "$(told /passw.txt)" " | passw.txt"
	assert_equal "$(told /.secret)" " | "
	assert_equal "$(told /_eddy/clinet.js)" " | "
}

@test "who asks for text or data is told, too" {
	put templates/{index,hello,help}.html
	start_eddy "$SITE"
	assert_equal "$(curl -s "$URL/helo")" "404 Not Found: nothing is here
Did you mean /hello or /help?"
	assert_equal "$(curl -s "$URL/nowhere")" "404 Not Found: nothing is here"
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/helo" | jq -c .)" \
		'{"status":404,"reason":"Not Found","message":"nothing is here","near":["/hello","/help"],"files":["templates/helo.html","templates/helo/index.html"]}'
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/_eddy/helo" | jq -c .)" \
		'{"status":404,"reason":"Not Found","message":"nothing is here"}'
}

@test "what is near is told while a site is made, and to nobody else" {
	put hello.html
	start_eddy --no-debug "$SITE"
	assert_equal "$(told /helo)" " | "
	assert_equal "$(curl -s "$URL/helo")" "404 Not Found: nothing is here"
}

@test "a name is near whatever it holds, and is told escaped" {
	put '<b>&c.txt'
	start_eddy "$SITE"
	run curl -s -H 'Accept: text/html' "$URL/%3Cb%3E&d.txt"
	assert_output --partial '<a href="/%3Cb%3E%26c.txt">/%3Cb%3E%26c.txt</a>'
	assert_output --partial '<code>&lt;b&gt;&amp;d.txt</code>'
}

@test "what was asked for is not proposed in its own place" {
	put templates/index.html templates/near.html static/f.css static/pictures/one.png
	mkfifo "$SITE"/templates/f.html
	run "$EDDY" check "$SITE"
	assert_failure 1
	assert_line --index 0 --partial "'f.html' is not a file"
	refute_output --partial "did you mean"
	run "$EDDY" render -C "$SITE" f.html
	assert_failure 1
	refute_output --partial "did you mean"
	start_eddy --no-listing "$SITE"
	assert_equal "$(told /f.html)" " | templates/f.html"
	assert_equal "$(told /static/pictures/)" " | static/pictures/index.html"
}

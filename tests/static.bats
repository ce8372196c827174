#!/usr/bin/env bats
# From URL to file: what is reachable, under which validators, in which parts,
# and for whom. The tables are in http/static_rows.py and http/app_rows.py.

load helper

setup() {
	export SITE=$BATS_TEST_TMPDIR/site
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

make_plain_site() {
	local name
	put index.html $'<p>root</p>\n'
	put dir/index.html $'<p>dir</p>\n'
	put page.html $'<p>page</p>\n'
	put both "the file itself"
	put both.html "the page"
	put a.txt 0123456789abcdefghi
	put empty.txt ""
	put "with space.txt" space
	put ü.txt umlaut
	put $'latin\xfc.txt' latin
	put a+b.txt plus
	put 'what?.txt' question
	put 100%.txt percent
	put "odd? name/index.html" odd
	put list/one.txt 1
	put list/two.txt 2
	put .well-known/acme.txt acme
	put eddy.conf "# settings"
	for name in .env .git/config dir/.hidden .well-known/.hidden a.txt~ .a.txt.swp '#a.txt#' '.#a.txt' \
		a.txt___jb_tmp___ a.txt___jb_old___; do
		put "$name" hidden
	done
	touch -d "2020-02-03 04:05:06.789 UTC" "$SITE/a.txt"
	head -c 3M /dev/urandom >"$SITE/big.bin"
	head -c 9M /dev/urandom >"$SITE/bigger.bin"
	make_traps
}

make_traps() {
	mkdir "$BATS_TEST_TMPDIR/outside"
	echo secret | tee "$BATS_TEST_TMPDIR/outside/secret.txt" >"$BATS_TEST_TMPDIR/secret.txt"
	ln -s a.txt "$SITE/inside"
	ln -s "$BATS_TEST_TMPDIR/secret.txt" "$SITE/outside"
	ln -s ../secret.txt "$SITE/outside-relative"
	ln -s ../outside "$SITE/outside-folder"
	ln -s /proc/self/root "$SITE/magic"
	ln -s /dev/null "$SITE/null"
	ln -s loop "$SITE/loop"
	mkfifo "$SITE/fifo"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$SITE/socket"
}

make_types() {
	local name
	for name in a.{html,htm,css,js,mjs,json,map,webmanifest,svg,txt,md,csv,xml,png,jpg,gif,webp,avif,ico,woff2,woff} \
		a.{wasm,pdf,mp4,mp3,tar.gz,unheard-of} A.PNG noextension; do
		put "types/$name" x
	done
}

make_app_site() {
	put templates/index.html "<p>{{ 1 + 2 }} is three</p>"
	put templates/about.html "<p>about</p>"
	put templates/feed.xml "<feed>{{ 1 + 2 }}</feed>"
	put templates/blog/index.html "<p>blog</p>"
	put templates/blog/post.html "<p>post</p>"
	put templates/_data/nav.json "[]"
	put static/site.css "body{}"
	put static/favicon.ico icon
	put static/robots.txt "User-agent: *"
	put static/sitemap.xml "<urlset/>"
	put static/apple-touch-icon-120x120.png apple
	put static/.well-known/acme.txt acme
	put static/humans.txt humans
	put eddy.conf "# settings"
	local name
	for name in templates/_partial.html templates/.hidden.html templates/blog/_draft.html templates/_private/page.html \
		static/other.txt static/.hidden.css secret.txt Makefile src/main.c .env .git/config data/rows.json; do
		put "$name" secret
	done
}

start_plain() {
	make_plain_site
	start_eddy --layout plain "$SITE"
}

# headers CURL-ARGUMENT… - the head of the answer, without CR
headers() {
	curl -s -o /dev/null -D - "$@" | tr -d '\r'
}

# header NAME CURL-ARGUMENT… - one field of it
header() {
	headers "${@:2}" | sed -n "s/^$1: //Ip"
}

@test "a URL finds its file, a folder its index or its slash, and hidden things are not there" {
	start_plain
	raw_rows static_rows.py --table TARGETS
}

@test "every name of one byte is served, but for those that no path may hold" {
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/one_byte.py" "$PORT" "$SITE"
	assert_success
}

@test "no target leads out of the root, however it is written" {
	start_plain
	raw_rows static_rows.py --table TRAVERSAL
}

@test "every answer has a strong ETag made from the bytes, and preconditions are evaluated in their order" {
	start_plain
	raw_rows static_rows.py --table VALIDATORS
}

@test "only the right version may be kept for ever" {
	start_plain
	raw_rows static_rows.py --table VERSIONS
}

@test "a single range is answered with its bytes, none with 416, and a malformed one with the whole" {
	start_plain
	raw_rows static_rows.py --table RANGES
}

@test "several ranges are merged, and sent in parts as long as they are few" {
	start_plain
	raw_rows static_rows.py --table SEVERAL_RANGES
}

@test "a file of 5 GiB is served by 64-bit positions" {
	truncate -s 5G "$SITE/large.bin"
	printf middle | dd of="$SITE/large.bin" bs=1 seek=$(((4 << 30) + 5)) conv=notrunc status=none
	printf last | dd of="$SITE/large.bin" bs=1 seek=$(((5 << 30) - 4)) conv=notrunc status=none
	start_plain
	raw_rows static_rows.py --table LARGE_FILE
}

@test "HEAD answers as GET without the body, OPTIONS says what is allowed, other methods and bodies are refused" {
	start_plain
	raw_rows static_rows.py --table METHODS
}

@test "a client that sends a body reads the refusal, not a reset" {
	start_plain
	head -c 60000 /dev/zero >"$BATS_TEST_TMPDIR/body"
	for _ in {1..10}; do
		run curl -s -H 'Expect:' -o /dev/null -w '%{http_code}' -T "$BATS_TEST_TMPDIR/body" "$URL/a.txt"
		assert_output --regexp '^(400|405|413)$'
	done
}

@test "HEAD has the very fields of GET" {
	make_plain_site
	find "$SITE" -type f -exec touch -d yesterday {} + # a file has no Last-Modified before its second is over
	start_eddy --layout plain "$SITE"
	for path in a.txt "" list/ nothing dir; do
		get=$(headers "$URL/$path" | grep -vi '^date:')
		head=$(headers -I "$URL/$path" | grep -vi '^date:')
		assert_equal "$head" "$get"
	done
}

@test "types come from the name, and browsers are told not to guess" {
	make_types
	make_plain_site
	start_eddy --layout plain "$SITE"
	raw_rows static_rows.py --table TYPES
}

@test "every answer says who made it and when, and lets no other origin read it" {
	start_plain
	raw_rows static_rows.py --table ANSWERS
}

@test "only the hosts that the bind allows are answered, and the refusal names the cure" {
	start_plain
	raw_rows static_rows.py --table HOSTS
}

@test "--allow-host lets one host in, and only that" {
	make_plain_site
	start_eddy --layout plain --allow-host box.local "$SITE"
	run curl -s -H "Host: box.local:$PORT" "$URL/a.txt"
	assert_output 0123456789abcdefghi
	run curl -s -o /dev/null -w '%{http_code}' -H "Host: sub.box.local" "$URL/a.txt"
	assert_output 421
}

@test "loopback is served by IPv4 and IPv6 under one number" {
	start_plain
	[ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || skip "no IPv6 here"
	run curl -gs "http://[::1]:$PORT/a.txt"
	assert_output 0123456789abcdefghi
}

@test "a changed file is never served stale, whatever its size and times say" {
	put index.html root
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/stale.py" "$PORT" "$SITE"
	assert_success
	assert_output --regexp '^[0-9]+ rewrites, 0 stale$'
}

@test "a listing escapes names, links to what it lists, and hides what is hidden" {
	put 'list/<b>&"x".txt' odd
	put list/sub/x.txt x
	put list/.hidden secret
	put list/a.txt~ secret
	start_eddy --layout plain "$SITE"
	run curl -s -H 'Accept: text/html' "$URL/list/"
	refute_output --partial '<b>&"x"'
	assert_output --partial '&lt;b&gt;&amp;'
	assert_output --partial 'href="%3Cb%3E%26%22x%22.txt"'
	assert_output --partial 'href="sub/"'
	refute_output --partial hidden
	refute_output --partial txt~
}

@test "--no-listing hides a folder without an index" {
	put list/one.txt 1
	start_eddy --layout plain --no-listing "$SITE"
	run curl -s -o /dev/null -w '%{http_code}' "$URL/list/"
	assert_output 404
}

@test "--follow-links serves what a link out of the root names" {
	make_plain_site
	start_eddy --layout plain --follow-links "$SITE"
	run curl -s "$URL/outside"
	assert_output secret
}

# lease FILE - takes a lease on it and keeps it, whoever asks, as long as its input is open: $holder
lease() {
	coproc LEASE {
		exec python3 -c '
import fcntl, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = open(sys.argv[1], "r+")
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()' "$1" 3>&-
	}
	holder=$LEASE_PID # bash unsets its own as soon as the process has gone
	read -r -t 30 <&"${LEASE[0]}" || fail "no lease on $1"
}

@test "a file that another process holds a lease on can't be opened now, and the others go on" {
	put held.txt held
	put free.txt free
	start_eddy --layout plain "$SITE"
	lease "$SITE/held.txt"
	run curl -s --max-time 20 -o /dev/null -w '%{http_code}' "$URL/held.txt"
	assert_output 503
	run curl -s --max-time 20 "$URL/free.txt"
	assert_output free
	kill "$holder"
	wait_gone "$holder" 20
	run curl -s --max-time 20 "$URL/held.txt"
	assert_output held
}

@test "where openat2(2) is missing or forbidden, files are served, and no link leads out" {
	cat >"$BATS_TEST_TMPDIR/old.c" <<-'END'
		#include <dlfcn.h>
		#include <errno.h>
		#include <stdarg.h>
		#include <stdlib.h>
		#include <sys/syscall.h>
		long syscall(long number, ...);
		long syscall(long number, ...)
		{
			long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
			long word[6];
			va_list words;
			va_start(words, number);
			for (int i = 0; i < 6; i++)
				word[i] = va_arg(words, long);
			va_end(words);
			if (number == SYS_openat2) {
				errno = atoi(getenv("OPENAT2_ERRNO"));
				return -1;
			}
			return real(number, word[0], word[1], word[2], word[3], word[4], word[5]);
		}
	END
	"${CC:-cc}" -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/old.so" "$BATS_TEST_TMPDIR/old.c" -ldl
	make_plain_site
	for number in ENOSYS EPERM; do
		LD_PRELOAD=$BATS_TEST_TMPDIR/old.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
			OPENAT2_ERRNO=$(python3 -c "import errno; print(errno.$number)") start_eddy --layout plain "$SITE"
		assert_equal "$(curl -s "$URL/page.html")" "<p>page</p>"
		assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/outside")" 404
		stop_eddy
	done
}

@test "a file that is cut while it is sent ends the connection, and nothing else" {
	put index.html root
	truncate -s 200M "$SITE/cut.bin"
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/truncate.py" "$PORT" "$SITE/cut.bin"
	assert_success
	run curl -s "$URL/"
	assert_output root
}

@test "a file that is written over while it is sent ends the connection, and one that grows or is replaced does not" {
	mkdir -p "$SITE"
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/http/overwrite.py" "$PORT" "$SITE"
	assert_success
}

@test "the sizes of a listing add up to no more than a number can hold" {
	local folder
	folder=$(mktemp -d /dev/shm/eddy-XXXXXX) # sparse files of this length are not for every file system
	truncate -s 5E "$folder/a" "$folder/b"
	start_eddy --layout plain "$folder"
	run curl -s -H 'Accept: text/html' "$URL/"
	rm -r "$folder"
	assert_output --regexp '[^0-9-]8(\.0)? EiB|[^0-9-]8192(\.0)? PiB|9\.2 EB'
}

@test "the app layout serves its pages, its static files and some at the root, and nothing else" {
	make_app_site
	start_eddy --root-file humans.txt "$SITE"
	raw_rows app_rows.py
}

@test "the plain layout can be asked for: templates are files then" {
	make_app_site
	start_eddy --layout plain "$SITE"
	run curl -s "$URL/templates/index.html"
	assert_output "<p>{{ 1 + 2 }} is three</p>"
	run curl -s -o /dev/null -w '%{http_code}' "$URL/eddy.conf"
	assert_output 404
}

@test "every page and file that Python's manual links to arrives with its type and its very bytes" {
	assert_dir_exist /usr/share/doc/python3-doc/html
	cp -rL /usr/share/doc/python3-doc/html/. "$SITE"
	start_eddy --layout plain --no-debug "$SITE"
	run python3 "$TEST_DIR/tools/crawl.py" "$PORT" "$SITE"
	assert_success
	assert_output --regexp '^[1-9][0-9]* pages, [1-9][0-9]* files, [1-9][0-9]* links, 0 wrong'
}

@test "the reload client is put into every page of Python's manual, and takes nothing away" {
	assert_dir_exist /usr/share/doc/python3-doc/html
	cp -rL /usr/share/doc/python3-doc/html/. "$SITE"
	start_eddy --layout plain "$SITE"
	run python3 "$TEST_DIR/tools/crawl.py" "$PORT" "$SITE" --browser
	assert_success
	assert_output --regexp '^[1-9][0-9]* pages, [1-9][0-9]* files, [1-9][0-9]* links, 0 wrong'
}

@test "a folder of static files is redirected to within their prefix" {
	put templates/index.html "<p>home</p>"
	put static/img/dot.svg "<svg/>"
	start_eddy "$SITE"
	assert_equal "$(header Location "$URL/static/img?x=1")" "/static/img/?x=1"
	assert_equal "$(header Location "$URL/static")" "/static/"
}

@test "a folder at the root is listed as any other, and not where listings are off" {
	put templates/index.html "<p>home</p>"
	put static/.well-known/acme/token ok
	start_eddy --no-listing "$SITE"
	assert_equal "$(curl -s "$URL/.well-known/acme/token")" ok
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/.well-known/acme/")" 404
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/.well-known/acme/token/")" 404
}

@test "a listing names a file on one line, and nothing that would not be served" {
	put list/$'new\nline.txt' x
	put list/plain.txt x
	ln -s /etc/passwd "$SITE/list/leak.txt"
	ln -s plain.txt "$SITE/list/link.txt"
	start_eddy --layout plain "$SITE"
	run curl -s "$URL/list/"
	assert_output $'link.txt\nnew?line.txt\nplain.txt'
}

# holds BYTES FILE - it has at least as many
holds() {
	[ "$(stat -c %s "$2" 2>/dev/null || echo 0)" -ge "$1" ]
}

@test "every download of a file ends when the file is cut, however far it was" {
	head -c 48M /dev/urandom >"$SITE/large.bin"
	start_eddy --layout plain "$SITE"
	curl -s -o /dev/null "$URL/large.bin"
	curl -s --limit-rate 12M -o "$BATS_TEST_TMPDIR/ahead" "$URL/large.bin" &
	local ahead=$!
	curl -s --limit-rate 2M -o "$BATS_TEST_TMPDIR/behind" "$URL/large.bin" &
	local behind=$!
	until_true 20 holds 4000000 "$BATS_TEST_TMPDIR/ahead"
	until_true 20 holds 1 "$BATS_TEST_TMPDIR/behind"
	: >"$SITE/large.bin"
	wait_gone "$behind" 20
	wait_gone "$ahead" 20
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/large.bin")" 200
}

@test "a date that could stand for two versions, or lies ahead, is not sent" {
	put now.txt one
	put ahead.txt two
	touch -d "2100-01-01" "$SITE/ahead.txt"
	put far.txt three
	touch -d "2300-01-01" "$SITE/far.txt"
	start_eddy --layout plain "$SITE"
	touch -d "2020-01-01 00:00:00 UTC" "$SITE/now.txt"
	assert_equal "$(header Last-Modified "$URL/now.txt")" "Wed, 01 Jan 2020 00:00:00 GMT"
	touch "$SITE/now.txt"
	assert_equal "$(header Last-Modified "$URL/ahead.txt")" ""
	assert_equal "$(header Last-Modified "$URL/far.txt")" ""
	assert_regex "$(header ETag "$URL/far.txt")" '^"[0-9a-f]{32}"$'
}

@test "an asterisk is for OPTIONS alone, and blanks around a field's value are no part of it" {
	put index.html x
	start_eddy --layout plain "$SITE"
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' --request-target '*' "$URL/")" 400
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' -H "Host:  localhost " "$URL/")" 200
}

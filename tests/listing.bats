#!/usr/bin/env bats
# Folders as answers: a page, plain names for a shell, JSON for a program.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir -p "$SITE/photos/deep er" "$SITE/albums"
	printf 'x%.0s' {1..2000} >"$SITE/long.txt"
	printf 'xx' >"$SITE/a&b <i>.txt"
	printf 'xxx' >"$SITE/middle.txt"
	touch -d 2001-02-03T04:05 "$SITE/middle.txt"
	touch -d 2020-01-01 "$SITE/long.txt"
	touch -d 2022-01-01 "$SITE/a&b <i>.txt"
	touch -d 2010-01-01 "$SITE/photos"
	touch -d 2011-01-01 "$SITE/albums"
}

teardown() {
	stop_eddy
}

# names QUERY - what the listing of the root names, in its order, as text; JSON and the page must agree
names() {
	local text
	text=$(curl -s "$URL/$1" | paste -sd'|')
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/$1" |
		jq -r '.[] | .name + if .directory then "/" else "" end' | paste -sd'|')" "$text"
	assert_equal "$(curl -s -H 'Accept: text/html' "$URL/$1" |
		sed -n '/<tbody>/,/<\/tbody>/ s/.*<a href="\([^"]*\)".*/\1/p' | paste -sd'|')" \
		"$(sed 's/a&b <i>/a%26b%20%3Ci%3E/' <<<"$text")"
	echo "$text"
}

@test "a listing has folders first, then files by name, and is sorted by name, size or time as asked" {
	start_eddy "$SITE"
	by_name='albums/|photos/|a&b <i>.txt|long.txt|middle.txt'
	assert_equal "$(names '')" "$by_name"
	assert_equal "$(names '?sort=name&order=asc')" "$by_name"
	assert_equal "$(names '?sort=name&order=desc')" 'photos/|albums/|middle.txt|long.txt|a&b <i>.txt'
	assert_equal "$(names '?sort=size')" 'albums/|photos/|a&b <i>.txt|middle.txt|long.txt'
	assert_equal "$(names '?sort=size&order=desc')" 'albums/|photos/|long.txt|middle.txt|a&b <i>.txt'
	assert_equal "$(names '?sort=time')" 'photos/|albums/|middle.txt|long.txt|a&b <i>.txt'
	assert_equal "$(names '?order=desc&sort=time')" 'albums/|photos/|a&b <i>.txt|long.txt|middle.txt'
	assert_equal "$(names '?sort=%2e%2e&order=%00&v=1')" "$by_name"
}

@test "the head of a listing says how it is sorted, and links to the other ways" {
	start_eddy "$SITE"
	run curl -s -H 'Accept: text/html' "$URL/?sort=size&order=desc"
	assert_output --partial 'class="size" aria-sort="descending"><a href="?sort=size&amp;order=asc">Size</a>'
	assert_output --partial 'class="name"><a href="?sort=name&amp;order=asc">Name</a>'
	assert_output --partial 'class="time"><a href="?sort=time&amp;order=desc">Changed</a>'
	run curl -s -H 'Accept: text/html' "$URL/"
	assert_output --partial 'class="name" aria-sort="ascending"><a href="?sort=name&amp;order=desc">Name</a>'
}

@test "a listing shows the size and the time of each file, and the way back to each folder above" {
	start_eddy "$SITE"
	run curl -s -H 'Accept: text/html' "$URL/"
	assert_output --partial '2.0 KiB'
	assert_output --partial '<td class="time">2001-02-03<span class="clock"> 04:05</span></td>'
	assert_output --partial 'a&amp;b &lt;i&gt;.txt'
	refute_output --partial '<i>'
	refute_output --partial 'href="../"'
	run curl -s -H 'Accept: text/html' "$URL/photos/deep%20er/"
	assert_output --partial '<a href="/"'
	assert_output --partial '<a href="/photos/">photos</a>'
	assert_output --partial '<h1>deep er</h1>'
	assert_output --partial 'href="../"'
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/" | jq -c '.[4]')" \
		"$(printf '{"href":"middle.txt","name":"middle.txt","directory":false,"size":3,"modified":%s}' \
			"$(stat -c %Y "$SITE/middle.txt")")"
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/photos/deep%20er/" | jq -c .)" '[]'
}

@test "a listing leaves out hidden names, editors' temporaries, what is no file and what is eddy's own" {
	touch "$SITE/.secret" "$SITE/draft.txt~" "$SITE/.draft.txt.swp" "$SITE/#draft.txt#"
	mkfifo "$SITE/pipe"
	ln -s /etc/passwd "$SITE/way-out"
	mkdir "$SITE/_eddy"
	echo 'port = 0' >"$SITE/eddy.conf"
	start_eddy "$SITE"
	assert_equal "$(names '')" 'albums/|photos/|a&b <i>.txt|long.txt|middle.txt'
}

@test "a listing is not stored, says that it depends on Accept, and is under a policy of its own" {
	start_eddy "$SITE"
	for accept in text/html application/json '*/*'; do
		run curl -s -o /dev/null -D - -H "Accept: $accept" "$URL/photos/"
		assert_line --partial 'Cache-Control: no-store'
		assert_line --partial 'Vary: Accept'
	done
	run curl -s -o /dev/null -D - -H 'Accept: text/html' "$URL/photos/"
	assert_line --partial "Content-Security-Policy: default-src 'self'"
}

@test "a folder of 100000 files is listed whole, as a page, as text and as JSON" {
	mkdir "$SITE/many"
	(cd "$SITE/many" && seq -f 'file-%06.0f' 100000 | xargs touch)
	start_eddy "$SITE"
	assert_equal "$(curl -s "$URL/many/" | wc -l)" 100000
	assert_equal "$(curl -s -H 'Accept: application/json' "$URL/many/" | jq length)" 100000
	assert_equal "$(curl -s -H 'Accept: text/html' "$URL/many/?order=desc" | grep -c 'href="file-')" 100000
	touch "$SITE/many/one-more"
	curl -s -H 'Accept: text/html' "$URL/many/?order=desc" >"$BATS_TEST_TMPDIR/page"
	run grep -cE 'href="one-more"|and 1 more' "$BATS_TEST_TMPDIR/page"
	assert_output 2
	run grep -F 'href="file-000001"' "$BATS_TEST_TMPDIR/page"
	refute_output
	assert_equal "$(curl -s "$URL/many/?order=desc" | tail -1)" file-000001
}

# unprivileged COMMAND… - runs it without root's right to read everything
unprivileged() {
	[ "$(id -u)" != 0 ] || exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"
	exec "$@"
}

@test "a folder that can't be read is an error in the face that was asked for" {
	mkdir -m 000 "$SITE/locked"
	launch unprivileged "$EDDY" serve --port 0 "$SITE"
	text=$(curl -s "$URL/locked/")
	json=$(curl -s -H 'Accept: application/json' "$URL/locked/")
	page=$(curl -s -H 'Accept: text/html' -w '%{http_code}' "$URL/locked/")
	chmod 755 "$SITE/locked"
	assert_equal "$text" "403 Forbidden: the file may not be read"
	assert_equal "$(jq -c '[.status, .reason]' <<<"$json")" '[403,"Forbidden"]'
	run echo "$page"
	assert_output --partial '<h1>Forbidden</h1>'
	assert_output --regexp '403$'
}

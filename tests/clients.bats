#!/usr/bin/env bats
# Programs that people really use: what they resume, revalidate, seek and load
# comes out right.

load helper

setup() {
	site=$BATS_TEST_TMPDIR/site
	mkdir "$site"
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_eddy
}

# starts with a file of which a client has the first part already
start_interrupted() {
	head -c 5M /dev/urandom >"$site/large.bin"
	head -c 1234567 "$site/large.bin" >large.bin
	start_eddy --layout plain -v "$site"
}

# statuses TARGET - of all answers so far, in their order. The log tells of an answer behind it: one more, then.
statuses() {
	local last="/last?$EPOCHREALTIME"
	curl -s -o /dev/null "$URL$last"
	until_true 20 grep -qF "GET $last " "$EDDY_LOG"
	sed -nE "s#.*\b([0-9]{3}) GET $1 .*#\1#p" "$EDDY_LOG" | paste -sd ' '
}

@test "curl resumes a download, and finds out that there is nothing more to get" {
	start_interrupted
	curl -s -C - -o large.bin "$URL/large.bin"
	cmp large.bin "$site/large.bin"
	curl -s -C - -o large.bin "$URL/large.bin"
	cmp large.bin "$site/large.bin"
	assert_equal "$(statuses /large.bin)" "206 416"
}

@test "curl fetches a file anew only when it has changed" {
	seq 10000 >"$site/a.txt"
	start_eddy --layout plain -v "$site"
	for _ in 1 2; do
		curl -s --etag-save tag --etag-compare tag -o a.txt "$URL/a.txt"
		cmp a.txt "$site/a.txt"
	done
	seq 20000 >"$site/a.txt"
	curl -s --compressed --etag-save tag --etag-compare tag -o a.txt "$URL/a.txt"
	curl -s --compressed --etag-save tag --etag-compare tag -o a.txt "$URL/a.txt"
	cmp a.txt "$site/a.txt"
	curl -s -R -o b.txt "$URL/a.txt"
	curl -s -z b.txt -o b.txt "$URL/a.txt"
	cmp b.txt "$site/a.txt"
	assert_regex "$(statuses /a.txt)" '^200 304 200 304 200'
}

@test "wget resumes a download, and keeps a copy as new as the file" {
	start_interrupted
	wget -q -c "$URL/large.bin"
	cmp large.bin "$site/large.bin"
	assert_equal "$(statuses /large.bin)" 206
	touch -d "2020-01-02 03:04:05" "$site/large.bin"
	rm large.bin
	wget -q -N "$URL/large.bin"
	assert_equal "$(stat -c %Y large.bin)" "$(stat -c %Y "$site/large.bin")"
	wget -q -N "$URL/large.bin"
	assert_equal "$(statuses /large.bin | cut -d ' ' -f 2-)" "200 304"
}

@test "wget mirrors a site with all that its pages link to" {
	mkdir -p "$site/sub dir"
	echo '<a href="sub%20dir/">x</a> <link rel="stylesheet" href="a.css?v=1">' >"$site/index.html"
	echo '<a href="../b.html">x</a>' >"$site/sub dir/index.html"
	echo x >"$site/b.html"
	echo 'b { background: url(c.png) }' >"$site/a.css"
	echo x >"$site/c.png"
	start_eddy --layout plain --no-debug "$site"
	wget -q -r -nH --no-parent -e robots=off -P mirror "$URL/"
	run diff -r mirror "$site"
	assert_output "Only in $site: a.css
Only in mirror: a.css?v=1"
}

# video FILE OPTION… - 20 s of a test picture, its index at the end
video() {
	ffmpeg -v error -f lavfi -i testsrc=duration=20:size=160x120:rate=10 "${@:2}" "$1"
}

@test "ffprobe finds the index at a video's end, and ffmpeg a picture in its middle, by ranges" {
	video "$site/clip.mp4" -c:v mpeg4 -qscale 1
	start_eddy --layout plain -v "$site"
	run ffprobe -v error -show_entries format=duration -of csv=p=0 "$URL/clip.mp4"
	assert_output 20.000000
	ffmpeg -v error -ss 12 -i "$URL/clip.mp4" -frames:v 1 seen.png
	ffmpeg -v error -ss 12 -i "$site/clip.mp4" -frames:v 1 expected.png
	cmp seen.png expected.png
	assert_regex "$(statuses /clip.mp4)" '206.*206'
}

make_everything() {
	local font
	video "$site/clip.webm" -c:v libvpx -b:v 500k -g 10
	ffmpeg -v error -f lavfi -i sine=duration=1 "$site/sound.ogg"
	ffmpeg -v error -f lavfi -i color=red:size=16x16 -frames:v 1 "$site/dot.png"
	font=$(find /usr/share/fonts -name '*.ttf' | sort | head -1)
	cp "$font" "$site/own.ttf"
	echo '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>' >"$site/dot.svg"
	cp "$site/dot.png" "$site/favicon.ico"
	{
		echo '@import "more.css"; @font-face { font-family: Own; src: url(own.ttf) } h1 { font-family: Own }'
		yes '/* enough to be compressed */' | head -100
	} >"$site/style.css"
	echo 'body { background: rgb(1, 2, 3) url(dot.svg) }' >"$site/more.css"
	echo '{"name": "data"}' >"$site/data.json"
	echo 'export const name = "module";' >"$site/part.mjs"
	echo 'postMessage("worker");' >"$site/worker.js"
	printf '\0asm\1\0\0\0' >"$site/empty.wasm"
	printf 'WEBVTT\n\n00:00.000 --> 00:10.000\nA line\n' >"$site/lines.vtt"
	echo '{"name": "Everything", "start_url": "/"}' >"$site/site.webmanifest"
	echo '<!doctype html><title>f</title><p>framed</p>' >"$site/frame.html"
	cat >"$site/main.js" <<-'JS'
		import { name } from './part.mjs';
		const arrived = window.arrived ??= new Set();
		const when = (selector, event) => {
		  const element = document.querySelector(selector);
		  const done = () => arrived.add(selector);
		  if (element.complete || element.readyState >= 3 || element.contentDocument?.readyState === 'complete') done();
		  element.addEventListener(event, done);
		};
		arrived.add(name);
		when('img[src="dot.svg"]', 'load');
		when('img[src="dot.png"]', 'load');
		when('video', 'canplay');
		when('audio', 'canplay');
		when('iframe', 'load');
		const track = document.querySelector('track');
		if (track.readyState === 2) arrived.add('track');
		track.addEventListener('load', () => arrived.add('track'));
		track.track.mode = 'showing';
		document.fonts.load('20px Own').then((fonts) => fonts.length && arrived.add('font'));
		fetch('data.json').then((answer) => answer.json()).then((data) => arrived.add(data.name));
		WebAssembly.instantiateStreaming(fetch('empty.wasm')).then(() => arrived.add('wasm'));
		new Worker('worker.js').onmessage = (message) => arrived.add(message.data);
	JS
	cat >"$site/everything.html" <<-'HTML'
		<!doctype html>
		<html lang="en">
		<head>
		<meta charset="utf-8"><title>Everything</title>
		<link rel="stylesheet" href="style.css"><link rel="manifest" href="site.webmanifest">
		<script type="module" src="main.js"></script>
		</head>
		<body>
		<h1>Everything</h1>
		<img src="dot.svg" alt=""><img src="dot.png" alt="">
		<video src="clip.webm" muted preload="auto"><track src="lines.vtt" default></video>
		<audio src="sound.ogg" preload="auto"></audio>
		<iframe src="frame.html"></iframe>
		</body>
		</html>
	HTML
}

# browse STORY - in a browser of its own
browse() {
	local browser
	start_browser
	browser=$!
	TMPDIR=$BATS_TEST_TMPDIR run node "$TEST_DIR/browser/$1.mjs" "$URL" "$site"
	exec {BROWSER_STDIN}>&-
	wait_gone "$browser" 20
	assert_success
}

@test "Chromium loads a page with something of every kind, seeks in its video, and complains of nothing" {
	make_everything
	start_eddy --layout plain "$site"
	browse assets
}

#!/usr/bin/env bats
# The table "Coming from" of README.md: for each of its lines the other program runs too, and
# the two do the same where the line says so.

# shellcheck disable=SC2016,SC2034,SC2103,SC2153 # scripts are written here; helper.bash reads and sets variables

load helper

NPM=$BATS_TEST_DIRNAME/../build/node_modules

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p site/drafts app/templates app/static
	echo "<!doctype html><title>t</title><body><p>my site</p></body>" >site/index.html
	echo "p { color: red }" | tee site/drafts/site.css >app/static/site.css
	echo '<p>{{ 1 + 1 }} & {{ "<" }} {{ static_url("site.css") }}</p>' >app/templates/index.html
}

teardown() {
	stop_other
	stop_eddy
}

# start_other COMMAND… - runs a server that names its URL in its output; sets OTHER_PID and OTHER, the URL
start_other() {
	OTHER_MARK=$BATS_TEST_TMPDIR "$@" >other.log 2>&1 3>&- &
	OTHER_PID=$!
	until_true 20 other_port
	OTHER=http://127.0.0.1:$(other_port)
	until_true 20 curl -s -o /dev/null "$OTHER/"
}

other_port() {
	grep -oE 'https?://[0-9.]+:[0-9]+' other.log | grep -oE -m 1 '[0-9]+$'
}

stop_other() {
	[ -n "${OTHER_PID:-}" ] || return 0
	kill "$OTHER_PID"
	wait "$OTHER_PID" || true
	OTHER_PID=
	until_true 20 other_is_gone
}

# other_is_gone - with all that it has started
other_is_gone() {
	! grep -qszx "OTHER_MARK=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ
}

# tornado_app SETTING… - Tornado serving app/ by its own means; each setting is an argument of Application
tornado_app() {
	cat >app.py <<-END
		import sys, asyncio, tornado.autoreload, tornado.httpserver, tornado.web

		class Page(tornado.web.RequestHandler):
		    def get(self):
		        self.render("index.html")

		async def main():
		    app = tornado.web.Application([("/", Page)], template_path="app/templates", static_path="app/static", $1)
		    ${2:-pass}
		    server = tornado.httpserver.HTTPServer(app)
		    server.add_sockets(tornado.netutil.bind_sockets(int(sys.argv[1]), "127.0.0.1"))
		    port = next(iter(server._sockets.values())).getsockname()[1]
		    print(f"http://127.0.0.1:{port}", flush=True)
		    await asyncio.Event().wait()

		asyncio.run(main())
	END
	start_other /usr/bin/python3 app.py "${PORT_WANTED:-0}"
}

# eddy_at PORT ARGUMENT… - as start_eddy, on that port
eddy_at() {
	launch "$EDDY" serve --port "$@"
}

same_answer() {
	assert_equal "$(curl -s "$URL$1")" "$(curl -s "$OTHER$1")"
}

status_of() {
	curl -s -o /dev/null -w '%{http_code}' "$@"
}

@test "each line of the table has its test here" {
	while IFS= read -r line; do
		grep -qF "@test \"${line//\"/\\\"}\"" "$BATS_TEST_FILENAME" || fail "not tested: $line"
	done < <(sed -n '/^## Coming from/,/^## What/s/^| \([^|]*[^ |]\) *| .*/\1/p' "$BATS_TEST_DIRNAME/../README.md" |
		grep -v -e '^---' -e '^there$' | tr -d '`')
}

@test "entr -r on the sources of a site" {
	start_eddy app
	rerunner entr -nr echo "start" < <(find app -type f)
	until_true 40 both_see app/templates/index.html
}

@test "entr -r node server.js with a list of files" {
	node_server
	rerunner entr -nr node server.js <<<server.js
	run_eddy node server.js
	until_true 40 both_see server.js
}

@test "nodemon server.js" {
	node_server
	rerunner node "$NPM/nodemon/bin/nodemon.js" --quiet server.js
	run_eddy node server.js
	until_true 40 both_see server.js
}

@test "python3 -m tornado.autoreload app.py" {
	cat >app.py <<-END
		import asyncio, tornado.autoreload
		async def main():
		    tornado.autoreload.start(200)
		    print("start", flush=True)
		    await asyncio.Event().wait()
		asyncio.run(main())
	END
	rerunner /usr/bin/python3 -m tornado.autoreload app.py
	run_eddy /usr/bin/python3 app.py
	until_true 40 both_see app.py
}

# node_server - a program that says that it starts, and stays
node_server() {
	echo 'console.log("start"); setInterval(() => {}, 1000);' >server.js
}

# rerunner COMMAND… - runs what runs a program again
rerunner() {
	OTHER_MARK=$BATS_TEST_TMPDIR "$@" <&0 >other.log 2>&1 3>&- &
	OTHER_PID=$!
	until_true 20 grep -q start other.log
}

run_eddy() {
	EDDY_LOG=$PWD/eddy.log
	TEST_MARK=$BATS_TEST_TMPDIR "$EDDY" run "$@" >here.log 2>"$EDDY_LOG" </dev/null 3>&- &
	EDDY_PID=$!
	until_true 20 grep -q start here.log
}

# both_see FILE - a change of it, each in its own log; the last for a second, since entr passes over those at its start
both_see() {
	echo >>"$1"
	until_true 1 both_saw
}

both_saw() {
	[ "$(grep -c start other.log)" -ge 2 ] && grep -q '^changed ' "$EDDY_LOG"
}

@test "python3 -m http.server 8000" {
	cd site
	port=$(free_port)
	start_other python3 -u -m http.server "$port"
	assert_equal "$OTHER" "http://127.0.0.1:$port"
	there=$(curl -s "$OTHER/")
	stop_other
	eddy_at "$port" -a 127.0.0.1 --no-livereload
	assert_equal "$(curl -s "$OTHER/")" "$there"
}

@test "python3 -m http.server -d site" {
	start_other python3 -u -m http.server -d site 0
	start_eddy --no-livereload site
	same_answer /
}

@test "python3 -m http.server -b 0.0.0.0" {
	start_other python3 -u -m http.server -b 0.0.0.0 -d site 0
	start_eddy -a 0.0.0.0 --allow-host box.local site
	assert_equal "$(status_of "http://127.0.0.2:$PORT/")" "$(status_of "${OTHER/0.1:/0.2:}/")"
	assert_equal "$(status_of -H 'Host: box.local' "http://127.0.0.2:$PORT/")" "$(status_of -H 'Host: box.local' "${OTHER/0.1:/0.2:}/")"
}

@test "live-server site" {
	start_other node "$NPM/live-server/live-server.js" site --port=0 --host=127.0.0.1 --no-browser
	mkfifo opened
	printf '#!/bin/sh\nexec echo "$1" >"%s"\n' "$PWD/opened" >browser
	chmod +x browser
	BROWSER=$PWD/browser start_eddy -o site
	read -r -t 20 url <opened
	assert_equal "$(status_of "$url")" 200
	for page in "$url" "$OTHER/"; do
		run curl -s -H 'Accept: text/html' "$page"
		assert_output --partial '<script'
	done
}

@test "live-server --entry-file=index.html" {
	cd site
	start_other node "$NPM/live-server/live-server.js" --entry-file=index.html --port=0 --host=127.0.0.1 --no-browser
	start_eddy --spa
	for url in "$URL" "$OTHER"; do
		run curl -s -H 'Accept: text/html' "$url/a/b"
		assert_output --partial "my site"
	done
}

@test "live-server --ignore=drafts site" {
	start_other node "$NPM/live-server/live-server.js" site --ignore=drafts --port=0 --host=127.0.0.1 --no-browser
	start_eddy --ignore drafts site
	until_true 20 grep -q 'Ready for changes' other.log
	echo "p { color: blue }" >site/drafts/site.css
	echo "<!doctype html><body><p>changed</p></body>" >site/index.html
	until_true 20 grep -q '^changed ' "$EDDY_LOG"
	until_true 20 grep -q 'Change detected' other.log
	run grep -h drafts "$EDDY_LOG" other.log
	assert_output ""
}

@test "http-server site -p 8080" {
	start_other node "$NPM/http-server/bin/http-server" site -a 127.0.0.1 -p "$(free_port)"
	port=$(free_port)
	eddy_at "$port" --no-livereload site
	assert_equal "$PORT" "$port"
	same_answer /
}

@test "http-server --cors" {
	cd site
	start_other node "$NPM/http-server/bin/http-server" --cors -a 127.0.0.1 -p "$(free_port)"
	start_eddy --cors '*'
	for url in "$URL" "$OTHER"; do
		run curl -s -o /dev/null -D - -H 'Origin: https://a.example' "$url/"
		assert_output --regexp $'[Aa]ccess-[Cc]ontrol-[Aa]llow-[Oo]rigin: \*\r'
	done
}

@test "http-server -d false" {
	cd site
	start_other node "$NPM/http-server/bin/http-server" -d false -a 127.0.0.1 -p "$(free_port)"
	start_eddy --no-listing
	for url in "$URL" "$OTHER"; do
		run curl -s -w '%{http_code}' "$url/drafts/"
		assert_output --regexp '40[0-9]$'
		refute_output --partial site.css
	done
}

@test "Tornado's debug=True" {
	tornado_app debug=True
	start_eddy --no-livereload app
	echo '<p>{{ nobody }}</p>' >app/templates/index.html
	for url in "$URL" "$OTHER"; do
		until_true 20 has_traceback "$url"
	done
	stop_other
	stop_eddy
	tornado_app debug=False
	start_eddy --no-debug app
	for url in "$URL" "$OTHER"; do
		assert_equal "$(status_of "$url/")" 500
		run has_traceback "$url"
		assert_failure
	done
}

has_traceback() {
	curl -s "$1/" | grep -q "name 'nobody' is not defined"
}

@test "Tornado's static_url_prefix=\"/s/\"" {
	tornado_app 'static_url_prefix="/s/"'
	start_eddy --no-livereload --static-prefix /s/ app
	for url in "$URL" "$OTHER"; do
		path=$(curl -s "$url/" | grep -oE '/s/site\.css\?v=[0-9a-f]+')
		assert_equal "$(curl -s "$url$path")" "p { color: red }"
	done
}

@test "Tornado's tornado.autoreload.watch(\"site.db\")" {
	cd app
	mkdir -p app
	ln -s ../templates ../static app
	echo 1 >site.db
	PORT_WANTED=$(free_port) tornado_app autoreload=True 'tornado.autoreload.watch("site.db")'
	start_eddy --watch site.db
	until_true 20 both_restart
}

# both_restart - upon a change; again and again, since Tornado doesn't see those of its first half second
both_restart() {
	echo x >>site.db
	grep -q '^changed  site.db.*restarted' "$EDDY_LOG" && [ "$(grep -c http:// other.log)" -ge 2 ]
}

@test "Tornado's loader.load(\"index.html\").generate()" {
	sed -i 's/ {{ static_url.*}}//' app/templates/index.html
	cd app/templates
	run /usr/bin/python3 -c 'import sys, tornado.template
loader = tornado.template.Loader(".")
sys.stdout.buffer.write(loader.load("index.html").generate())'
	there=$output
	cd ..
	run "$EDDY" render index.html
	assert_equal "$output" "$there"
	assert_equal "$output" "<p>2 & &lt;</p>"
}

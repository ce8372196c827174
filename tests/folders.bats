#!/usr/bin/env bats
# Folders that were not made for eddy, and what is no folder: each does, or
# says, the sensible thing.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell of its own; capture sets variables

load helper

# The folder above must be open to other users.
setup() {
	place=$(mktemp -d)
	chmod 755 "$place"
	cd "$place" || return 1
}

teardown() {
	stop_eddy
	chmod -R u+rwx "$place"
	rm -rf "$place"
}

# as_stranger COMMAND… - runs it as somebody whom permissions hold for
as_stranger() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# refuses STATUS LINE ARGUMENT… - eddy doesn't start, and this is all that it says
refuses() {
	capture timeout 20 "$EDDY" "${@:3}"
	assert_equal "$status $stderr" "$1 $2"
}

# banner_hint - what the banner says about the folder
banner_hint() {
	sed -n '3{/Ctrl-C/!p}' "$EDDY_LOG"
}

@test "an empty folder gets a page that says what to do" {
	mkdir empty
	start_eddy empty
	run curl -s -H 'Accept: text/html' "$URL/"
	assert_output --partial "Nothing here yet"
	assert_output --partial "mkdir templates static"
	assert_equal "$(banner_hint)" ""
}

@test "a folder of one PDF is a listing with that PDF" {
	mkdir papers
	printf '%%PDF-1.4\n' >papers/report.pdf
	start_eddy papers
	assert_equal "$(curl -s "$URL/")" "report.pdf"
	run curl -s -H 'Accept: text/html' "$URL/"
	assert_output --partial 'href="report.pdf"'
	assert_equal "$(curl -s -o /dev/null -w '%{http_code} %{content_type}' "$URL/report.pdf")" "200 application/pdf"
}

@test "a Flask folder is an app, the banner names the other engine, and so does the fault" {
	mkdir -p flask/{templates,static}
	printf '<html>\n{%% block content %%}{%% endblock %%}</html>\n' >flask/templates/base.html
	echo 'p {}' >flask/static/a.css
	start_eddy flask
	assert_equal "$(head -n 1 "$EDDY_LOG")" "eddy 0.1  flask  app layout: templates/ + static/"
	assert_equal "$(banner_hint)" "  flask/templates/base.html:2 has '{% endblock', which is Jinja's or Django's: eddy renders Tornado's syntax; --layout plain serves the files as they are"
	assert_equal "$(curl -s "$URL/base" | tail -n 1)" "base.html:2:20: ParseError: unknown operator: 'endblock' (did you mean 'end'?)"
	run curl -s -H 'Accept: text/html' "$URL/base"
	assert_output --partial 'eddy renders Tornado&#39;s syntax; --layout plain serves the files as they are.</p>'
	assert_equal "$(curl -s "$URL/static/a.css")" "p {}"
	stop_eddy
	start_eddy --layout plain flask
	assert_equal "$(banner_hint)" ""
	assert_equal "$(curl -s "$URL/templates/base.html")" "$(cat flask/templates/base.html)"
}

@test "templates of eddy's own syntax get no advice" {
	mkdir -p site/templates
	printf '%s\n' '{% if True %}{{ 1 }}{% end %}{{! .}}' >site/templates/index.html
	start_eddy site
	assert_equal "$(head -n 1 "$EDDY_LOG")" "eddy 0.1  site  app layout: templates/, no static/ yet"
	assert_equal "$(banner_hint)" ""
}

@test "a Hugo folder is served as what it looks like, and the banner says where the site is" {
	mkdir -p hugo/{content,layouts,static,templates}
	touch hugo/hugo.toml
	echo '{{ define "main" }}{{ .Title }}{{ end }}' >hugo/templates/index.html
	start_eddy hugo
	assert_equal "$(head -n 1 "$EDDY_LOG")" "eddy 0.1  hugo  app layout: templates/ + static/"
	assert_equal "$(banner_hint)" "  this looks like the source of a site for Hugo (hugo.toml): what it makes of it, in public/, is the site"
	assert_equal "$(curl -s "$URL/" | tail -n 1)" "index.html:1:11: SyntaxError: invalid syntax (an operator is missing before it, or the parentheses of a call: f(x))"
	run curl -s -H 'Accept: text/html' "$URL/"
	assert_output --partial 'A word of advice: this looks like the source of a site for Hugo (hugo.toml)'
	stop_eddy
	rm hugo/hugo.toml
	start_eddy hugo
	assert_equal "$(banner_hint)" "  hugo/templates/index.html:1 has '{{ define', which is Go's: eddy renders Tornado's syntax; --layout plain serves the files as they are"
}

@test "the root of the machine is served at once, watched without its system folders, and left at once" {
	start_eddy /
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/")" 200
	assert_equal "$(banner_hint)" "  this is the whole machine: a smaller folder is watched sooner, and shows less"
	kill -INT "$EDDY_PID"
	wait_gone "$EDDY_PID" 20
	stop_eddy
	run "$EDDY" check --explain /proc/version -C /
	assert_output --partial "a file system of the kernel"
}

@test "a folder that may not be read is an error that says so" {
	cp "$EDDY" eddy
	mkdir -p closed app/templates
	chmod 0 closed app/templates
	for folder in closed app closed/inner; do
		capture as_stranger timeout 20 ./eddy "$folder"
		assert_equal "$status" 1
		assert_regex "$stderr" "^eddy: cannot open .*$folder.*: Permission denied\$"
	done
	chmod 711 closed
	capture as_stranger timeout 20 ./eddy closed
	assert_equal "$status $stderr" "1 eddy: cannot open the folder 'closed': Permission denied"
}

@test "what can't be read in a folder is refused by itself" {
	cp "$EDDY" eddy
	mkdir -p site/closed
	echo hello >site/open.txt
	touch site/secret.txt
	chmod 0 site/closed site/secret.txt
	launch as_stranger ./eddy serve --port 0 site
	assert_equal "$(curl -s "$URL/open.txt")" "hello"
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/closed/")" 403
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "$URL/secret.txt")" 403
}

@test "a file in the place of the folder is answered with the folder that was meant" {
	mkdir site
	touch page.html site/page.html
	refuses 2 "eddy: 'page.html' is a file, not a directory (did you mean 'eddy .'?)" page.html
	refuses 2 "eddy: 'site/page.html' is a file, not a directory (did you mean 'eddy site'?)" site/page.html
	refuses 2 "eddy: 'page.html' is a file, not a directory (did you mean 'eddy .'?)" serve page.html
}

@test "two folders are one too many" {
	mkdir a b
	refuses 2 "eddy: 'b' is too much: it is 'eddy serve [DIR]' (one directory at a time)" a b
	refuses 2 "eddy: two directories are named: 'a' and 'b' (see eddy serve --help)" -C a b
}

@test "a port in the place of the folder is answered with the option that was meant, unless it is a folder" {
	refuses 2 "eddy: '8000' is neither a command nor a directory (did you mean --port 8000?)" 8000
	refuses 2 "eddy: ':8000' is neither a command nor a directory (did you mean --port 8000?)" :8000
	refuses 2 "eddy: '80000' is neither a command nor a directory" 80000
	mkdir site 8000
	refuses 2 "eddy: '8001' is too much: it is 'eddy serve [DIR]' (did you mean --port 8001?)" site 8001
	echo hello >8000/a.txt
	start_eddy 8000
	assert_equal "$(curl -s "$URL/a.txt")" "hello"
}

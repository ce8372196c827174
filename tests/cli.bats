#!/usr/bin/env bats
# The command line, the environment and eddy.conf. `eddy check -v` says which
# settings hold, as the flags that would make them.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir site
}

teardown() {
	stop_eddy
}

# settings ARGUMENT… - what holds for site/, or for what the arguments say
settings() {
	capture "$EDDY" check -v "$@"
	# shellcheck disable=SC2154 # set by capture
	settings=$(grep '^eddy serve' <<<"$stderr")
}

conf() {
	printf '%s\n' "$@" >site/eddy.conf
}

# refuses STATUS LINE ARGUMENT… - the command fails, and this is all it says
refuses() {
	local status_expected=$1 line=$2
	shift 2
	capture "$EDDY" "$@"
	assert_equal "$status" "$status_expected"
	assert_equal "$output" ""
	assert_equal "$stderr" "$line"
}

@test "an option's value follows behind a blank, behind '=', or behind its letter" {
	for written in "--port 8000" "--port=8000" "-p 8000" "-p8000" "-p=8000"; do
		# shellcheck disable=SC2086 # words
		settings $written
		assert_equal "$settings" "eddy serve --port=8000"
	done
}

@test "an underscore may stand for a dash in an option's name" {
	settings --static_prefix=/s/ --no_template_cache
	assert_equal "$settings" "eddy serve --static-prefix=/s/ --no-template-cache"
}

@test "a boolean option is switched off by --no-, or by a word" {
	for off in --no-listing --listing=false --listing=no --listing=OFF --listing=0; do
		settings "$off"
		assert_equal "$settings" "eddy serve --no-listing"
	done
}

@test "letters of boolean options may stand together, the last one with a value" {
	settings -op 8000
	assert_equal "$settings" "eddy serve --port=8000 --open"
}

@test "an option that may be repeated keeps each value, in order" {
	settings -w a.c --watch=b.c -wc.c
	assert_equal "$settings" "eddy serve --watch=a.c --watch=b.c --watch=c.c"
}

@test "what stands behind -- is an operand" {
	mkdir ./-x
	settings -- -x
	assert_equal "$settings" "eddy serve --directory=-x"
}

@test "a flag wins over the environment, which wins over eddy.conf, which wins over the default" {
	settings site
	assert_equal "$settings" "eddy serve --directory=site"
	conf 'port = 1001'
	settings site
	assert_equal "$settings" "eddy serve --port=1001 --directory=site"
	EDDY_PORT=1002 settings site
	assert_equal "$settings" "eddy serve --port=1002 --directory=site"
	EDDY_PORT=1002 settings site --port=1003
	assert_equal "$settings" "eddy serve --port=1003 --directory=site"
}

@test "a list given by a flag replaces the list of eddy.conf" {
	conf 'watch = a.c' 'watch = b.c'
	settings site
	assert_equal "$settings" "eddy serve --directory=site --watch=site/a.c --watch=site/b.c"
	settings site --watch=c.c
	assert_equal "$settings" "eddy serve --directory=site --watch=c.c"
}

@test "a variable of the environment holds a list with commas between its items" {
	EDDY_ALLOW_HOST=a.test,b.test settings
	assert_equal "$settings" "eddy serve --allow-host=a.test --allow-host=b.test"
}

@test "an empty variable of the environment counts as unset" {
	EDDY_PORT='' settings
	assert_equal "$settings" "eddy serve"
}

@test "--no-debug switches off what follows it, and a switch named by itself wins over it" {
	settings --no-debug
	assert_equal "$settings" "eddy serve --no-debug"
	settings --livereload --no-debug
	assert_equal "$settings" "eddy serve --no-debug --livereload"
	conf 'traceback = yes'
	settings site --no-debug
	assert_equal "$settings" "eddy serve --directory=site --no-debug --traceback"
}

@test "an option that was given its default counts as given" {
	settings --port=8888
	assert_equal "$settings" "eddy serve --port=8888"
}

@test "the flags that settings are told as make the same settings again" {
	conf 'workers = 0' 'data = nav=links.json' 'watch = a.c' 'debug = off'
	EDDY_GRACE=3 settings site -p 0 --livereload --ready-fd 3 --layout app --allow-host=a.test --root-file humans.txt
	first=$settings
	rm site/eddy.conf
	# shellcheck disable=SC2086 # the flags are words
	settings ${first#eddy serve }
	assert_equal "$settings" "$first"
}

@test "eddy.conf has comments, quotes and Windows line ends" {
	printf '\xef\xbb\xbf# all of it\r\n\r\n  port=8000   # behind a blank\r\nstatic_prefix = /a#b/\r\ntemplates = "t #1"\r\n' \
		>site/eddy.conf
	capture "$EDDY" check site
	assert_equal "$stderr" "    4 | static_prefix = /a#b/
                        ^^^^^
site/eddy.conf:4:17: ConfigError: static_prefix: '/a#b/' is more than a path"
	conf '# all of it' 'port=8000 # behind a blank' 'data = "x=a \"#1\".json"'
	settings site
	assert_equal "$settings" 'eddy serve --port=8000 --directory=site --data=x=site/a "#1".json'
}

@test "paths in eddy.conf are relative to its directory" {
	conf 'templates = pages' 'data = nav=links.json'
	settings site
	assert_equal "$settings" "eddy serve --directory=site --templates=site/pages --data=nav=site/links.json"
}

@test "each fault of eddy.conf is told with its place, and the exit status is 4" {
	conf 'prot = 8000' 'port = 80000' 'layout = ap' 'port 8' '[server]' 'nolisting = 1' 'data = "x'
	refuses 4 "    1 | prot = 8000
        ^^^^
site/eddy.conf:1:1: ConfigError: there is no key 'prot' (did you mean 'port'?)
    2 | port = 80000
               ^^^^^
site/eddy.conf:2:8: ConfigError: port: '80000' is not a number from 0 to 65535
    3 | layout = ap
                 ^^
site/eddy.conf:3:10: ConfigError: layout: 'ap' is not auto, app or plain (did you mean 'app'?)
    4 | port 8
             ^
site/eddy.conf:4:6: ConfigError: '=' was expected: a line is KEY = VALUE
    5 | [server]
        ^^^^^^^^
site/eddy.conf:5:1: ConfigError: there are no sections in this file: a line is KEY = VALUE
    6 | nolisting = 1
        ^^^^^^^^^
site/eddy.conf:6:1: ConfigError: there is no key 'nolisting' (did you mean 'listing = false'?)
    7 | data = \"x
               ^
site/eddy.conf:7:8: ConfigError: the quote is not closed" check site
}

@test "a key that stands twice in eddy.conf is a fault" {
	conf 'port = 8000' '' 'port = 8001'
	refuses 4 "    3 | port = 8001
        ^^^^
site/eddy.conf:3:1: ConfigError: 'port' was set on line 1 already" check site
}

@test "an eddy.conf that was found can't open the server to others; one named by --config can" {
	for line in 'address = 0.0.0.0' 'allow-host = example.test' 'follow-links = true'; do
		key=${line%% *}
		conf "$line"
		capture "$EDDY" check site
		assert_equal "$status" 4
		assert_equal "${stderr##*$'\n'}" "site/eddy.conf:1:1: ConfigError: '$key' can't be set in an eddy.conf that was \
found in the directory (trust it with --config site/eddy.conf, or give --$key)"
	done
	conf 'address = 0.0.0.0' 'follow-links = true'
	settings site --config site/eddy.conf
	assert_equal "$settings" \
		"eddy serve --address=0.0.0.0 --directory=site --follow-links --config=site/eddy.conf"
}

@test "an eddy.conf that was found names no path outside its directory, be it by a link" {
	for path in /etc ../other a/../../other; do
		conf "static = $path"
		capture "$EDDY" check site
		assert_equal "$status" 4
		assert_equal "${stderr##*$'\n'}" "site/eddy.conf:1:10: ConfigError: static: '$path' leads out of the directory \
that the eddy.conf was found in (trust it with --config site/eddy.conf)"
	done
	ln -s /etc site/link
	conf "data = x=link/hostname"
	refuses 4 "site/eddy.conf: ConfigError: data: 'site/link/hostname' is a link that leads out of 'site'" check site
	run "$EDDY" check site --follow-links
	assert_success
}

@test "keys that make no sense in a file are refused there" {
	conf 'directory = x'
	capture "$EDDY" check site
	assert_equal "$status" 4
	assert_equal "${stderr##*$'\n'}" \
		"site/eddy.conf:1:1: ConfigError: 'directory' can't be set in a config file"
}

@test "a config file that was named and isn't there is a fault, with exit status 4" {
	refuses 4 "eddy: cannot open 'no.conf': No such file or directory" check --config no.conf
}

@test "a folder of the site that was named and isn't there is a fault of the config" {
	refuses 4 "eddy: app layout: there is no folder 'pages'" check site --templates pages
	refuses 4 "eddy: app layout: there is no folder 'templates'" check site --layout=app
	mkdir site/templates
	refuses 4 "eddy: --static: there is no folder 'files'" check site --static files
}

@test "an option mistyped, or as another program names it, is answered with the right one" {
	refuses 2 "eddy: there is no option --prot (did you mean --port?)" check --prot 8000
	refuses 2 "eddy: there is no option --prot (did you mean --port?)" --prot 8000
	refuses 2 "eddy: there is no option --no-lisitng (did you mean --no-listing?)" check --no-lisitng
	refuses 2 "eddy: there is no option --host (did you mean --address?)" check --host=::1
	refuses 2 "eddy: there is no option --hots (did you mean --address?)" check --hots ::1
	refuses 2 "eddy: there is no option --bind (did you mean --address?)" check --bind ::1
	refuses 2 "eddy: there is no option -port=8000 (did you mean --port=8000?)" check -port=8000
	refuses 2 "eddy: there is no option --xyzzy (see eddy check --help)" check --xyzzy
	refuses 2 "eddy: there is no option -z (see eddy check --help)" check -qz
}

@test "an option of another command is answered with the commands that take it" {
	refuses 2 "eddy: --dump is no option of this command (it belongs to: eddy render)" check --dump=ast
}

@test "a command mistyped, or as another program names it, is answered with the right one" {
	refuses 2 "eddy: 'serv' is neither a command nor a directory (did you mean 'eddy serve'?)" serv
	refuses 2 "eddy: 'start' is neither a command nor a directory (did you mean 'eddy serve'?)" start
	refuses 2 "eddy: 'chekc' is neither a command nor a directory (did you mean 'eddy check'?)" chekc
	refuses 2 "eddy: 'lint' is neither a command nor a directory (did you mean 'eddy check'?)" lint
	refuses 2 "eddy: 'version' is neither a command nor a directory (did you mean 'eddy --version'?)" version
	refuses 2 "eddy: there is no command 'chek' (did you mean 'eddy help check'?)" help chek
}

@test "a number where a directory belongs is answered with --port" {
	refuses 2 "eddy: '8000' is neither a command nor a directory (did you mean --port 8000?)" 8000
	refuses 2 "eddy: '8000' is too much: it is 'eddy check [DIR]' (did you mean --port 8000?)" check . 8000
}

@test "a directory that isn't one is a usage fault that says why" {
	touch file
	refuses 2 "eddy: 'file' is a file, not a directory (did you mean 'eddy check .'?)" check file
	refuses 2 "eddy: there is no directory 'no' (see eddy check --help)" check no
	refuses 2 "eddy: there is no directory 'no/such'" no/such
	refuses 2 "eddy: two directories are named: '.' and 'site' (see eddy check --help)" check -C . site
	refuses 2 "eddy: 'b' is too much: it is 'eddy check [DIR]' (see eddy check --help)" check site b
}

@test "a value that doesn't fit is a usage fault that says what would" {
	refuses 2 "eddy: --port: '80000' is not a number from 0 to 65535 (see eddy check --help)" check --port=80000
	refuses 2 "eddy: -p: '80a' is not a number from 0 to 65535 (see eddy check --help)" check -p 80a
	refuses 2 "eddy: --workers: '-1' is not a number from 0 to 256 (see eddy check --help)" check --workers -1
	refuses 2 "eddy: --debug: 'maybe' is neither true nor false (see eddy check --help)" check --debug=maybe
	refuses 2 "eddy: --layout: 'plane' is not auto, app or plain (did you mean 'plain'?)" check --layout plane
	refuses 2 "eddy: --static-prefix: 'static' must start and end with '/' (see eddy check --help)" \
		check --static-prefix static
	refuses 2 "eddy: --address: '' is empty: it needs a value (see eddy check --help)" check --address=
	refuses 2 "eddy: --no-debug takes no value (see eddy check --help)" check --no-debug=1
	EDDY_PORT=x refuses 2 "eddy: EDDY_PORT: 'x' is not a number from 0 to 65535 (see eddy check --help)" check
}

@test "an option without its value says so, and doesn't swallow the option behind it" {
	refuses 2 "eddy: --port needs a value: --port PORT (see eddy check --help)" check --port
	refuses 2 "eddy: -a needs a value: -a ADDRESS (one that starts with '-' is written --address=--open)" \
		check -a --open
}

@test "--quiet and --verbose exclude each other, unless one comes from a weaker source" {
	refuses 2 "eddy: --quiet and --verbose exclude each other (see eddy check --help)" check -qv
	conf 'quiet = true'
	settings site
	assert_equal "$settings" "eddy serve --directory=site"
}

@test "help goes to standard output, fits a screen, and wins over faults" {
	capture "$EDDY" --help
	assert_success
	assert_equal "$stderr" ""
	assert_line --partial "eddy help [COMMAND]"
	assert [ "${#lines[@]}" -le 24 ]
	for line in "${lines[@]}"; do assert [ ${#line} -le 80 ]; done
	capture "$EDDY" check --port=x -h
	assert_success
	assert_equal "$stderr" ""
	assert_line --partial "--[no-]livereload"
	help=$output
	run "$EDDY" help check
	assert_success
	assert_output "$help"
	for line in "${lines[@]}"; do assert [ ${#line} -le 80 ]; done
}

@test "--version names eddy and its libraries" {
	capture "$EDDY" -V
	assert_success
	assert_line --index 0 "eddy 0.1"
	assert_line --regexp '^jansson [0-9.]+$'
	assert_line --regexp '^xxHash [0-9.]+$'
}

@test "what can't be written to standard output is an error" {
	# shellcheck disable=SC2016 # for the shell that opens the file
	capture sh -c '"$1" --help >/dev/full' sh "$EDDY"
	assert_equal "$status" 1
	assert_equal "$stderr" "eddy: cannot write to standard output: No space left on device"
}

# completes LINE WORD… - in bash, a tab behind LINE offers these words
completes() {
	local line=$1
	shift
	# shellcheck disable=SC2016 # for the shell that completes
	capture bash -c '
		source "$1"
		read -ra COMP_WORDS <<<"${3//=/ = }"
		[[ $3 != *[\ =] ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_eddy "$2"
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$BATS_TEST_DIRNAME/../completions/eddy.bash" "$EDDY" "$line"
	assert_equal "$output" "$(printf '%s\n' "$@")"
}

@test "completion in bash knows the commands, their options, the values and the files" {
	mkdir -p site/pages
	touch site/data.json
	completes "eddy chec" check
	completes "eddy help chec" check
	completes "eddy si" site
	completes "eddy check --lay" --layout
	completes "eddy check --no-l" --no-listing --no-livereload
	completes "eddy check --layout " auto app plain
	completes "eddy check --layout=pl" plain
	completes "eddy -ovC site/" site/pages
	completes "eddy check --data nav=site/d" site/data.json
	completes "eddy check --port " ""
	completes "eddy check -- --lay" ""
	completes "eddy url site/d" site/data.json
	completes "eddy hash site/d" site/data.json
	completes "eddy status --j" --json
	completes "eddy reload si" site
	completes "eddy re" render reload
	completes "eddy man" ""
	completes "eddy run --until" --until-success
	completes "eddy run xxhsu" xxhsum
	completes "eddy run xxhsum site/d" site/data.json
	completes "eddy run xxhsum --until" ""
}

@test "a bash at a terminal completes a command line to what then runs" {
	keys="source \"$BATS_TEST_DIRNAME/../completions/eddy.bash\"\\neddy chec\\t--layo\\tpl\\t-v\\nexit\\n"
	# shellcheck disable=SC2059 # escapes are meant
	run env PATH="$(dirname "$EDDY"):$PATH" TERM=dumb script -qec 'bash --norc --noprofile' /dev/null \
		< <(printf "$keys")
	assert_line --partial "eddy serve --layout=plain"
}

@test "a reader that has left ends eddy by SIGPIPE, without a word" {
	capture python3 - "$EDDY" <<-'END'
		import os, subprocess, sys
		reader, writer = os.pipe()
		os.close(reader)
		eddy = subprocess.run([sys.argv[1], "--help"], stdout=writer, stderr=subprocess.PIPE)
		print(eddy.returncode, eddy.stderr)
	END
	assert_equal "$output" "-13 b''"
}

@test "check compiles every template, tells each fault with its place, and ends with a count" {
	mkdir -p site/templates/blog
	echo '<p>{{ now() }}</p>' >site/templates/index.html
	capture "$EDDY" check site
	assert_equal "$status" 0
	assert_equal "$stderr" "1 template, no fault"
	echo '{{ 1 + }}' >site/templates/blog/post.html
	echo '{% for %}' >site/templates/_part.html
	capture "$EDDY" check site
	assert_equal "$status" 1
	assert_equal "$output" ""
	assert_regex "$stderr" $'\nsite/templates/blog/post.html:1:[0-9]+: SyntaxError: '
	assert_regex "$stderr" $'\nsite/templates/_part.html:1:[0-9]+: ParseError: '
	assert_equal "${stderr##*$'\n'}" "3 templates, 2 faults"
	capture "$EDDY" check -q site/templates
	assert_equal "$stderr" ""
}

@test "eddy check --json counts the templates and tells each fault as data" {
	mkdir -p site/templates
	echo '<p>{{ 1 + }}</p>' >site/templates/index.html
	echo '<p>{{ now() }}</p>' >site/templates/good.html
	capture "$EDDY" check --json site
	assert_equal "$status" 1
	assert_equal "$stderr" ""
	assert_equal "$(jq -c '[.templates, (.faults[] | [(.file | sub(".*/"; "")), .line, .column, .type])]' <<<"$output")" \
		'[2,["index.html",1,10,"SyntaxError"]]'
	rm site/templates/index.html
	capture "$EDDY" check --json site
	assert_equal "$status" 0
	assert_equal "$(jq -c . <<<"$output")" '{"templates":1,"faults":[],"warnings":[]}'
}

@test "eddy check tells a warning once, however many templates inherit it, and tells it as data with --json" {
	mkdir -p site/templates
	echo '{% block a %}{% end %}' >site/templates/_base.html
	echo '{% extends "_base.html" %}{% block b %}{% end %}' >site/templates/_middle.html
	echo '{% extends "_middle.html" %}' >site/templates/one.html
	echo '{% extends "_middle.html" %}' >site/templates/two.html
	capture "$EDDY" check site
	assert_equal "$status" 0
	assert_equal "$stderr" "site/templates/_middle.html:1:27: Warning: block 'b' is in no parent of this template, so it is not shown"$'\n4 templates, no fault'
	capture "$EDDY" check --json site
	assert_equal "$status" 0
	assert_equal "$stderr" ""
	assert_equal "$(jq -c '[.faults, (.warnings[] | [.file, .line, .column, .type])]' <<<"$output")" \
		'[[],["site/templates/_middle.html",1,27,"Warning"]]'
}

@test "check reads the data as a page does, and tells each fault of it with its place" {
	mkdir -p site/templates/_data
	echo hello >site/templates/index.html
	echo '{"a": 1,}' >site/templates/_data/bad.json
	ln -s nowhere site/templates/_data/lost.json
	mkdir site/templates/_data/folder.json
	echo '[1]' >list.json
	capture "$EDDY" check --data list.json --data nav=no.json site
	assert_equal "$status" 1
	assert_equal "$(grep -v '|\|\^' <<<"$stderr")" \
		"site/templates/_data/bad.json:1:9: DataError: string or '}' expected near '}' (no comma stands behind the last pair)
site/templates/_data/folder.json: DataError: cannot read: Is a directory
site/templates/_data/lost.json: DataError: cannot open the file: No such file or directory
list.json: DataError: is no JSON object; give it a name: --data NAME=list.json
no.json: DataError: cannot open the file: No such file or directory
1 template, 5 faults"
	capture "$EDDY" check --json --data nav=no.json site
	assert_equal "$status" 1
	assert_equal "$(jq -c '[.templates, (.faults[] | .file)]' <<<"$output")" \
		'[1,"site/templates/_data/bad.json","site/templates/_data/folder.json","site/templates/_data/lost.json","no.json"]'
}

@test "no link in _data leads out of the templates without --follow-links, and --data reads what it names" {
	mkdir -p site/templates/_data elsewhere
	echo '"inside"' >site/templates/inside.json
	echo '"secret"' | tee secret.json >elsewhere/other.json
	ln -s ../inside.json site/templates/_data/near.json
	printf '{{ near }}' >site/templates/near.txt
	printf '{{ far }}' >site/templates/far.txt
	printf '{{ other }}' >site/templates/other.txt
	run "$EDDY" render -C site near.txt
	assert_output inside
	ln -s ../../../secret.json site/templates/_data/far.json
	run "$EDDY" render -C site far.txt
	assert_failure
	assert_output --partial "DataError: a link leads out of the templates, which only --follow-links allows"
	run "$EDDY" render -C site --follow-links far.txt
	assert_output secret
	rm -r site/templates/_data
	ln -s ../../elsewhere site/templates/_data
	run "$EDDY" render -C site other.txt
	assert_failure
	rm site/templates/_data
	ln -s secret.json named.json
	run "$EDDY" render -C site --data other=named.json other.txt
	assert_output secret
}

@test "check warns of a data file that no template can name" {
	mkdir -p site/templates/_data
	echo 1 | tee site/templates/_data/{main-nav,class,2024,café}.json >/dev/null
	capture "$EDDY" check site
	assert_equal "$status" 0
	# shellcheck disable=SC2001 # of many lines
	assert_equal "$(sed 's/: no template can.*//' <<<"$stderr")" "site/templates/_data/2024.json: Warning
site/templates/_data/class.json: Warning
site/templates/_data/main-nav.json: Warning
no template, no fault"
}

@test "a page or a path that the settings name and that isn't there is told by check, and at the start" {
	echo page >site/app.html
	capture "$EDDY" check --spa=ap.html --watch no.db site
	assert_equal "$status" 1
	assert_regex "$stderr" "eddy: --spa: there is no page 'ap.html'"
	assert_regex "$stderr" "Warning: --watch: there is no 'no.db' yet"
	capture "$EDDY" check --json --spa=ap.html --watch no.db site
	assert_equal "$status" 1
	assert_equal "$(jq -c '[.faults[0].message, .warnings[0].message]' <<<"$output")" \
		'["--spa: there is no page '"'ap.html'"'","--watch: there is no '"'no.db'"' yet"]'
	run "$EDDY" check --spa=app.html --watch site site
	assert_success
	start_eddy --spa=ap.html --watch no.db site
	assert_equal "$(grep -c "^eddy: --spa: there is no page 'ap.html'\|^eddy: --watch: there is no 'no.db' yet" "$EDDY_LOG")" 2
}

@test "the folder of --assets must be there" {
	refuses 4 "eddy: --assets: there is no folder 'no'" check site --assets no
}

@test "check says of a plain folder too that it has found no fault" {
	capture "$EDDY" check site
	assert_equal "$status:$output:$stderr" "0::no template, no fault"
	capture "$EDDY" check --quiet site
	assert_equal "$status:$output:$stderr" "0::"
}

@test "a folder that is named as a command is pointed at where the command doesn't take the option" {
	refuses 2 "eddy: -p is no option of this command (it belongs to: eddy serve, eddy reload, eddy status)" -p 0 render
	mkdir render
	refuses 2 "eddy: -p is no option of this command (it belongs to: eddy serve, eddy reload, eddy status; the folder is ./render)" \
		-p 0 render
	refuses 2 "eddy: there is no option --xyzzy (see eddy render --help)" --xyzzy render
}

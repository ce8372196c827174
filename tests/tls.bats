#!/usr/bin/env bats
# HTTP over TLS: certificates, where they come from, and what leads to it.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	OWN=$XDG_STATE_HOME/eddy/localhost.pem
	mkdir "$SITE"
	echo '<p>root</p>' >"$SITE/index.html"
	echo text >"$SITE/a.txt"
}

teardown() {
	stop_eddy
}

# make_pair NAME DAYS - a certificate for localhost and its key
make_pair() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$2" -subj "/CN=$1" \
		-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout "$BATS_TEST_TMPDIR/$1.key" -out "$BATS_TEST_TMPDIR/$1.crt" 2>/dev/null
}

# subject - of the certificate that the server shows
subject() {
	openssl s_client -connect "127.0.0.1:$PORT" </dev/null 2>/dev/null | openssl x509 -noout -subject
}

# get CURL-ARGUMENT… - trusting eddy's own certificate
get() {
	curl -s --cacert "$OWN" "$@"
}

# redirect_port - as the banner tells
redirect_port() {
	sed -n 's|.*http://localhost:\([0-9]*\)/ leads there$|\1|p' "$EDDY_LOG" | tail -1
}

@test "--tls alone serves localhost by every name with a certificate that is made once, and told once" {
	start_eddy --tls "$SITE"
	assert_regex "$URL" '^https://127\.0\.0\.1:'
	assert_file_contains "$EDDY_LOG" "https://localhost:$PORT/"
	assert_file_contains "$EDDY_LOG" "made a certificate for localhost: $OWN"
	assert_equal "$(get "$URL/a.txt")" text
	assert_equal "$(get "https://localhost:$PORT/a.txt")" text
	assert_equal "$(get -g "https://[::1]:$PORT/a.txt")" text
	run openssl x509 -in "$OWN" -noout -ext subjectAltName
	assert_output --partial 'DNS:localhost, DNS:*.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'
	assert_equal "$(stat -c %a "$XDG_STATE_HOME/eddy" "$XDG_STATE_HOME"/eddy/*)" $'700\n600\n600'
	cp "$OWN" "$BATS_TEST_TMPDIR/first"
	stop_eddy
	start_eddy --tls --workers 2 "$SITE"
	assert_equal "$(get "$URL/a.txt")" text
	assert_files_equal "$OWN" "$BATS_TEST_TMPDIR/first"
	run ! grep -q 'made a certificate' "$EDDY_LOG"
}

@test "the command that is told for curl can be pasted, whatever the folder's name" {
	XDG_STATE_HOME="$BATS_TEST_TMPDIR/a state" start_eddy --tls "$SITE"
	command=$(grep -o "curl --cacert .*" "$EDDY_LOG")
	assert_equal "$(bash -c "$command -s $URL/a.txt")" text
}

@test "eddy's own certificate is made anew when it is about to expire, and when its key is lost" {
	make_pair short 20
	mkdir -p "$XDG_STATE_HOME/eddy"
	cp "$BATS_TEST_TMPDIR/short.crt" "$OWN"
	cp "$BATS_TEST_TMPDIR/short.key" "${OWN%.pem}-key.pem"
	start_eddy --tls "$SITE"
	run subject
	assert_output --partial 'eddy on this machine'
	stop_eddy
	cp "$BATS_TEST_TMPDIR/short.key" "${OWN%.pem}-key.pem"
	start_eddy --tls "$SITE"
	assert_equal "$(get "$URL/a.txt")" text
}

@test "with TLS a page knows its protocol, nothing is pinned, and versions before 1.2 are refused" {
	mkdir "$SITE/templates"
	echo '{{ request.protocol }} {{ request.full_url() }}' >"$SITE/templates/who.txt"
	start_eddy --tls "$SITE"
	assert_equal "$(get "https://localhost:$PORT/who.txt")" "https https://localhost:$PORT/who.txt"
	run get -D - -o /dev/null "$URL/"
	refute_output --partial Strict-Transport-Security
	run ! get --tls-max 1.1 "$URL/"
	assert_equal "$(get --tls-max 1.2 "$URL/who.txt")" "https $URL/who.txt"
	assert_streams --cacert "$OWN" "$URL/_eddy/events"
}

@test "TLS carries large files, ranges and kept connections, and closes what is refused" {
	head -c 20M /dev/urandom >"$SITE/large.bin"
	start_eddy --layout plain --tls "$SITE"
	workers=$(worker_pids)
	get "$URL/large.bin" | cmp - "$SITE/large.bin"
	get -r 10000000-10099999 "$URL/large.bin" | cmp - <(tail -c +10000001 "$SITE/large.bin" | head -c 100000)
	run ab -q -k -n 2000 -c 20 "$URL/a.txt"
	assert_output --regexp 'Failed requests: +0'
	raw_rows bad_heads.py --how whole --how behind --tls "$OWN"
	assert_equal "$(worker_pids)" "$workers"
}

@test "clients that stop in the midst of a handshake keep nothing busy, and are given up" {
	start_eddy --tls --head-timeout 2 "$SITE"
	local worker start
	worker=$(worker_pids)
	exec 8<>"/dev/tcp/127.0.0.1/$PORT" 7<>"/dev/tcp/127.0.0.1/$PORT"
	printf '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' >&8
	printf '\x16\x03\x01\x02\x00\x01' >&7
	assert_equal "$(get "$URL/a.txt")" text
	start=$(awk '{ print $14 + $15 }' "/proc/$worker/stat")
	timeout 30 cat <&8 >/dev/null
	timeout 30 cat <&7 >/dev/null
	exec 8>&- 7>&-
	[ "$(awk '{ print $14 + $15 }' "/proc/$worker/stat")" -lt $((start + 100)) ]
	assert_equal "$(worker_pids)" "$worker"
}

@test "a certificate of the user's is served, and SIGHUP reads it anew" {
	make_pair first 100
	make_pair second 100
	cp "$BATS_TEST_TMPDIR/first.crt" "$BATS_TEST_TMPDIR/crt"
	cp "$BATS_TEST_TMPDIR/first.key" "$BATS_TEST_TMPDIR/key"
	start_eddy --tls "$BATS_TEST_TMPDIR/crt,$BATS_TEST_TMPDIR/key" "$SITE"
	assert_equal "$(subject)" "subject=CN = first"
	cp "$BATS_TEST_TMPDIR/second.crt" "$BATS_TEST_TMPDIR/crt"
	cp "$BATS_TEST_TMPDIR/second.key" "$BATS_TEST_TMPDIR/key"
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	assert_equal "$(subject)" "subject=CN = second"
	assert_not_exists "$XDG_STATE_HOME"
}

@test "in a config file the paths of a certificate are relative to it" {
	make_pair first 100
	echo 'tls = first.crt,first.key' >"$BATS_TEST_TMPDIR/eddy.conf"
	start_eddy --config "$BATS_TEST_TMPDIR/eddy.conf" "$SITE"
	assert_equal "$(subject)" "subject=CN = first"
}

@test "a bad certificate at SIGHUP is told with its place, and the old one goes on" {
	make_pair first 100
	make_pair second 100
	start_eddy --tls "$BATS_TEST_TMPDIR/first.crt,$BATS_TEST_TMPDIR/first.key" "$SITE"
	old=$(worker_pids)
	cp "$BATS_TEST_TMPDIR/second.key" "$BATS_TEST_TMPDIR/first.key"
	kill -HUP "$EDDY_PID"
	until_true 20 grep -q 'first\.key: ConfigError: not the key of .*first\.crt' "$EDDY_LOG"
	assert_equal "$(subject)" "subject=CN = first"
	assert_equal "$(worker_pids)" "$old"
}

# has_expired FILE - the last second of the certificate is over
has_expired() {
	[ "$(date +%s)" -gt "$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)" ]
}

@test "a certificate that has expired is served, and told once at each start" {
	make_pair old 100
	openssl x509 -in "$BATS_TEST_TMPDIR/old.crt" -signkey "$BATS_TEST_TMPDIR/old.key" -days 0 -out "$BATS_TEST_TMPDIR/now.crt"
	until_true 20 has_expired "$BATS_TEST_TMPDIR/now.crt"
	start_eddy --workers 2 --tls "$BATS_TEST_TMPDIR/now.crt,$BATS_TEST_TMPDIR/old.key" "$SITE"
	assert_equal "$(subject)" "subject=CN = old"
	assert_equal "$(grep -c 'now.crt: the certificate has expired$' "$EDDY_LOG")" 1
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	assert_equal "$(grep -c 'now.crt: the certificate has expired$' "$EDDY_LOG")" 2
}

@test "a certificate that won't do is refused at the start, with its place" {
	make_pair good 100
	local good=$BATS_TEST_TMPDIR/good
	run "$EDDY" serve --port 0 --tls "$good.key,$good.crt" "$SITE"
	assert_failure 4
	assert_output --partial "good.key: ConfigError: no certificate in PEM form"
	run "$EDDY" serve --port 0 --tls "$good.crt,$good.crt" "$SITE"
	assert_failure 4
	assert_output --partial "good.crt: ConfigError: no private key in PEM form"
	run "$EDDY" serve --port 0 --tls "$good.crt,$SITE/none" "$SITE"
	assert_failure 4
	assert_output --partial "/none"
	run "$EDDY" serve --port 0 --tls=one "$SITE"
	assert_failure 2
	assert_output --partial 'CERT,KEY'
	run "$EDDY" serve --port 0 --redirect-http 0 "$SITE"
	assert_failure 2
	assert_output --partial '--redirect-http needs --tls'
}

@test "--redirect-http leads from plain HTTP to the same on TLS, for its own hosts only" {
	start_eddy --layout plain --tls --redirect-http 0 "$SITE"
	local plain
	plain=http://localhost:$(redirect_port)
	assert_equal "$(get -L "$plain/a.txt")" text
	assert_equal "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$plain/a%20b/?x=1&y")" \
		"308 https://localhost:$PORT/a%20b/?x=1&y"
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' "$plain/")" 421
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' "$plain/_eddy/site.css")" 421
	assert_equal "$(curl -s -o /dev/null -w '%{http_code}' --path-as-is "$plain//evil.example/")" 400
	run curl -s "$plain/_eddy/events" -o /dev/null -w '%{http_code}'
	assert_output 308
}

@test "plain HTTP on the port of TLS is told what to do, and TLS on a plain one too" {
	start_eddy --tls "$SITE"
	run curl -s "http://localhost:$PORT/"
	assert_output --partial "this port speaks TLS"
	stop_eddy
	start_eddy "$SITE"
	run ! curl -sk "https://localhost:$PORT/"
	assert_equal "$(curl -s "$URL/a.txt")" text
}

@test "SIGHUP can turn TLS and its redirect on and off, on the same port" {
	echo 'listing = true' >"$BATS_TEST_TMPDIR/eddy.conf"
	start_eddy --no-autoreload --config "$BATS_TEST_TMPDIR/eddy.conf" "$SITE"
	echo $'tls = localhost\nredirect-http = 0' >"$BATS_TEST_TMPDIR/eddy.conf"
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	assert_equal "$(grep -c "^made a certificate for localhost: $OWN" "$EDDY_LOG")" 1
	assert_equal "$(get "https://localhost:$PORT/a.txt")" text
	assert_equal "$(get -L "http://localhost:$(redirect_port)/a.txt")" text
	echo 'listing = true' >"$BATS_TEST_TMPDIR/eddy.conf"
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 all_workers_are_new "$old"
	assert_equal "$(curl -s "http://localhost:$PORT/a.txt")" text
}

#!/usr/bin/env bats
# Behind a proxy: who is believed to ask, and by which protocol.

load helper

setup() {
	SITE=$BATS_TEST_TMPDIR/site
	mkdir -p "$SITE/templates" "$SITE/static"
	echo '{{ request.remote_ip }} {{ request.protocol }} {{ request.host }}' >"$SITE/templates/who.txt"
	echo '{{ missing }}' >"$SITE/templates/bad.html"
	echo 'body {}' >"$SITE/static/site.css"
}

teardown() {
	[ -z "${NGINX_PID:-}" ] || kill "$NGINX_PID" 2>/dev/null || true
	[ -z "${NGINX_PID:-}" ] || wait_gone "$NGINX_PID" 20
	stop_eddy
}

# who CURL-ARGUMENT… - the first two words of what the template says
who() {
	curl -s "$@" "$URL/who.txt" | cut -d ' ' -f 1,2
}

# start_nginx - in front of eddy, on a socket with a name. Its clients are who their X-Client says.
start_nginx() {
	local folder=$BATS_TEST_TMPDIR/nginx
	SOCKET=$folder/socket
	mkdir "$folder"
	cat >"$folder/conf" <<-END
		daemon off;
		master_process off;
		pid $folder/pid;
		error_log stderr;
		events {}
		http {
			access_log off;
			client_body_temp_path $folder/body;
			proxy_temp_path $folder/proxy;
			fastcgi_temp_path $folder/fastcgi;
			uwsgi_temp_path $folder/uwsgi;
			scgi_temp_path $folder/scgi;
			set_real_ip_from unix:;
			real_ip_header X-Client;
			upstream eddy { server 127.0.0.1:$PORT; keepalive 8; }
			server {
				listen unix:$SOCKET;
				location / {
					proxy_pass http://eddy;
					proxy_http_version 1.1;
					proxy_set_header Connection "";
					proxy_set_header Host \$http_host;
					proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
					proxy_set_header X-Forwarded-Proto https;
				}
			}
		}
	END
	nginx -c "$folder/conf" >"$folder/log" 2>&1 3>&- &
	NGINX_PID=$!
	until_true 20 curl -s -o "$folder/answer" --unix-socket "$SOCKET" http://localhost/
}

# through CLIENT CURL-ARGUMENT… - asks nginx for the client
through() {
	curl -s --unix-socket "$SOCKET" -H "X-Client: $1" "${@:2}"
}

@test "behind nginx, templates and the log know the client, its protocol and the host that it asked for" {
	start_eddy --xheaders --verbose "$SITE"
	start_nginx
	run through 192.0.2.7 http://localhost:8443/who.txt
	assert_output "192.0.2.7 https localhost:8443"
	run through 2001:db8::9 http://localhost/who.txt
	assert_output "2001:db8::9 https localhost"
	run through 192.0.2.8 'http://localhost/static/site.css'
	assert_output "body {}"
	until_true 20 grep -q '^200 GET /who.txt (192.0.2.7) ' "$EDDY_LOG"
	until_true 20 grep -q '^200 GET /static/site.css (192.0.2.8) ' "$EDDY_LOG"
	run through 192.0.2.7 -o /dev/null -w '%{http_code}' http://evil.example/who.txt
	assert_output 421
}

@test "behind nginx, a traceback is for a client on this machine only, and so is the status" {
	start_eddy --xheaders "$SITE"
	start_nginx
	run through 192.0.2.7 http://localhost/bad
	assert_output "500 Internal Server Error"
	run through 127.0.0.1 http://localhost/bad
	assert_output --partial "NameError"
	run through 192.0.2.7 -o /dev/null -w '%{http_code}' http://localhost/_eddy/status
	assert_output 403
	run through 127.0.0.1 -o /dev/null -w '%{http_code}' http://localhost/_eddy/status
	assert_output 200
}

@test "behind nginx, a reload stream comes through at once and a kept connection changes its client" {
	start_eddy --xheaders "$SITE"
	start_nginx
	assert_equal "$(through 192.0.2.1 http://localhost/who.txt)" "192.0.2.1 https localhost"
	assert_equal "$(through 192.0.2.2 http://localhost/who.txt)" "192.0.2.2 https localhost"
	assert_streams --unix-socket "$SOCKET" -H "X-Client: 192.0.2.1" http://localhost/_eddy/events
}

# asks_status FIELD… - the status of /_eddy/status for a request with these fields
asks_status() {
	local fields=()
	for field in "$@"; do fields+=(-H "$field"); done
	curl -s -o /dev/null -w '%{http_code}' "${fields[@]}" "$URL/_eddy/status"
}

@test "nobody is taken for local whom any field of a proxy says to be a stranger" {
	start_eddy --xheaders "$SITE"
	assert_equal "$(asks_status)" 200
	assert_equal "$(asks_status 'X-Forwarded-For: 127.0.0.1')" 200
	assert_equal "$(asks_status 'X-Forwarded-For: ::1, 127.0.0.1' 'X-Real-Ip: 127.0.0.1')" 200
	assert_equal "$(asks_status 'X-Forwarded-For: 203.0.113.5' 'X-Real-Ip: 127.0.0.1')" 403
	assert_equal "$(asks_status 'X-Forwarded-For: 203.0.113.5, 127.0.0.1' 'X-Real-Ip: 127.0.0.1')" 403
	assert_equal "$(asks_status 'X-Forwarded-For: unknown' 'X-Real-Ip: 127.0.0.1')" 403
	assert_equal "$(asks_status 'Forwarded: for=203.0.113.5' 'X-Real-Ip: 127.0.0.1')" 403
	assert_equal "$(who -H 'X-Forwarded-For: 203.0.113.5' -H 'X-Real-Ip: 127.0.0.1')" "127.0.0.1 http"
}

@test "whatever a proxy forwards with says that somebody else asks" {
	start_eddy "$SITE"
	for field in 'X-Forwarded-For: 127.0.0.1' 'x-forwarded-port: 443' 'X-Forwarded-Server: a' 'X-Real-Ip: 127.0.0.1' \
		'Forwarded: for=127.0.0.1' 'Via: 1.1 a' 'X-Scheme: http'; do
		assert_equal "$field $(asks_status "$field")" "$field 403"
	done
	assert_equal "$(asks_status 'X-Forwarde: 1')" 200
}

@test "without --xheaders no field says who asks" {
	start_eddy "$SITE"
	assert_equal "$(who -H 'X-Forwarded-For: 192.0.2.1' -H 'X-Forwarded-Proto: https')" "127.0.0.1 http"
	assert_equal "$(who -H 'X-Real-Ip: 192.0.2.1' -H 'X-Scheme: https')" "127.0.0.1 http"
}

@test "--trusted-proxy says who is believed, and this machine is only where nobody is named" {
	start_eddy --xheaders --trusted-proxy 10.0.0.0/8 --trusted-proxy 2001:db8::1 "$SITE"
	assert_equal "$(who -H 'X-Real-Ip: 192.0.2.1' -H 'X-Scheme: https')" "127.0.0.1 http"
	stop_eddy
	start_eddy --xheaders --trusted-proxy 127.0.0.0/12 "$SITE"
	assert_equal "$(who -H 'X-Real-Ip: 192.0.2.1' -H 'X-Scheme: https')" "192.0.2.1 https"
	assert_equal "$(who --interface 127.15.255.255 -H 'X-Real-Ip: 192.0.2.1')" "192.0.2.1 http"
	assert_equal "$(who --interface 127.16.0.0 -H 'X-Real-Ip: 192.0.2.1')" "127.16.0.0 http"
}

@test "X-Forwarded-For is read from its end past trusted proxies, and X-Real-Ip goes before it" {
	start_eddy --xheaders --trusted-proxy 127.0.0.1 --trusted-proxy 10.0.0.0/8 "$SITE"
	assert_equal "$(who -H 'X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.0.0.2,10.1.1.1')" "192.0.2.1 http"
	assert_equal "$(who -H 'X-Forwarded-For: 10.0.0.1, 10.0.0.2')" "10.0.0.1 http"
	assert_equal "$(who -H 'X-Forwarded-For: 6.6.6.6' -H 'X-Forwarded-For: 192.0.2.1')" "192.0.2.1 http"
	assert_equal "$(who -H 'X-Forwarded-For: 192.0.2.1' -H 'X-Real-Ip: 2001:db8::7')" "2001:db8::7 http"
}

@test "what is no address and no protocol is not taken for one" {
	start_eddy --xheaders "$SITE"
	for value in '' ' ' , unknown localhost 1.2.3 1.2.3.4.5 256.1.1.1 '1.2.3.4:80' '[::1]' ::::: '192.0.2.1%00' '<b>'; do
		assert_equal "$(who -H "X-Forwarded-For: $value")" "127.0.0.1 http"
		assert_equal "$(who -H "X-Real-Ip: $value")" "127.0.0.1 http"
	done
	for value in '' HTTPS ftp javascript 'https://' 'https, x'; do
		assert_equal "$(who -H "X-Forwarded-Proto: $value")" "127.0.0.1 http"
	done
	assert_equal "$(who -H 'X-Forwarded-Proto: http, https ')" "127.0.0.1 https"
	assert_equal "$(who -H 'X-Scheme: no' -H 'X-Forwarded-Proto: https')" "127.0.0.1 http"
	run curl -s -H 'X-Forwarded-For: unknown' "$URL/bad"
	assert_output "500 Internal Server Error"
}

@test "a --trusted-proxy that is no network is refused" {
	for value in x 1.2.3 10.0.0.0/33 ::1/129 10.0.0.0/ /8 10.0.0.0/-1 host.example; do
		run "$EDDY" serve --trusted-proxy "$value" "$SITE"
		assert_failure 2
		assert_output --partial 'is no address and no network'
	done
}

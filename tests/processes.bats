#!/usr/bin/env bats
# Starting, stopping and restarting: what a terminal and a script see of the
# processes, and that nothing faulty ever replaces what works.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	log_seen=0
	site=$BATS_TEST_TMPDIR/site
	mkdir "$site"
	echo "<p>root</p>" >"$site/index.html"
}

teardown() {
	stop_eddy
}

# copy_eddy - a copy of the program that a test may spoil: $copy
copy_eddy() {
	copy=$BATS_TEST_TMPDIR/eddy
	cp "$EDDY" "$copy"
}

# log_has PATTERN - a line of standard error matches, of those since forget_log
log_has() {
	tail -n +"$((log_seen + 1))" "$EDDY_LOG" | grep -E -- "$1" >/dev/null
}

log_count() {
	tail -n +"$((log_seen + 1))" "$EDDY_LOG" | grep -cE -- "$1" || true
}

forget_log() {
	log_seen=$(wc -l <"$EDDY_LOG")
}

# restarts_are NUMBER - so many have ended well
restarts_are() {
	[ "$(log_count ', pid [0-9]+ kept$')" = "$1" ]
}

serves_root() {
	[ "$(curl -s "$URL/")" = "<p>root</p>" ]
}

# restart_is_refused REPORT - HUP leaves everything as it is, and says why
restart_is_refused() {
	local before
	before=$(child_pids "$EDDY_PID")
	kill -HUP "$EDDY_PID"
	until_true 20 log_has '^refused  SIGHUP → the old state goes on serving$'
	assert log_has "$1"
	serves_root
	assert_equal "$(child_pids "$EDDY_PID")" "$before"
	forget_log
}

# restart_succeeds - HUP leads to new workers in the same process
restart_succeeds() {
	local old
	old=$(worker_pids)
	kill -HUP "$EDDY_PID"
	until_true 20 log_has ', pid [0-9]+ kept$'
	until_true 20 all_workers_are_new "$old"
	forget_log
}

watcher_is_gone() {
	[ "$(child_pids "$EDDY_PID" | wc -w)" = 1 ]
}

workers_are() {
	[ "$(worker_pids | wc -l)" = "$1" ]
}

refuses_connections() {
	local status=0
	curl -s -o /dev/null "$1/" || status=$?
	[ "$status" = 7 ]
}

is_stopped() {
	[ -d /proc/"$1" ] && [ "$(awk '{ print $3 }' /proc/"$1"/stat)" = T ]
}

# holds_port ADDRESS - another program takes a port there: $taken, $holder
holds_port() {
	taken=$(free_port)
	mkfifo "$BATS_TEST_TMPDIR/taken"
	python3 -c '
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
holder = socket.create_server((sys.argv[1], int(sys.argv[2])), family=family)
print("taken", flush=True)
holder.accept()' "$1" "$taken" >"$BATS_TEST_TMPDIR/taken" 2>/dev/null 3>&- &
	holder=$!
	read -r _ <"$BATS_TEST_TMPDIR/taken"
}

# listening_addresses - those at which $PORT is open
listening_addresses() {
	python3 -c '
import socket, sys
found = []
for family, path in (socket.AF_INET, "/proc/net/tcp"), (socket.AF_INET6, "/proc/net/tcp6"):
    for row in open(path).readlines()[1:]:
        host, port = row.split()[1].split(":")
        words = b"".join(bytes.fromhex(host[i:i + 8])[::-1] for i in range(0, len(host), 8))
        if row.split()[3] == "0A" and int(port, 16) == int(sys.argv[1]):
            found.append(socket.inet_ntop(family, words))
print(*sorted(found))' "$PORT"
}

@test "a script learns the address by descriptor and by file, and the pid by file; the files go with the server" {
	start_eddy --ready-file "$BATS_TEST_TMPDIR/url" --pid-file "$BATS_TEST_TMPDIR/pid" "$site"
	assert_equal "$(<"$BATS_TEST_TMPDIR/url")" "$URL/"
	assert_equal "$(<"$BATS_TEST_TMPDIR/pid")" "$EDDY_PID"
	until_true 20 [ ! /proc/"$EDDY_PID"/fd/9 -ef "$BATS_TEST_TMPDIR/.ready" ]
	serves_root
	stop_eddy
	assert_file_not_exists "$BATS_TEST_TMPDIR/url"
	assert_file_not_exists "$BATS_TEST_TMPDIR/pid"
}

# holds FILE TEXT - for until_true
holds() {
	[ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

@test "a server that leaves lets be the files that another one has written after it" {
	cd "$BATS_TEST_TMPDIR" || return 1
	start_eddy --ready-file url --pid-file pid "$site"
	TEST_MARK=$BATS_TEST_TMPDIR "$EDDY" -q --port 0 --ready-file url --pid-file pid "$site" 3>&- &
	other=$!
	until_true 20 holds pid "$other"
	until_true 20 test -s url
	url=$(<url)
	assert [ "$url" != "$URL/" ]
	kill "$EDDY_PID"
	wait "$EDDY_PID"
	EDDY_PID=$other
	assert_equal "$(<pid)" "$other"
	assert_equal "$(<url)" "$url"
	stop_eddy
	assert_file_not_exists url
	assert_file_not_exists pid
}

# refuses_to_start MESSAGE WORD… - with exit status 1, this last line on standard error, and nothing left
refuses_to_start() {
	TEST_MARK=$BATS_TEST_TMPDIR capture timeout 60 "${@:2}" 3>&-
	assert_equal "$status" 1
	# shellcheck disable=SC2154 # set by capture
	assert_equal "${stderr##*$'\n'}" "eddy: $1"
	assert_nothing_left
}

@test "a start that can't tell who waits for it ends with the reason" {
	cd "$BATS_TEST_TMPDIR" || return 1
	for command in "serve --port 0 -C $site" "run --socket 0 -C $site"; do
		read -ra words <<<"$command"
		[ "${words[0]}" = serve ] && tail=() || tail=(-- sleep 600)
		for descriptor in {3..12}; do
			refuses_to_start "--ready-fd $descriptor: Bad file descriptor" bash -c \
				'exec 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&- 11>&- 12>&-; exec "$@"' \
				bash "$EDDY" "${words[@]}" --ready-fd "$descriptor" "${tail[@]}"
		done
		refuses_to_start "--ready-fd 9: it is open for reading only" \
			"$EDDY" "${words[@]}" --ready-fd 9 "${tail[@]}" 9<"$site/index.html"
		refuses_to_start "--ready-fd 9: No space left on device" \
			"$EDDY" "${words[@]}" --pid-file pid --ready-fd 9 "${tail[@]}" 9>/dev/full
		refuses_to_start "cannot write 'nope/x': No such file or directory" \
			"$EDDY" "${words[@]}" --pid-file pid --ready-file nope/x "${tail[@]}"
		assert_file_not_exists pid
	done
}

@test "a ready file that can't be written any more doesn't keep from a restart" {
	mkdir "$BATS_TEST_TMPDIR/folder"
	start_eddy --ready-file "$BATS_TEST_TMPDIR/folder/url" "$site"
	rm -r "$BATS_TEST_TMPDIR/folder"
	kill -HUP "$EDDY_PID"
	until_true 20 restarts_are 1
	assert log_has "^eddy: --ready-file: cannot write "
	serves_root
}

@test "the banner says what is served, where, and by which process" {
	start_eddy "$site"
	run head -3 "$EDDY_LOG"
	assert_line --index 0 --regexp "^eddy [0-9.]+  $site  plain layout"
	assert_line --index 1 --regexp "^  http://localhost:$PORT/ +debug: autoreload livereload traceback · 1 worker · pid $EDDY_PID\$"
	assert_line --index 2 "  Ctrl-C stops · eddy --help"
}

@test "both loopback addresses answer on the one port, and no other address does" {
	start_eddy "$site"
	assert_equal "$(listening_addresses)" "127.0.0.1 ::1"
}

@test "a port that was asked for and is busy on either address is an error" {
	for address in 127.0.0.1 ::1; do
		holds_port "$address"
		capture "$EDDY" serve --port "$taken" "$site"
		assert_equal "$status" 3
		# shellcheck disable=SC2154 # set by capture
		assert_equal "$stderr" "eddy: port $taken is in use ('ss -ltnp sport = :$taken' shows by whom)"
		kill "$holder"
		rm "$BATS_TEST_TMPDIR/taken"
	done
}

@test "a port that was not asked for gives way to the next free one, said" {
	exec {lock}>"$BATS_RUN_TMPDIR/default-port"
	flock "$lock"
	launch "$EDDY" serve "$site"
	first=$EDDY_PID first_port=$PORT
	launch "$EDDY" serve "$site"
	assert [ "$PORT" -gt "$first_port" ]
	assert_equal "$(head -1 "$EDDY_LOG")" "port 8888 is in use, so this is port $PORT"
	kill "$first"
	wait_gone "$first" 20
}

@test "listeners of a service manager are taken, and kept over a restart" {
	launch python3 -c '
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()), "EXPECTED": str(listener.getsockname()[1])}
os.execv(sys.argv[1], sys.argv[1:])' "$EDDY" serve "$site"
	expected=$(tr '\0' '\n' <"/proc/$EDDY_PID/environ" | sed -n 's/^EXPECTED=//p')
	assert_equal "$PORT" "$expected"
	serves_root
	restart_succeeds
	serves_root
}

@test "who comes by IPv4 to a listener for both families is known by his IPv4 address" {
	launch python3 -c '
import os, socket, sys
listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[1], sys.argv[1:])' "$EDDY" serve "$site"
	for host in 127.0.0.1 '[::1]'; do
		assert_equal "$(curl -s -o /dev/null -w '%{http_code}' "http://$host:$PORT/_eddy/status")" 200
	done
}

@test "a start without standard descriptors serves all the same" {
	launch bash -c 'exec "$@" <&- >&- 2>&-' - "$EDDY" serve --port 0 "$site"
	serves_root
}

@test "a worker that crashes is replaced at once, then with growing pauses, and the reason is said" {
	start_eddy "$site"
	for pause in "" " in 100 ms" " in 200 ms"; do
		forget_log
		kill -KILL "$(worker_pids)"
		until_true 20 log_has "^eddy: worker 0: killed by signal 9 \(Killed\); it is replaced$pause\$"
		until_true 20 serves_root
	done
}

@test "TERM and INT let the server leave with 0" {
	for signal in TERM INT; do
		start_eddy --workers 2 "$site"
		kill -"$signal" "$EDDY_PID"
		wait_gone "$EDDY_PID" 20
		stop_eddy
	done
}

@test "a second signal ends the server at once with 128 and its number" {
	start_eddy --grace 600 "$site"
	worker=$(worker_pids)
	kill -STOP "$worker"
	until_true 20 is_stopped "$worker"
	kill -TERM "$EDDY_PID"
	until_true 20 watcher_is_gone
	until_true 20 insists INT
	status=0
	wait "$EDDY_PID" || status=$?
	assert_equal "$status" 130
	EDDY_PID=
	until_true 20 nothing_is_left
}

@test "a worker that doesn't leave within the grace is killed" {
	start_eddy --grace 1 "$site"
	worker=$(worker_pids)
	kill -STOP "$worker"
	until_true 20 is_stopped "$worker"
	kill -TERM "$EDDY_PID"
	wait_gone "$EDDY_PID" 20
	assert log_has "^eddy: worker 0 \(pid $worker\) does not leave, so it is killed\$"
}

@test "HUP restarts in the same process, under the same name and arguments, with new workers" {
	start_eddy --workers 2 "$site"
	identity() {
		cat /proc/"$EDDY_PID"/comm
		tr '\0' ' ' </proc/"$EDDY_PID"/cmdline
		readlink /proc/"$EDDY_PID"/cwd /proc/"$EDDY_PID"/fd/2
	}
	before=$(identity)
	kill -HUP "$EDDY_PID"
	until_true 20 log_has "^restart  SIGHUP → checked, restarted in [0-9]+ ms, pid $EDDY_PID kept\$"
	assert_equal "$(identity)" "$before"
	restart_succeeds
	serves_root
	assert_equal "$(worker_pids | wc -l)" 2
}

@test "a config with a fault is refused, the old one goes on, and mending it restarts" {
	start_eddy "$site"
	echo "colour = blue" >"$site/eddy.conf"
	until_true 20 log_has '^refused  eddy.conf → the old state goes on serving$'
	assert log_has "eddy.conf:1:1: ConfigError: "
	serves_root
	echo "workers = 2" >"$site/eddy.conf"
	until_true 20 log_has "^mended   eddy.conf → checked, restarted in [0-9]+ ms, pid $EDDY_PID kept\$"
	until_true 20 workers_are 2
	serves_root
}

@test "a new port in the config is taken before the old one is left, and told by the ready file" {
	launch "$EDDY" serve --ready-file "$BATS_TEST_TMPDIR/url" "$site"
	old=$URL
	taken=$(free_port)
	echo "port = $taken" >"$site/eddy.conf"
	until_true 20 restarts_are 1
	URL=http://127.0.0.1:$taken
	assert_equal "$(<"$BATS_TEST_TMPDIR/url")" "$URL/"
	serves_root
	until_true 20 refuses_connections "$old"
	stop_eddy
	assert_file_not_exists "$BATS_TEST_TMPDIR/url"
}

@test "a new port that is busy leaves the server where it is" {
	launch "$EDDY" serve "$site"
	holds_port 127.0.0.1
	echo "port = $taken" >"$site/eddy.conf"
	until_true 20 restarts_are 1
	assert log_has "^eddy: port $taken is in use; still at $URL/\$"
	serves_root
	kill "$holder"
}

@test "a wider address on the same port replaces the narrow one" {
	conf=$BATS_TEST_TMPDIR/my.conf
	echo "address = 127.0.0.1" >"$conf"
	start_eddy --config "$conf" "$site"
	echo "address = *" >"$conf"
	until_true 20 restarts_are 1
	assert_equal "$(listening_addresses)" "0.0.0.0 ::"
	serves_root
}

@test "a program that was replaced is run in the same process" {
	copy_eddy
	launch "$copy" serve --port 0 "$site"
	cp "$EDDY" "$copy.new"
	echo "a new build" >>"$copy.new"
	mv "$copy.new" "$copy"
	until_true 20 restarts_are 1
	assert log_has "^changed  .*eddy → checked, restarted in [0-9]+ ms, pid $EDDY_PID kept\$"
	assert [ /proc/"$EDDY_PID"/exe -ef "$copy" ]
	serves_root
}

@test "a program that is half copied, missing, foreign or no program is refused" {
	copy_eddy
	size=$(stat -c %s "$EDDY")
	launch "$copy" serve --port 0 --no-debug "$site"
	for percent in 20 60; do
		head -c $((size * percent / 100)) "$EDDY" >"$copy.new"
		chmod +x "$copy.new"
		mv "$copy.new" "$copy"
		restart_is_refused "^eddy: '$copy' is not complete\$"
	done
	cp /bin/true "$copy.new"
	mv "$copy.new" "$copy"
	restart_is_refused "^eddy: $copy: it is no eddy\$"
	echo "no program" >"$copy"
	restart_is_refused "^eddy: cannot start '$copy': Exec format error\$"
	rm "$copy"
	restart_is_refused "^eddy: cannot open '$copy': No such file or directory\$"
	cp "$EDDY" "$copy"
	restart_succeeds
	serves_root
}

# `tests/tools/restarts build/eddy` does it a thousand times.
@test "200 restarts leave descriptors, children, memory and environment as they were" {
	cd "$site"
	TEST_MARK=$BATS_TEST_TMPDIR run "$TEST_DIR/tools/restarts" --count 200 --log "$BATS_TEST_TMPDIR/log" "$EDDY"
	assert_success
	assert_nothing_left
}

@test "a signal that comes while the image is replaced is not lost" {
	for ((i = 0; i < 10; i++)); do
		start_eddy "$site"
		kill -HUP "$EDDY_PID"
		[ $((i % 2)) = 0 ] || until_true 20 log_has '^restart'
		kill -TERM "$EDDY_PID"
		wait_gone "$EDDY_PID" 20
		stop_eddy
	done
}

@test "when its terminal goes, the server leaves" {
	run timeout 30 python3 - "$EDDY" "$site" "$BATS_TEST_TMPDIR" <<'PYTHON'
import os, pty, select, sys
eddy, site, scratch = sys.argv[1:]
ready, tell = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TEST_MARK"] = scratch
    os.set_inheritable(tell, True)
    os.execv(eddy, [eddy, "serve", "--port", "0", "--ready-fd", str(tell), site])
os.close(tell)
assert os.read(ready, 100).startswith(b"http://127.0.0.1:")
os.close(terminal)
print("status", os.waitpid(pid, 0)[1])
PYTHON
	assert_success
	assert_output "status 0"
	assert_nothing_left
}

@test "--open shows the site in the browser that BROWSER names" {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkfifo opened
	printf '#!/bin/sh\necho "$1" >"%s"\n' "$PWD/opened" >browser
	chmod +x browser
	BROWSER=$PWD/browser start_eddy --open "$site"
	read -r -t 20 shown <opened
	assert_equal "$shown" "$URL/"
}

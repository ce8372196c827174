#!/usr/bin/env bats
# `eddy run`: a command of the user's that is run again when files change, whose port stays open,
# and of which nothing is left when eddy is gone.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load helper

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
	OUT=$BATS_TEST_TMPDIR/out
	: >"$OUT"
}

teardown() {
	stop_eddy
}

# start_run ARGUMENT… - `eddy run ARGUMENT…` in the background, with the command's standard output in $OUT
start_run() {
	EDDY_LOG=$BATS_TEST_TMPDIR/eddy.log
	rm -f "$BATS_TEST_TMPDIR/.ready"
	mkfifo "$BATS_TEST_TMPDIR/.ready"
	truncate -s 0 "$OUT" "$EDDY_LOG" # nobody is to see what was in them before
	TEST_MARK=$BATS_TEST_TMPDIR "$EDDY" run "$@" >"$OUT" 2>"$EDDY_LOG" </dev/null 3>&- &
	EDDY_PID=$!
}

# start_held ARGUMENT… - the same with a port that is held open; sets URL
start_held() {
	start_run --socket 0 --ready-file "$BATS_TEST_TMPDIR/url" "$@"
	until_true 20 test -s "$BATS_TEST_TMPDIR/url"
	URL=$(cat "$BATS_TEST_TMPDIR/url")
	URL=${URL%/}
}

# clock_is_past FILE - whether a file that is written now is newer than this one
clock_is_past() {
	touch "$BATS_TEST_TMPDIR/.now"
	[ "$BATS_TEST_TMPDIR/.now" -nt "$1" ]
}

# save FILE - writes what comes on standard input at once
save() {
	cat >"$BATS_TEST_TMPDIR/.saved"
	mv "$BATS_TEST_TMPDIR/.saved" "$1"
}

# counter [BEGINNING] - a command that begins so, then says that it has started, and runs until it is told to end
counter() {
	save counter <<-END
		#!/bin/bash
		${1:-}
		echo "start [\$EDDY_CHANGED]"
		while :; do read -r -t 0.05 <>"$BATS_TEST_TMPDIR/.ready"; done
	END
	chmod +x counter
}

starts_are() {
	[ "$(grep -c '^start' "$OUT")" = "$1" ]
}

starts_are_more_than() {
	[ "$(grep -c '^start' "$OUT")" -gt "$1" ]
}

# count_is NUMBER PATTERN FILE - so many lines match
count_is() {
	[ "$(grep -cE -- "$2" "$3")" = "$1" ]
}

out_has() {
	grep -qE -- "$1" "$OUT"
}

log_has() {
	grep -qE -- "$1" "$EDDY_LOG"
}

# leaves_with STATUS - eddy has ended by itself with it, or does so soon
leaves_with() {
	local status=0
	wait_gone "$EDDY_PID" 20
	wait "$EDDY_PID" || status=$?
	EDDY_PID=
	assert_equal "$status" "$1"
	assert_nothing_left
	refute_sanitizer_report
}

answers() {
	[ "$(curl -s -m 30 "$URL$1")" = "$2" ]
}

# tornado_app GREETING - the hello of Tornado's documents, a handler of 2 s, and an end that waits for
# what is under way; it listens on the socket that it is handed
tornado_app() {
	save app.py <<-END
		import asyncio, signal, socket
		import tornado.web, tornado.httpserver

		class MainHandler(tornado.web.RequestHandler):
		    def get(self):
		        self.write("$1")

		class SlowHandler(tornado.web.RequestHandler):
		    under_way = 0
		    async def get(self):
		        SlowHandler.under_way += 1
		        print("slow", flush=True)
		        await asyncio.sleep(2)
		        self.write("$1 at last")
		    def on_finish(self):
		        SlowHandler.under_way -= 1

		async def main():
		    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", MainHandler), ("/slow", SlowHandler)]))
		    listener = socket.socket(fileno=3)
		    listener.setblocking(False)
		    server.add_sockets([listener])
		    leave = asyncio.Event()
		    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave.set)
		    await leave.wait()
		    server.stop()
		    while SlowHandler.under_way:
		        await asyncio.sleep(0.01)

		asyncio.run(main())
	END
}

@test "a Tornado application is waited for while it has a syntax error, and started when it is mended" {
	tornado_app "Hello, world"
	start_held -- /usr/bin/python3 app.py
	answers / "Hello, world"
	echo "def broken(:" | save app.py
	until_true 20 log_has '^ended +exit status 1 after .* a change runs it again$'
	assert log_has 'SyntaxError'
	tornado_app "Hello again"
	answers / "Hello again"
	assert_equal "$(grep -c '^ended' "$EDDY_LOG")" 1
}

@test "a request of 2 seconds is answered over a restart, and none is refused meanwhile" {
	tornado_app "old"
	start_held -- /usr/bin/python3 app.py
	curl -s -m 20 "$URL/slow" >"$BATS_TEST_TMPDIR/slow" 3>&- &
	slow=$!
	until_true 20 out_has '^slow$'
	tornado_app "new"
	for _ in 1 2 3 4 5; do
		[[ $(curl -s -m 20 "$URL/") =~ ^(old|new)$ ]]
	done
	wait "$slow"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/slow")" "old at last"
	until_true 20 answers / new
}

@test "a Node server comes back with its changes on the port that stays open" {
	node_app() {
		save app.js <<-END
			const server = require('http').createServer((request, response) => response.end('$1'));
			server.listen({fd: 3});
			process.on('SIGTERM', () => server.close());
		END
	}
	node_app one
	start_held node app.js
	answers / one
	node_app two
	until_true 20 answers / two
	echo 'server.listen(' | save app.js
	until_true 20 log_has '^ended +exit status 1 '
	curl -s -m 20 "$URL/" >"$BATS_TEST_TMPDIR/waited" 3>&- &
	waiting=$!
	node_app three
	wait "$waiting"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/waited")" three
}

@test "make is run for each change, and its output and status are its own" {
	mkdir src
	echo one >src/a
	printf 'out: src/a\n\t@cat src/a\n\t@! grep -q bad src/a\n\t@cp src/a out\n' >Makefile
	start_run -w src make
	until_true 20 log_has '^ended +exit status 0 '
	assert_equal "$(cat "$OUT")" one
	until_true 20 clock_is_past out # make compares times
	echo bad >src/a
	until_true 20 log_has '^ended +exit status 2 '
	echo two >src/a
	until_true 20 count_is 2 '^ended +exit status 0 ' "$EDDY_LOG"
	assert_equal "$(cat "$OUT")" "one"$'\n'"bad"$'\n'"two"
	assert_equal "$(cat out)" two
}

@test "with --until-success it leaves with 0 as soon as the command has ended well" {
	echo bad >state
	start_run --until-success -- sh -c '! grep -q bad state'
	until_true 20 log_has '^ended +exit status 1 '
	echo good >state
	leaves_with 0
}

@test "the command learns what has changed, paths with spaces too" {
	counter
	mkdir 'a folder'
	start_run ./counter
	until_true 20 out_has '^start \[\]$'
	echo x >'a folder/a name'
	until_true 20 out_has '^start \[a folder/a name\]$'
	touch b c
	mv -t 'a folder' b c
	until_true 20 out_has 'a folder/[bc]'
}

# is_asleep PID - it waits for something
is_asleep() {
	[ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat")" = S ]
}

@test "with --until-success eddy leaves when the keeper ends before its last message is read" {
	start_run --until-success -- bash -c 'echo start $$; until [ -e ../may-end ]; do read -r -t 0.05 <>../.ready; done; true'
	until_true 20 starts_are 1
	command=$(sed -n 's/^start //p' "$OUT")
	keeper=$(pgrep -P "$EDDY_PID" -f 'eddy keeper')
	kill -STOP "$EDDY_PID"
	touch ../may-end
	wait_gone "$command" 20
	until_true 20 is_asleep "$keeper"
	kill -KILL "$keeper"
	kill -CONT "$EDDY_PID"
	status=0
	wait "$EDDY_PID" || status=$?
	EDDY_PID=
	assert_equal "$status" 0
	assert_nothing_left
	refute_sanitizer_report
}

@test "with --no-initial the first change is the first run" {
	counter
	start_run --no-initial -- ./counter
	n=0
	until [ -s "$OUT" ]; do
		echo $((++n)) >a
		until_true 1 test -s "$OUT" || true
	done
	assert_equal "$(head -1 "$OUT")" "start [a]"
}

@test "with --no-initial HUP is no change" {
	counter
	start_run -v --no-initial -- ./counter
	until_true 20 pgrep -P "$EDDY_PID" -f 'eddy keeper'
	keeper=$(pgrep -P "$EDDY_PID" -f 'eddy keeper')
	kill -HUP "$EDDY_PID"
	wait_gone "$keeper" 20
	until_true 20 pgrep -P "$EDDY_PID" -f 'eddy keeper'
	n=0
	until [ -s "$OUT" ]; do
		echo $((++n)) >a
		until_true 1 test -s "$OUT" || true
	done
	assert_equal "$(head -1 "$OUT")" "start [a]"
}

@test "twenty changes while the command takes its time to end are one more run" {
	counter "trap 'echo term; until [ -e ../may-end ]; do read -r -t 0.05 <>$BATS_TEST_TMPDIR/.ready; done; exit 0' TERM"
	start_run -v --grace 600 -- ./counter
	until_true 20 starts_are 1
	echo 0 >first
	until_true 20 out_has '^term$'
	for n in {1..20}; do
		echo "$n" >"change$n"
		until_true 20 log_has "^seen: .*change$n\$"
	done
	starts_are 1
	touch ../may-end
	until_true 20 out_has '^change20\]$'
	starts_are 2
	assert_equal "$(sed -n '/^start/,/\]$/p' "$OUT" | tail -21 | tr '\n' ' ')" "start [first $(echo change{1..20})] "
}

@test "a command that ignores the signal is killed after its grace" {
	counter "trap '' TERM; sleep 600 &"
	start_run --grace 1 -- ./counter
	until_true 20 starts_are 1
	echo x >a
	until_true 20 starts_are 2
	assert log_has 'does not end on SIGTERM, so it is killed$'
	kill "$EDDY_PID"
	leaves_with 137
}

@test "--signal says by what it is ended" {
	counter "trap 'echo int; exit 0' INT"
	start_run --signal=SIGINT -- ./counter
	until_true 20 starts_are 1
	echo x >a
	until_true 20 starts_are 2
	assert_equal "$(sed -n 2p "$OUT")" int
}

@test "what is saved while the watcher is yet to start is noticed, however long that takes" {
	preload '
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>
		static __attribute__((constructor)) void wait_for_a_while(void)
		{
			char line[4096] = "";
			FILE *file = fopen("/proc/self/cmdline", "r");
			size_t got = file == NULL ? 0 : fread(line, 1, sizeof(line) - 1, file);
			if (got > 0 && strcmp(line + strlen(line) + 1, "watcher") == 0)
				sleep(2);
		}'
	EDDY=$PWD/eddy start_run -- sh -c 'echo start; exec sleep 1000'
	until_true 20 starts_are 1
	echo x >a
	until_true 20 starts_are 2
}

@test "a config that is saved again while the command takes its time to end is read again" {
	echo 'grace = 600' >../eddy.conf
	counter "trap 'until [ -e ../may-end ]; do read -r -t 0.05 <>$BATS_TEST_TMPDIR/.ready; done; exit 0' TERM"
	start_run --config ../eddy.conf -- ./counter
	until_true 20 starts_are 1
	watcher=$(pgrep -P "$EDDY_PID" -f 'eddy watcher')
	echo 'grace = 601' | save ../eddy.conf
	wait_gone "$watcher" 20
	echo 'grace = 602' | save ../eddy.conf
	touch ../may-end
	until_true 20 pgrep -P "$EDDY_PID" -f 'eddy keeper .*--grace=602'
}

@test "what the command has left running in its group is ended before the next run" {
	start_run -- sh -c 'echo start; sleep 600 & echo $! >>../sleeps; exit 0'
	until_true 20 log_has '^ended +exit status 0 '
	first=$(cat ../sleeps)
	kill -0 "$first"
	echo x >a
	until_true 20 starts_are 2
	run kill -0 "$first"
	assert_failure
}

@test "a daemon that has a session of its own is the user's affair" {
	start_run -- setsid -f sh -c 'echo $$ >../daemon; exec sleep 600'
	until_true 20 log_has '^ended +exit status 0 '
	until_true 20 test -s ../daemon
	kill "$EDDY_PID"
	wait "$EDDY_PID"
	EDDY_PID=
	assert_equal "$(marked_pids)" "$(cat ../daemon)"
	kill "$(cat ../daemon)"
}

@test "a killed eddy leaves nothing of the command behind" {
	counter "trap '' TERM; sleep 600 &"
	start_run -- ./counter
	until_true 20 starts_are 1
	kill -KILL "$EDDY_PID"
	wait "$EDDY_PID" || true
	EDDY_PID=
	until_true 20 nothing_is_left
}

@test "a killed keeper takes the command with it, and both are replaced" {
	counter
	start_run -- ./counter
	until_true 20 starts_are 1
	first=$(pgrep -f -x '/bin/bash ./counter' -P "$(keeper_pid)")
	kill -KILL "$(keeper_pid)"
	until_true 20 starts_are 2
	until_true 20 is_gone "$first"
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

keeper_pid() {
	local pid words
	for pid in $(child_pids "$EDDY_PID"); do
		mapfile -d '' words 2>/dev/null </proc/"$pid"/cmdline || continue
		[ "${words[1]:-}" != keeper ] || echo "$pid"
	done
}

# has_taken_int PID - no INT waits for it in the kernel, where two would be one
has_taken_int() {
	! grep -qiE '^(Sig|Shd)Pnd:.*[2367abef]$' /proc/"$1"/status
}

@test "the second Ctrl-C leaves at once, and takes along what ignored the first" {
	counter "trap '' TERM INT"
	start_run --grace 600 -- ./counter
	until_true 20 starts_are 1
	kill -INT "$EDDY_PID"
	until_true 20 has_taken_int "$EDDY_PID"
	until_true 20 insists INT
	status=0
	wait "$EDDY_PID" || status=$?
	EDDY_PID=
	assert_equal "$status" 130
	until_true 20 nothing_is_left
}

@test "the exit status is the command's" {
	start_run -- sh -c 'exit 7'
	until_true 20 log_has '^ended +exit status 7 '
	kill "$EDDY_PID"
	leaves_with 7
}

@test "one that is ended by the signal to stop makes no failure, and one that fails then does" {
	counter
	start_run -- ./counter
	until_true 20 starts_are 1
	kill -INT "$EDDY_PID"
	leaves_with 0
	counter "trap 'exit 3' TERM"
	start_run -- ./counter
	until_true 20 starts_are 1
	kill "$EDDY_PID"
	leaves_with 3
}

@test "a line of a shell in place of a command is told to need one" {
	start_run "sh s.sh && echo done"
	until_true 20 log_has "^failed +cannot start 'sh s.sh && echo done': No such file or directory [(]a shell runs a line: eddy run sh -c '[.]{3}'[)] · a change tries again$"
	kill "$EDDY_PID"
	leaves_with 127
}

@test "a command that isn't there yet is waited for" {
	start_run -- ./later
	until_true 20 log_has "^failed +cannot start './later': No such file or directory · a change tries again$"
	counter
	mv counter later
	until_true 20 starts_are 1
	kill "$EDDY_PID"
	leaves_with 0
}

@test "one that was never found leaves 127" {
	start_run no-such-program-anywhere
	until_true 20 log_has '^failed '
	kill "$EDDY_PID"
	leaves_with 127
}

@test "standard input and output are the command's, byte by byte" {
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
	timeout 60 "$EDDY" run -q --until-success -- cat <"$BATS_TEST_TMPDIR/bytes" >"$OUT"
	cmp "$BATS_TEST_TMPDIR/bytes" "$OUT"
}

@test "a command that closes its standard output and error is run on" {
	start_run -- bash -c "exec >&- 2>&-; echo x >>../seen; while :; do read -r -t 0.05 <>$BATS_TEST_TMPDIR/.ready; done"
	until_true 20 test -s ../seen
	echo x >a
	until_true 20 count_is 2 x ../seen
}

@test "options behind the command are the command's" {
	run timeout 60 "$EDDY" run -q --until-success echo --port 8000 -h -- -x
	assert_output -- "--port 8000 -h -- -x"
}

@test "USR1, USR2 and WINCH are passed on" {
	counter "for s in USR1 USR2 WINCH; do trap \"echo \$s\" \$s; done"
	start_run -- ./counter
	until_true 20 starts_are 1
	for signal in USR1 USR2 WINCH; do
		kill -s "$signal" "$EDDY_PID"
		until_true 20 out_has "^$signal\$"
	done
}

@test "HUP and a changed config start eddy anew in its process, with the port as it was" {
	counter "echo \"fds \$LISTEN_FDS, I am it: \$((LISTEN_PID == \$\$))\""
	start_held -- ./counter
	until_true 20 starts_are 1
	kill -HUP "$EDDY_PID"
	until_true 20 starts_are 2
	echo 'grace = 3' >eddy.conf
	until_true 20 out_has '^start \[eddy.conf\]$'
	assert_equal "$(sort "$OUT" | uniq -c | sed -n 's/^ *\([0-9]* fds\)/\1/p')" "3 fds 1, I am it: 1"
	tr '\0' ' ' </proc/"$(keeper_pid)"/cmdline | grep -q -- '--grace=3'
	assert_equal "$(cat /proc/"$EDDY_PID"/comm)" eddy
}

@test "a changed config may open another port, or none" {
	counter "echo \"fds \${LISTEN_FDS:-none}\""
	start_run -- ./counter
	until_true 20 out_has '^fds none$'
	echo 'socket = 0' >eddy.conf
	until_true 20 out_has '^fds 1$'
	assert log_has '^now at http://127.0.0.1:[0-9]+/$'
	rm eddy.conf
	until_true 20 count_is 2 '^fds none$' "$OUT"
}

@test "the port of a changed config is in the ready file, which goes with the server" {
	counter
	first=$(free_port)
	echo "socket = $first" >eddy.conf
	start_run --ready-file "$BATS_TEST_TMPDIR/url" -- ./counter
	until_true 20 test -s "$BATS_TEST_TMPDIR/url"
	second=$(free_port)
	echo "socket = $second" >eddy.conf
	until_true 20 starts_are 2
	until_true 20 grep -q ":$second/" "$BATS_TEST_TMPDIR/url"
	stop_eddy
	assert_file_not_exists "$BATS_TEST_TMPDIR/url"
}

@test "a broken config is refused, and the command goes on" {
	counter
	start_run -- ./counter
	until_true 20 starts_are 1
	echo 'grace = x' >eddy.conf
	until_true 20 log_has '^refused +eddy.conf → the old state goes on$'
	assert log_has "^eddy.conf:1:9: "
	rm eddy.conf
	until_true 20 starts_are 2
}

@test "a command that restarts itself by what it writes is told of it, once" {
	start_run -- bash -c "echo start; date +%N >out.log; while :; do read -r -t 0.05 <>$BATS_TEST_TMPDIR/.ready; done"
	until_true 60 log_has '^eddy: out.log changes again and again; if the command itself writes it, --ignore it'
	before=$(grep -c '^start' "$OUT")
	until_true 60 starts_are_more_than $((before + 2))
	count_is 1 'again and again' "$EDDY_LOG"
}

@test "what .gitignore and --ignore name is not watched, nor is a touch a change" {
	counter
	echo '*.log' >.gitignore
	start_run --ignore '*.tmp' -- ./counter
	until_true 20 starts_are 1
	echo x >a.log
	echo x >a.tmp
	touch counter
	echo x >a
	until_true 20 out_has '^start \[a\]$'
	starts_are 2
}

# start_in_terminal ARGUMENT… - as start_run, with all standard descriptors on a terminal; what it shows is in
# $EDDY_LOG, and `type_in TEXT` types there
start_in_terminal() {
	EDDY_LOG=$BATS_TEST_TMPDIR/eddy.log
	mkfifo "$BATS_TEST_TMPDIR/.ready" "$BATS_TEST_TMPDIR/keys"
	TEST_MARK=$BATS_TEST_TMPDIR python3 "$TEST_DIR/tools/pty" "$EDDY" run "$@" <>"$BATS_TEST_TMPDIR/keys" 2>"$EDDY_LOG" 3>&- &
	EDDY_PID=$!
}

type_in() {
	echo "$1" >"$BATS_TEST_TMPDIR/keys"
}

@test "Ctrl-C in a terminal ends the command and eddy" {
	counter
	start_in_terminal ./counter
	until_true 20 log_has '^start'
	kill -INT "$EDDY_PID"
	leaves_with 0
}

@test "a command may read from the terminal, is restarted all the same, and Ctrl-C is for it then" {
	save ask <<-'END'
		#!/bin/bash
		echo "start $$"
		while read -r line; do echo "got $line"; done
	END
	chmod +x ask
	start_in_terminal ./ask
	until_true 20 log_has '^start'
	type_in hello
	until_true 20 log_has '^got hello$'
	echo x >a
	until_true 20 count_is 2 '^start' "$EDDY_LOG"
	type_in again
	until_true 20 log_has '^got again$'
	kill -INT "$EDDY_PID"
	leaves_with 130
}

# start_in_shell COMMAND… - an interactive shell on a terminal, which runs the line `eddy run COMMAND…`; sets RUNNER
start_in_shell() {
	EDDY_LOG=$BATS_TEST_TMPDIR/eddy.log
	mkfifo "$BATS_TEST_TMPDIR/.ready" "$BATS_TEST_TMPDIR/keys"
	TEST_MARK=$BATS_TEST_TMPDIR PS1='' python3 "$TEST_DIR/tools/pty" bash --norc --noprofile --noediting -i \
		<>"$BATS_TEST_TMPDIR/keys" 2>"$EDDY_LOG" 3>&- &
	EDDY_PID=$!
	type_in "'$EDDY' run $*"
	until_true 20 log_has '^start [0-9]'
	RUNNER=$(sed -nE 's/.* pid ([0-9]+)$/\1/p' "$EDDY_LOG")
	COMMAND=$(sed -nE 's/^start ([0-9]+)$/\1/p' "$EDDY_LOG")
}

both_are_stopped() {
	[[ $(ps -o stat= -p "$RUNNER") = T* && $(ps -o stat= -p "$COMMAND") = T* ]]
}

neither_is_stopped() {
	[[ $(ps -o stat= -p "$RUNNER") = [SR]* && $(ps -o stat= -p "$COMMAND") = [SR]* ]]
}

# suspend_and_continue - as Ctrl-Z and `fg` have it
suspend_and_continue() {
	printf '\x1a' >"$BATS_TEST_TMPDIR/keys"
	until_true 20 both_are_stopped
	until_true 20 log_has 'Stopped'
	type_in fg
	until_true 20 neither_is_stopped
}

@test "Ctrl-Z suspends the command and eddy, and fg continues both" {
	counter
	sed -i 's/^echo .*/echo "start $$"/' counter
	start_in_shell ./counter
	suspend_and_continue
	echo x >a
	until_true 20 count_is 2 '^start' "$EDDY_LOG"
	kill -INT "$EDDY_PID"
	wait_gone "$RUNNER" 20
	type_in exit
	leaves_with 0
}

@test "Ctrl-Z for a command that reads from the terminal suspends eddy too, and fg gives it the terminal back" {
	save ask <<-'END'
		#!/bin/bash
		echo "start $$"
		while read -r line; do echo "got $line"; done
	END
	chmod +x ask
	start_in_shell ./ask
	type_in hello
	until_true 20 log_has '^got hello$'
	suspend_and_continue
	type_in again
	until_true 20 log_has '^got again$'
	kill -INT "$EDDY_PID"
	wait_gone "$RUNNER" 20
	type_in 'exit 0'
	leaves_with 0
}

@test "the terminal is set again as it was when a command that had changed it ends" {
	save raw <<-'END'
		#!/bin/bash
		read -r line
		stty raw
		kill -KILL $$
	END
	chmod +x raw
	start_in_terminal ./raw
	type_in x
	until_true 20 log_has 'ended .*killed by signal 9 '
	kill -INT "$EDDY_PID"
	leaves_with 137
}

@test "--clear clears the terminal before each run, and only a terminal" {
	counter
	start_in_terminal --clear -- ./counter
	until_true 20 log_has $'^\e\\[H\e\\[2J\e\\[3Jstart'
	kill -INT "$EDDY_PID"
	leaves_with 0
	run timeout 60 "$EDDY" run -q --until-success --clear true
	assert_output ""
}

@test "without a command, with a bad signal or on a busy port it says so and leaves" {
	run timeout 60 "$EDDY" run
	assert_equal "$status" 2
	assert_output --partial "'eddy run' needs"
	run timeout 60 "$EDDY" run --signal NOPE true
	assert_equal "$status" 2
	assert_output --partial "'NOPE' is no signal"
	run timeout 60 "$EDDY" run --ready-file x true
	assert_equal "$status" 2
	assert_output --partial "there is none"
	counter
	start_held ./counter
	run timeout 60 "$EDDY" run --socket "${URL##*:}" true
	assert_equal "$status" 3
}

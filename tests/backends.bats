#!/usr/bin/env bats
# The tests of watching once more, with the other ways to watch.

load helper

# watch_tests FILE BACKEND PROGRAM [COMMAND…] - runs them, by the command, in a process that no variable of bats reaches
watch_tests() {
	run env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" WATCH_BACKEND="$2" EDDY="$3" "${@:4}" bats "$TEST_DIR/$1.bats"
	assert_success
	assert_output --regexp '^1\.\.[1-9][0-9]+'
}

@test "polling: the tests of watching pass with it" {
	watch_tests watch poll "$EDDY"
}

@test "polling: the tests of how files are saved pass with it" {
	watch_tests saves poll "$EDDY"
}

# libkqueue makes an inotify instance for each file, and other tests need some of the user's 128.
kqueue_tests() {
	[ -n "${KQUEUE_EDDY:-}" ] || skip "libkqueue is not installed"
	# shellcheck disable=SC2016 # $@ is for the inner shell
	watch_tests "$1" kqueue "$KQUEUE_EDDY" unshare -Ur sh -c 'echo 64 >/proc/sys/user/max_inotify_instances && exec "$@"' sh
}

@test "kqueue: the tests of watching, and of how files are saved, pass with it" {
	kqueue_tests watch
	kqueue_tests saves
}

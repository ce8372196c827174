#!/usr/bin/env bats
# The tests of watching once more, with the other ways to watch.

load helper

# watch_tests BACKEND PROGRAM [COMMAND…] - runs them, by the command, in a process that no variable of bats reaches
watch_tests() {
	run env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" WATCH_BACKEND="$1" EDDY="$2" "${@:3}" bats "$TEST_DIR/watch.bats"
	assert_success
	assert_output --regexp '^1\.\.[1-9][0-9]+'
}

@test "polling: the tests of watching pass with it" {
	watch_tests poll "$EDDY"
}

@test "kqueue: the tests of watching pass with it" {
	[ -n "${KQUEUE_EDDY:-}" ] || skip "libkqueue is not installed"
	# libkqueue makes an inotify instance for each file, and other tests need some of the user's 128.
	# shellcheck disable=SC2016 # $@ is for the inner shell
	watch_tests kqueue "$KQUEUE_EDDY" unshare -Ur sh -c 'echo 64 >/proc/sys/user/max_inotify_instances && exec "$@"' sh
}

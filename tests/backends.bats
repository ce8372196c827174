#!/usr/bin/env bats
# The tests of watching once more, with the other ways to watch; and those of connections, with the other way to wait for them.

load helper

# watch_tests FILE BACKEND PROGRAM [COMMAND…] - runs them, by the command, in a process that no variable of bats reaches
watch_tests() {
	run env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" WATCH_BACKEND="$2" EDDY="$3" "${@:4}" bats "$TEST_DIR/$1.bats"
	assert_success
	assert_output --regexp '^1\.\.[1-9]'
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

@test "select: the tests of draining and of TLS pass where libmicrohttpd has no epoll" {
	cd "$BATS_TEST_TMPDIR"
	# 7 is MHD_FEATURE_EPOLL.
	echo 'int MHD_is_feature_supported(int); int MHD_is_feature_supported(int feature) { return feature != 7; }' >select.c
	"${CC:-cc}" -shared -fPIC -o select.so select.c
	cat >eddy <<-END
		#!/bin/sh
		export LD_PRELOAD='$PWD/select.so' ASAN_OPTIONS="\${ASAN_OPTIONS:+\$ASAN_OPTIONS:}verify_asan_link_order=0"
		exec '$(realpath "$EDDY")' "\$@"
	END
	chmod +x eddy
	for file in drain tls; do
		watch_tests "$file" inotify "$PWD/eddy"
	done
}

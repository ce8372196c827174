#!/usr/bin/env bats
# The tests of watching once more, with the other ways to watch, and what is peculiar to those; and the tests of
# connections, with the other way to wait for them.

load helper
load watching

teardown() {
	watcher_stop
}

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

@test "polling: a scan that had to wait for the disk does not put off the next" {
	cd "$BATS_TEST_TMPDIR"
	preload '
		#include <dirent.h>
		#include <dlfcn.h>
		#include <unistd.h>
		DIR *fdopendir(int fd)
		{
			if (unlink("slow") == 0)
				sleep(1);
			return ((DIR *(*)(int))dlsym(RTLD_NEXT, "fdopendir"))(fd);
		}'
	mkdir -p site/templates
	touch slow
	EDDY=$PWD/eddy watcher --poll=10 -C site
	assert_file_not_exists slow
	echo one >site/templates/index.html
	assert_told "BATCH page templates/index.html"
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
	preload 'int MHD_is_feature_supported(int); int MHD_is_feature_supported(int feature) { return feature != 7; }'
	for file in drain tls; do
		watch_tests "$file" inotify "$PWD/eddy"
	done
}

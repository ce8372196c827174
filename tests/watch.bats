#!/usr/bin/env bats
# What the watcher tells the master.
#
# WATCH_BACKEND is inotify, kqueue or poll: backends.bats runs these tests again with the others.

load helper
load watching

SENTINEL=templates/sentinel.html

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p site/templates/blog site/static
	echo one >site/templates/index.html
	echo one >site/templates/blog/post.html
	echo one >"site/$SENTINEL"
	echo 'a { color: red }' >site/static/site.css
	echo one >site/static/logo.png
}

teardown() {
	[ -z "${inside:-}" ] || kill "$inside"
	watcher_stop
}

# save FILE CONTENT - as most editors do: a file beside it, under whatever name, that is then renamed
save() {
	python3 -c '
import os, sys
path, content = sys.argv[1:]
with open(path + ".4711", "w") as aside:
    aside.write(content + "\n")
os.rename(path + ".4711", path)' "$@"
}

# write_over TIMES CONTENT FILE… - writes the content over the start of each file in turn, and not by
# truncating it first, which some file systems take as a wish to have it on disk at once
write_over() {
	python3 -c '
import sys
times, content, *paths = sys.argv[1:]
for path in paths * int(times):
    with open(path, "r+") as file:
        file.write(content)' "$@"
}

@test "a file that is written anew is told, and so is the next write" {
	watcher -C site
	echo two >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	echo three >>site/templates/index.html
	assert_told "BATCH page templates/index.html"
	assert_nothing_told
}

@test "a file that is replaced by a rename is told once, by its own name" {
	watcher -C site
	save site/templates/index.html two
	assert_told "BATCH page templates/index.html"
	sed -i s/red/blue/ site/static/site.css
	assert_told "BATCH css static/site.css"
	assert_nothing_told
}

@test "a file that an editor renames aside and writes anew is told once" {
	watcher -C site
	python3 -c '
import os
os.chdir("site/templates")
os.rename("index.html", "index.html~")
with open("index.html", "w") as file:
    file.write("two\n")
os.unlink("index.html~")'
	assert_told "BATCH page templates/index.html"
	assert_nothing_told
}

@test "touch, chmod, an identical rewrite and an identical copy are no changes" {
	watcher -C site
	touch site/templates/index.html
	chmod 600 site/templates/index.html
	echo one >site/templates/index.html
	save site/templates/index.html one
	assert_nothing_told
}

@test "a file that is deleted, or emptied, and gets its old content back has not changed" {
	watcher -C site
	python3 -c '
import os
os.unlink("site/templates/index.html")
for path in "site/templates/index.html", "site/templates/blog/post.html":
    open(path, "w").close()
    with open(path, "w") as file:
        file.write("one\n")'
	assert_nothing_told
}

@test "a deleted file, an emptied one, and a new one are told" {
	watcher -C site
	rm site/templates/index.html
	assert_told "BATCH page templates/index.html"
	: >site/templates/blog/post.html
	assert_told "BATCH page templates/blog/post.html"
	echo new >site/templates/new.html
	assert_told "BATCH page templates/new.html"
	ln site/templates/new.html site/templates/hard.html
	assert_told "BATCH page templates/hard.html"
	ln -s new.html site/templates/soft.html
	assert_told "BATCH page templates/soft.html"
}

@test "the kind of a batch is the strongest in it" {
	watcher -C site
	echo two >site/static/logo.png
	assert_told "BATCH image static/logo.png"
	mkdir static.new
	echo 'b {}' >static.new/b.css
	echo two >static.new/b.svg
	mv static.new site/static/more
	assert_told_set "BATCH css static/more/b.css static/more/b.svg"
	cp -r site/static/more both
	echo '<p>' >both/b.html
	mv both site/static/both
	assert_told_set "BATCH page static/both/b.css static/both/b.html static/both/b.svg"
}

@test "a style sheet that is part of templates reloads the page" {
	echo 'a {}' >site/templates/_critical.css
	echo 'a {}' >site/templates/print.css
	watcher -C site
	echo 'b {}' >site/templates/_critical.css
	assert_told "BATCH page templates/_critical.css"
	echo 'b {}' >site/templates/print.css
	assert_told "BATCH css templates/print.css"
}

@test "nothing is missed in directories that are filled as soon as they are made" {
	mkdir -p tree/a/b/c
	for path in tree/1 tree/a/2 tree/a/b/3 tree/a/b/c/4; do echo new >$path.html; done
	watcher -C site
	cp -r tree site/templates/tree
	hear_paths 4
	echo newer >site/templates/tree/a/b/c/4.html
	assert_told "BATCH page templates/tree/a/b/c/4.html"
	assert_nothing_told
}

@test "a directory that is moved is told under both its names, and watched under the new one" {
	watcher -C site
	mv site/templates/blog site/templates/news
	hear_paths 2
	echo two >site/templates/news/post.html
	assert_told "BATCH page templates/news/post.html"
	mv site/templates/news away
	assert_told "BATCH page templates/news/post.html"
	echo three >away/post.html
	mkdir site/templates/news
	assert_nothing_told
	mv away/post.html site/templates/news
	assert_told "BATCH page templates/news/post.html"
}

@test "a directory that is moved into one that was made a moment before is watched on" {
	watcher -C site
	kill -STOP "$watcher_pid"
	mkdir site/templates/2026
	mv site/templates/blog site/templates/2026/blog
	kill -CONT "$watcher_pid"
	hear_paths 2
	echo two >site/templates/2026/blog/post.html
	assert_told "BATCH page templates/2026/blog/post.html"
	assert_nothing_told
}

# exchange A B - renameat2(2) with RENAME_EXCHANGE
exchange() {
	python3 -c '
import ctypes, os, sys
names = [os.fsencode(name) for name in sys.argv[1:]]
sys.exit(ctypes.CDLL(None).renameat2(-100, names[0], -100, names[1], 2))' "$@"
}

@test "directories and files that change places are told, and watched on" {
	mkdir site/templates/news
	echo news >site/templates/news/post.html
	watcher -C site
	exchange site/templates/news site/templates/blog
	hear_paths 2
	echo two >site/templates/news/post.html
	assert_told "BATCH page templates/news/post.html"
	echo three >site/templates/blog/post.html
	assert_told "BATCH page templates/blog/post.html"
	exchange site/templates/news/post.html site/templates/blog/post.html
	hear_paths 2
	assert_nothing_told
}

@test "names with a newline, or of no encoding, are told" {
	local name=$'a\nb' bytes=$'\xff'
	watcher -C site
	mkdir "site/static/$name"
	echo 'a {}' >"site/static/$name/$bytes.css"
	hear && assert_equal "$heard" "BATCH css static/a"
	hear && assert_equal "$heard" $'b/\xef\xbf\xbd.css'
	echo 'b {}' >"site/static/$name/$bytes.css"
	hear && assert_equal "$heard" "BATCH css static/a"
	hear && assert_equal "$heard" $'b/\xef\xbf\xbd.css'
	assert_nothing_told
}

@test "a name that is a file, then a directory, then a file is watched on" {
	watcher -C site
	rm site/templates/index.html
	mkdir site/templates/index.html
	echo deep >site/templates/index.html/deep.html
	hear_paths 2
	rm -r site/templates/index.html
	echo back >site/templates/index.html
	hear_paths 2
	echo more >>site/templates/index.html
	assert_told "BATCH page templates/index.html"
	assert_nothing_told
}

@test "a site that is deleted and made anew is watched on, even while somebody is in it" {
	(cd site/templates && exec sleep 1000) 3>&- &
	inside=$!
	watcher -C site
	rm -r site
	hear_paths 5
	mkdir -p site/templates
	echo two >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	mv site old
	assert_told "BATCH page templates/index.html"
	cp -r old site
	assert_told "BATCH page templates/index.html"
	echo three >old/templates/index.html
	echo three >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	assert_nothing_told
}

@test "a thousand files at once are at most two batches" {
	mkdir site/static/many
	printf 'one\n' | tee site/static/many/{1..1000}.css >all
	watcher -C site
	kill -STOP "$watcher_pid" # so that they come at once, however busy the machine is
	write_over 1 two site/static/many/{1..1000}.css
	kill -CONT "$watcher_pid"
	hear_paths 1000
	[ "$WATCH_BACKEND" != inotify ] || assert [ "$batches" -le 2 ] # a scan may pause on a busy machine
	assert_nothing_told
}

@test "what version control, package managers and editors keep is not told" {
	mkdir -p site/templates/.git site/static/node_modules/a
	watcher -C site
	echo a | tee site/templates/.git/index site/static/node_modules/a/a.js site/templates/.index.html.swp \
		site/templates/index.html~ site/templates/#index.html# site/templates/4913 site/templates/x.tmp >all
	mkdir site/templates/__pycache__ site/static/.cache
	echo a | tee site/templates/__pycache__/a.pyc site/static/.cache/a >all
	assert_nothing_told
	mkdir site/static/.well-known
	echo a >site/static/.well-known/security.txt
	assert_told "BATCH page static/.well-known/security.txt"
}

@test "in the app layout only templates, static files and data are the site" {
	echo '{}' >site/nav.json
	watcher -C site --data nav=site/nav.json
	echo a | tee site/README.md site/notes.html >all
	assert_nothing_told
	echo '[]' >site/nav.json
	assert_told "BATCH page nav.json"
}

@test "in the plain layout the whole directory is the site, and a first template makes eddy restart" {
	rm -r site/templates
	echo one >site/index.html
	watcher -C site
	echo two >site/index.html
	assert_told "BATCH page index.html"
	mkdir site/templates
	echo one >site/templates/index.html
	assert_told "BATCH restart templates/index.html"
}

@test "eddy.conf and what --watch names make eddy restart, be they missing at first" {
	mkdir lib
	echo one >lib/a.c
	watcher -C site --watch lib --watch later/Makefile --watch=.env
	echo 'workers = 2' >site/eddy.conf
	assert_told "BATCH restart eddy.conf"
	echo two >lib/a.c
	assert_told "BATCH restart $PWD/lib/a.c"
	mkdir later
	echo all: >later/Makefile
	assert_told "BATCH restart $PWD/later/Makefile"
	echo A=1 >.env
	assert_told "BATCH restart $PWD/.env"
	rm -r later
	assert_told "BATCH restart $PWD/later/Makefile"
	echo two >later.txt
	assert_nothing_told
}

@test "files that are missing from the start have not changed, however long it takes to look at the others" {
	mkdir large
	for number in {1..15}; do truncate -s 16M large/$number; done
	watcher -C site --watch large --watch later/Makefile --watch .env
	mkdir later
	echo all: >later/Makefile
	assert_told "BATCH restart $PWD/later/Makefile"
	assert_nothing_told
}

# is_begun - the watcher has begun to look for what is to be watched
is_begun() {
	[ "$(find /proc/"$watcher_pid"/task -mindepth 1 -maxdepth 1 | wc -l)" -gt 1 ]
}

@test "what changes while the watcher still looks for what there is to watch is told once it is ready" {
	[ "$WATCH_BACKEND" = inotify ] || return 0 # for the others these are too many folders
	mkdir -p site/static/{0..9}{0..9}/{0..9}{0..9}
	tee site/static/{0..9}9/99/a.css <site/static/site.css >all
	watcher_start "$EDDY" watcher "${backend_options[@]}" -C site
	until_true 20 is_begun
	kill -STOP "$watcher_pid"
	echo 'b {}' | tee site/static/{0..9}9/99/a.css >all
	kill -CONT "$watcher_pid"
	hear
	[[ $heard != NOTICE* ]] || hear
	assert_equal "$heard" READY
	hear_paths 10
	assert_nothing_told
}

@test "a config file that is a link counts when the link is changed, and when the file is" {
	mkdir etc
	echo 'workers = 1' >etc/one.conf
	echo 'workers = 2' >etc/two.conf
	ln -s etc/one.conf eddy.conf
	watcher -C site --config eddy.conf
	echo 'workers = 3' >etc/one.conf
	hear # who looks at files sees it in the link too
	assert_regex "$heard " "^BATCH restart ($PWD/eddy.conf )?$PWD/etc/one.conf ($PWD/eddy.conf )?$"
	ln -sfn etc/two.conf eddy.conf
	assert_told "BATCH restart $PWD/eddy.conf"
}

@test "the running program makes eddy restart, and the rest of its build directory is ignored" {
	rm -r site/templates
	echo one >site/templates.html
	mkdir -p site/build/debug
	cp "$EDDY" site/build/debug/eddy
	watcher_start site/build/debug/eddy watcher -C site
	assert_told READY
	echo object >site/build/debug/main.o
	echo object >site/build/assets.o
	cp "$EDDY" site/build/debug/eddy.new
	mv site/build/debug/eddy.new site/build/debug/eddy
	echo two >site/templates.html
	assert_told "BATCH page templates.html"
	{ cat "$EDDY" && echo; } >site/build/debug/eddy.new
	mv site/build/debug/eddy.new site/build/debug/eddy
	assert_told "BATCH restart build/debug/eddy"
}

@test "links are not followed, so that loops do no harm" {
	mkdir outside
	ln -s .. site/templates/up
	ln -s "$PWD/outside" site/templates/outside
	watcher -C site
	echo a >outside/a.html
	ln -s . site/templates/self
	assert_nothing_told
}

@test "after the kernel has dropped events everything is looked at again" {
	watcher -C site
	kill -STOP "$watcher_pid"
	queue=$(</proc/sys/fs/inotify/max_queued_events)
	write_over "$((queue / 2 + 1))" two site/templates/index.html site/templates/blog/post.html
	mkdir site/templates/new
	echo new >site/templates/new/new.html
	rm site/static/site.css
	kill -CONT "$watcher_pid"
	hear_paths 4
	echo newer >site/templates/new/new.html
	assert_told "BATCH page templates/new/new.html"
	assert_nothing_told
}

# few_watches NAME COUNT - the watcher where the user's namespace has so many of them
few_watches() {
	unshare -Ur true 2>/dev/null || skip "no user namespaces"
	# shellcheck disable=SC2016 # $0 is for the inner shell
	watcher_start unshare -Ur sh -c 'echo "$2" >/proc/sys/user/"$1" && exec "$0" watcher -C site' "$EDDY" "$@"
	hear
}

@test "when no watches are left the limit is told, and what is watched is told on" {
	mkdir -p site/static/{1..9}
	if [ "$WATCH_BACKEND" = kqueue ]; then # libkqueue has an inotify instance for each descriptor
		few_watches max_inotify_instances 6
		assert_regex "$heard" "^NOTICE no descriptors left .* eddy holds 6 files .* may open [0-9]+ .*: sudo sysctl"
	else
		few_watches max_inotify_watches 6
		assert_regex "$heard" "^NOTICE no inotify watches left: eddy uses 6, .*fs.inotify.max_user_watches"
	fi
	assert_told READY
	echo two >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	echo one >site/static/9/a.css # where no watch was left
	assert_told "BATCH css static/9/a.css"
	assert_equal "$(<stderr)" ""
}

@test "when the kernel watches nothing for this user that is told, and files are looked at again" {
	few_watches max_inotify_instances 0
	assert_regex "$heard" "^NOTICE (OSError: cannot watch files: .* sudo sysctl fs.inotify.max_user_instances=1024.*Until then eddy looks at each file again and again|no descriptors left .*)$"
	assert_told READY
	echo two >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	rm site/static/site.css
	assert_told "BATCH css static/site.css"
	assert_nothing_told
}

# in_mounts COMMAND… - runs it where the watcher sees its file systems
in_mounts() {
	nsenter -t "$watcher_pid" -U -m --preserve-credentials "$@"
}

@test "a folder whose file system is unmounted is watched on" {
	[ "$WATCH_BACKEND" != kqueue ] || return 0 # what is held open isn't unmounted
	unshare -Urm true 2>/dev/null || skip "no user namespaces"
	# shellcheck disable=SC2016 # $0 is for the inner shell
	watcher_start unshare -Urm sh -c 'mount -t tmpfs none site/static && echo one >site/static/on-top.css && exec "$0" watcher "$@"' \
		"$EDDY" "${backend_options[@]}" -C site
	assert_told READY
	in_mounts sh -c "echo two >$PWD/site/static/on-top.css"
	assert_told "BATCH css static/on-top.css"
	in_mounts umount "$PWD/site/static"
	hear_paths 3
	echo 'b {}' >site/static/site.css
	assert_told "BATCH css static/site.css"
	assert_nothing_told
}

@test "without events, what is written, renamed, deleted and made anew is found by looking again" {
	watcher -C site --poll=10
	echo two >site/templates/index.html
	assert_told "BATCH page templates/index.html"
	touch site/templates/index.html
	echo two >site/other
	mv site/other site/static/site.css
	assert_told "BATCH css static/site.css"
	mkdir -p site/templates/new/deep
	echo one >site/templates/new/deep/a.html
	assert_told "BATCH page templates/new/deep/a.html"
	rm -r site/templates/new
	assert_told "BATCH page templates/new/deep/a.html"
	mv site/static site/aside
	assert_told_set "BATCH css static/logo.png static/site.css"
	mv site/aside site/static
	assert_told_set "BATCH css static/logo.png static/site.css"
	assert_nothing_told
}

@test "what lies too deep to be watched is named" {
	local deep
	deep=site/static/$(printf 'd/%.0s' {1..130})
	mkdir -p "$deep"
	watcher_start "$EDDY" watcher "${backend_options[@]}" -C site
	hear
	[[ $heard != "NOTICE no descriptors left"* ]] || hear
	assert_regex "$heard" "^NOTICE more than 128 folders in one another are too deep to watch: changes in '.*/d' are not noticed$"
	assert_told READY
}

@test "the watcher leaves when its parent does, and on SIGTERM" {
	watcher -C site
	watcher_stop
	assert_equal "$status" 0
	watcher -C site
	kill -TERM "$watcher_pid"
	wait "$watcher_process"
	watcher_process=
}

#!/usr/bin/env bats
# How the programs that people edit with change files: each change is told once, and a burst of them by
# two batches at most, of which the first is what came first.
#
# WATCH_BACKEND is inotify, kqueue or poll: backends.bats runs these tests again with the others.

load helper
load watching

SENTINEL=sentinel.html

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$PWD
	mkdir -p site/blog
	echo one | tee site/index.html site/blog/post.html >site/sentinel.html
}

teardown() {
	watcher_stop
}

# assert_saves COMMAND… - the command makes "two" of site/index.html, which is told once, and nothing else
assert_saves() {
	"$@"
	assert_equal "$(<site/index.html)" two
	assert_told "BATCH page index.html"
	assert_nothing_told
	echo one >site/index.html
	echo one >site/sentinel.html
	hear_paths 2
}

# at_once COUNT COMMAND… - the command changes so many files, which is told by two batches. The watcher is stopped
# meanwhile, because on a busy machine it is the command that may pause.
at_once() {
	kill -STOP "$watcher_pid"
	"${@:2}"
	kill -CONT "$watcher_pid"
	hear_paths "$1"
	[ "$WATCH_BACKEND" != inotify ] || assert [ "$batches" -le 2 ] # a scan may pause on a busy machine
}

# burst COUNT COMMAND… - the same, and nothing else is told
burst() {
	at_once "$@"
	refute_told_twice
}

refute_told_twice() {
	assert_nothing_told
	echo one >site/sentinel.html
	hear_paths 1
}

# files COUNT CONTENT - so many of them in site/many
files() {
	mkdir -p site/many
	for ((number = 1; number <= $1; number++)); do
		echo "$2" >"site/many/$number.html"
	done
}

repository() {
	git -C site init -q -b first
	git -C site config user.email somebody@example.com
	git -C site config user.name Somebody
	files "$1" one
	git -C site add -A
	git -C site commit -qm one
}

@test "vim" {
	watcher -C site
	for backupcopy in yes no auto; do
		for backup in backup nobackup nowritebackup; do
			assert_saves vim -Nu NONE -es -c "set backupcopy=$backupcopy $backup" -c '%s/one/two/' -c wq site/index.html
		done
	done
}

@test "emacs" {
	watcher -C site
	for by_copying in t nil; do
		for backups in t nil; do
			assert_saves emacs -Q --batch --eval "
				(let ((backup-by-copying $by_copying) (make-backup-files $backups) (create-lockfiles t))
				  (find-file \"site/index.html\")
				  (replace-string \"one\" \"two\")
				  (do-auto-save)
				  (save-buffer))" 2>emacs.log
		done
	done
}

@test "sed -i, perl -i and ed's like" {
	watcher -C site
	assert_saves sed -i s/one/two/ site/index.html
	assert_saves perl -i -pe s/one/two/ site/index.html
	assert_saves sh -c 'echo two >site/index.html'
	assert_saves sh -c 'echo two | tee site/index.html >output'
	assert_saves sh -c 'echo two >new && cp new site/index.html'
	assert_saves sh -c 'echo two >new && mv new site/index.html'
	assert_saves sh -c 'echo two >new && install -m 644 new site/index.html'
	assert_saves sh -c 'echo two >new && ln -f new site/index.html'
}

@test "an editor that truncates the file and then writes, as VS Code does" {
	watcher -C site
	assert_saves node -e '
		const fs = require("fs");
		const file = fs.openSync("site/index.html", "r+");
		fs.ftruncateSync(file, 0);
		fs.writeSync(file, "two\n", 0);
		fs.fdatasyncSync(file);
		fs.closeSync(file);'
	assert_saves node -e '
		const fs = require("fs");
		fs.closeSync(fs.openSync("site/index.html", "w"));
		fs.writeFileSync("site/index.html", "two\n");'
}

@test "an editor that writes aside and swaps by two renames, as those of JetBrains do" {
	watcher -C site
	assert_saves python3 -c '
import os
os.chdir("site")
with open("index.html___jb_tmp___", "w") as file:
    file.write("two\n")
os.rename("index.html", "index.html___jb_old___")
os.rename("index.html___jb_tmp___", "index.html")
os.unlink("index.html___jb_old___")'
}

@test "git checkout of a thousand files" {
	repository 1000
	git -C site checkout -qb second
	files 800 two
	git -C site rm -q many/{801..900}.html
	echo two | tee site/many/new{1..100}.html >output
	git -C site add -A
	git -C site commit -qm two
	watcher -C site
	burst 1000 git -C site checkout -q first
	burst 1000 git -C site checkout -q second
	git -C site checkout -q first
	hear_paths 1000
	refute_told_twice
}

@test "git stash, and back" {
	repository 20
	watcher -C site
	burst 20 files 20 two
	burst 20 git -C site stash -q
	burst 20 git -C site stash pop -q
	git -C site stash -q
	hear_paths 20
	refute_told_twice
}

@test "git rebase" {
	repository 10
	git -C site checkout -qb second
	files 5 two
	git -C site commit -qam two
	git -C site checkout -q first
	echo three >site/many/10.html
	git -C site commit -qam three
	git -C site checkout -q second
	watcher -C site
	burst 1 git -C site rebase -q first
}

# All may happen within a second, which is all that rsync compares of a file's time: so by checksum.
@test "rsync, aside and in place" {
	files 300 one
	cp -r site/many many
	watcher -C site
	sed -i s/one/two/ many/*
	burst 300 rsync -ac many/ site/many/
	sed -i s/two/three/ many/*
	burst 300 rsync -ac --inplace many/ site/many/
	rm many/{1..100}.html
	burst 100 rsync -a --delete many/ site/many/
	rsync -a many/ site/many.new
	hear_paths 200
	refute_told_twice
}

@test "cp -r and tar of a new tree" {
	files 100 one
	mkdir -p tree/a/b/c
	cp -r site/many tree/a/b/c/
	cp -r site/many tree/
	watcher -C site
	burst 200 cp -r tree site/copied
	cp -r tree site/again
	hear_paths 200
	refute_told_twice
	burst 200 sh -c 'mkdir site/unpacked && tar -c tree | tar -x -C site/unpacked'
	burst 200 rm -r site/unpacked
}

@test "a watched folder is moved in, out and within" {
	files 100 one
	watcher -C site
	burst 200 mv site/many site/blog/more
	burst 100 mv site/blog/more aside
	burst 100 mv aside site/many
	mv site/many site/moved
	hear_paths 200
	refute_told_twice
	echo two >site/moved/1.html
	assert_told "BATCH page moved/1.html"
}

@test "the root is deleted and made anew, and moved away and back" {
	files 100 one
	watcher -C site
	cp -r site saved
	burst 1 sh -c 'rm -r site && cp -r saved site && echo two >site/index.html'
	at_once 103 rm -r site
	burst 103 cp -r saved site
	burst 1 sh -c 'mv site away && cp -r saved site && echo two >site/index.html'
	echo two >away/index.html
	echo two >site/blog/post.html
	assert_told "BATCH page blog/post.html"
}

#!/usr/bin/env bats
# What `make install` leaves behind.

# shellcheck disable=SC2154 # $stderr is set by capture

load helper

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	# Of the program that is tested.
	make -s install BUILD="$(dirname "$EDDY")" -o all DESTDIR="$BATS_FILE_TMPDIR/root" PREFIX=/usr >/dev/null
}

setup() {
	destination=$BATS_FILE_TMPDIR/root
	export PATH=$destination/usr/bin:$PATH
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "the program, the manual page and the completions are installed, and nothing else" {
	assert_equal "$(cd "$destination" && find . -type f | sort)" "./usr/bin/eddy
./usr/share/bash-completion/completions/eddy
./usr/share/man/man1/eddy.1"
	run eddy --version
	assert_line --index 0 "eddy 0.1"
}

@test "the manual page has no fault, and every command and option of the help" {
	page=$destination/usr/share/man/man1/eddy.1
	capture groff -man -ww -Tascii "$page"
	assert_equal "$stderr" ""
	text=$(MANWIDTH=200 man -l "$page")
	for command in serve render url hash check reload status help; do
		for option in $(eddy help "$command" | grep -oE -- '--(\[no-\])?[a-z-]+'); do
			assert_regex "$text" "(^|[[:space:]])${option//[/\\[}([[:space:]=[]|$)"
		done
		assert_regex "$text" "eddy \[?$command"
	done
}

@test "bash finds the completions by the name of the program, and completes what then runs" {
	mkdir -p site/static
	echo x >site/static/style.css
	keys="source \"$destination/usr/share/bash-completion/completions/eddy\"\\ncd site\\neddy u\\tstatic/st\\t\\nexit\\n"
	# shellcheck disable=SC2059 # escapes are meant
	run env TERM=dumb script -qec 'bash --norc --noprofile' /dev/null < <(printf "$keys")
	assert_line --regexp '^/static/style\.css\?v=[0-9a-f]{16}'
}

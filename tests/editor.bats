#!/usr/bin/env bats
# --editor: the address that opens the place of a fault.

load helper

setup() {
	site="$BATS_TEST_TMPDIR/a site & more"
	mkdir -p "$site/templates"
	path="${BATS_TEST_TMPDIR//[^A-Za-z0-9_.~\/-]/*}/a%20site%20%26%20more/templates"
	echo '<p>{{ missing }}</p>' >"$site/templates/index.html"
}

teardown() {
	stop_eddy
}

# place_of EDITOR - what it makes of the fault of the start page
place_of() {
	start_eddy --editor "$1" "$site"
	curl -s -H 'Accept: application/json' "$URL/" | jq -r .error.href
	stop_eddy
}

# refuse EDITOR WHY
refuse() {
	run -2 "$EDDY" serve --editor "$1" "$site"
	assert_line --partial "$2"
}

@test "an editor is known by its name, or told by a template of its address" {
	run place_of vscode
	assert_output "vscode://file$path/index.html:1:7"
	run place_of idea
	assert_output "idea://open?file=$path/index.html&line=1&column=7"
	run place_of 'subl://open?url=file://{path}&line={line}'
	assert_output "subl://open?url=file://$path/index.html&line=1"
	run place_of 'my-editor:{path}#{line}.{col}{other}'
	assert_output "my-editor:$path/index.html#1.7{other}"
}

@test "without an editor a place has no address" {
	start_eddy "$site"
	run jq -c '.error | has("href")' <(curl -s -H 'Accept: application/json' "$URL/")
	assert_output false
}

@test "each step to a fault has its address too" {
	echo '{% include "part.html" %}' >"$site/templates/index.html"
	echo '{{ missing }}' >"$site/templates/part.html"
	start_eddy --editor vscode "$site"
	run jq -r '.error | .href, .frames[].href' <(curl -s -H 'Accept: application/json' "$URL/")
	assert_output "vscode://file$path/part.html:1:4
vscode://file$path/index.html:1:1"
}

@test "an address that a page would run is refused, and so is what names no editor" {
	refuse 'javascript:alert("{path}")' "opens no editor"
	refuse 'JavaScript:{path}' "opens no editor"
	refuse 'data:text/html,{path}' "opens no editor"
	refuse $'java\tscript:{path}' "is no editor that is known"
	refuse notepad "is no editor that is known"
	refuse '//host/{path}' "is no editor that is known"
	refuse vscode://file/ "has no {path} in it"
}

@test "an eddy.conf that was found can't choose the editor" {
	echo 'editor = vscode' >"$site/eddy.conf"
	run -4 "$EDDY" serve --port 0 "$site"
	assert_line --partial "'editor' can't be set in an eddy.conf that was found"
}

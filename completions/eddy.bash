# Completion of eddy's command line in bash: source this file. The words come
# from eddy itself, so they are those of the eddy that is called.

_eddy() {
	local word=${COMP_WORDS[COMP_CWORD]} kind words=
	[ "$word" != = ] || word=
	{
		read -r kind
		IFS= read -r -d '' words
	} < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)

	mapfile -t COMPREPLY < <(
		compgen -W "$words" -- "$word"
		case $kind in
		files) compgen -f -- "${word##*=}" ;;
		directories) compgen -d -- "$word" ;;
		programs) compgen -c -f -- "$word" | sort -u ;;
		esac
	)
	[ "$kind" = words ] || compopt -o filenames 2>/dev/null
}

complete -F _eddy eddy

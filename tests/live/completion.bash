# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# For the tests of completion. Keys are typed into real shells on a pseudoterminal, which then run a
# command of the test that writes down its arguments: what it got is what was completed.

framework=/usr/share/bash-completion/bash_completion

# What the shells run in, if anything.
within=

# The line of a command in bin/ that does so, for script.
note_arguments="printf '%s\\n' \"\$@\" >arguments"

# type_into LINE SHELL...: types LINE, in the escapes of printf %b, and sets got to the command's
# arguments. A test file has prepare_commands, which makes bin/COMMAND.
type_into() {
	local line=$1

	shift
	type -P script >/dev/null || skip 'script is not installed'
	prepare_commands
	rm -f arguments
	printf "%b\nexit\n" "$line" | TERM=dumb timeout 30 env script -qec "$within $*" /dev/null >terminal 2>&1
	got=$(paste -sd ' ' arguments) || { cat terminal; return 1; }
}

# bash_completes LINE ARGUMENTS: \t is the tab key, \e* inserts all completions.
bash_completes() {
	local file

	[ -r "$framework" ] || skip 'bash-completion is not installed'
	mkdir -p completions
	for file in "$abs_top_srcdir"/scripts/completion/*.bash; do
		cp "$file" "completions/$(basename "$file" .bash)"
	done
	printf '%s\n' "PATH=$PWD/bin:\$PATH PS1= HISTFILE= BASH_COMPLETION_USER_DIR=$PWD" ". $framework" \
		"bind 'set enable-bracketed-paste off'" >rc
	type_into "$1" bash --noprofile --rcfile rc -i
	[ "$got" = "$2" ] || { echo "bash: $1: $got"; return 1; }
}

# zsh_completes LINE ARGUMENTS
zsh_completes() {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	mkdir -p zdot
	printf '%s\n' "path=($PWD/bin \$path) PS1= PS2= HISTFILE=" \
		"fpath=($abs_top_srcdir/scripts/completion \$fpath)" \
		'autoload -Uz compinit && compinit -u -d zdot/dump' 'unset zle_bracketed_paste' \
		>zdot/.zshrc
	type_into "$1" env ZDOTDIR="$PWD/zdot" zsh -d -i
	[ "$got" = "$2" ] || { echo "zsh: $1: $got"; cat terminal; return 1; }
}

# zsh_takes COMMAND: compinit takes the file as COMMAND's completion.
zsh_takes() {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	zsh -n "$abs_top_srcdir/scripts/completion/_$1"
	# shellcheck disable=SC2016 # for zsh to expand
	run_apart zsh -fc 'fpath=($1 $fpath); autoload -Uz compinit && compinit -u -d "$2" && print $_comps[$3]' \
		- "$abs_top_srcdir/scripts/completion" "$PWD/dump" "$1"
	gives "_$1"
}

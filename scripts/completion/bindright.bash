# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Completes bindright(1) in bash, with the functions of bash-completion, which loads this file.

_bindright_options='-s -c --v6only= --reply= --log= --kernel -q --quiet --print -h --help --version --'

# _bindright_services PROGRAM: the services with a settings file, in the directory that --help names.
_bindright_services()
{
	local directory file

	directory=$("$1" --help 2>/dev/null | sed -n 's|^.* \(/.*\)/SERVICE\.conf$|\1|p')
	for file in "$directory"/*.conf; do
		[[ ! -f $file ]] || printf '%s\n' "$(basename "$file" .conf)"
	done
}

# _bindright_find_command: sets command to the index in words of the command that bindright runs, or
# of the word to complete if that may be its name; to 0 if that is an option or an option's argument.
_bindright_find_command()
{
	for ((command = 1; command < cword; command++)); do
		case ${words[command]} in
		--)
			((command++))
			return
			;;
		-s | -c) ((command++)) ;;
		-*) ;;
		*) return ;;
		esac
	done
	[[ $command -eq $cword && $cur != -* ]] || command=0
}

# _bindright_complete ARGUMENT...: what compgen prints, for readline.
_bindright_complete()
{
	mapfile -t COMPREPLY < <(compgen "$@")
}

# _bindright_rules KEYWORD...: completes the keyword at the start of the list, or of its last rule.
# readline replaces only what comes after the last = of the line.
_bindright_rules()
{
	[[ $cur == *,* && $cur != *,*=* ]] || _bindright_complete -W "$*" -- "${cur##*=}"
}

_bindright_log()
{
	compopt -o nospace
	case $cur in
	*:/*)
		_bindright_complete -f -- "${cur#*:}"
		compopt -o filenames
		;;
	*:*) _bindright_complete -W 'stderr syslog /' -- "${cur#*:}" ;;
	*) _bindright_complete -W 'off error warn info debug' -- "$cur" ;;
	esac
}

_bindright()
{
	local cur prev words cword option command raw=0 joined i

	_get_comp_words_by_ref -n =: cur prev words cword
	_bindright_find_command
	if ((command > 0)); then
		# Count in COMP_WORDS, where = and : are words of their own.
		for ((i = 0; i < command; i++)); do
			joined=
			while [[ $joined != "${words[i]}" && $raw -lt ${#COMP_WORDS[@]} ]]; do
				joined+=${COMP_WORDS[raw++]}
			done
		done
		_command_offset "$raw"
		return
	fi
	option=${cur%%=*}
	case $prev in
	-s)
		_bindright_complete -W "$(_bindright_services "$1")" -- "$cur"
		return
		;;
	-c)
		_filedir
		return
		;;
	esac
	case $cur in
	--*=*)
		cur=${cur#*=}
		case $option in
		--v6only) _bindright_rules force default auto dual off ;;
		--reply) _bindright_rules on interface off ;;
		--log) _bindright_log ;;
		esac
		;;
	*)
		_bindright_complete -W "$_bindright_options" -- "$cur"
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
		;;
	esac
}
complete -F _bindright bindright

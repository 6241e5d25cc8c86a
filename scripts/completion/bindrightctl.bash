# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Completes bindrightctl(8) in bash, with the functions of bash-completion, which loads this file.

_bindrightctl_subcommands='audit check enable status disable attach detach'
_bindrightctl_variables='BINDRIGHT BINDRIGHT_V6ONLY BINDRIGHT_REPLY BINDRIGHT_FOLLOW BINDRIGHT_ONLY
	BINDRIGHT_SKIP BINDRIGHT_CHILDREN BINDRIGHT_PEERS BINDRIGHT_EXPIRY BINDRIGHT_LOG'

# _bindrightctl_options [SUBCOMMAND]
_bindrightctl_options()
{
	case $1 in
	audit) echo --json -q --quiet -h --help -a --all --pid --watch --no-peek ;;
	check) echo --json -q --quiet -h --help --user ;;
	enable) echo --json -q --quiet -h --help --kernel --now --root --library ;;
	status) echo --json -q --quiet -h --help --prometheus ;;
	disable) echo --json -q --quiet -h --help --now --root ;;
	attach) echo --json -q --quiet -h --help --detach --move ;;
	detach) echo --json -q --quiet -h --help ;;
	'') echo -h --help --version ;;
	esac
}

# _bindrightctl_keywords VARIABLE: what its value begins with.
_bindrightctl_keywords()
{
	case $1 in
	BINDRIGHT | BINDRIGHT_FOLLOW | BINDRIGHT_CHILDREN) echo on off ;;
	BINDRIGHT_V6ONLY) echo force default auto dual off ;;
	BINDRIGHT_REPLY) echo on interface off ;;
	BINDRIGHT_LOG) echo off error warn info debug ;;
	esac
}

# _bindrightctl_complete ARGUMENT...: what compgen prints, for readline.
_bindrightctl_complete()
{
	mapfile -t COMPREPLY < <(compgen "$@")
}

# The services that systemd knows; without systemctl, those that have a file.
_bindrightctl_units()
{
	local directory file

	if command -v systemctl >/dev/null; then
		systemctl --root="$root" list-unit-files --type=service --full --no-legend --no-pager \
			2>/dev/null | cut -d ' ' -f 1
		return
	fi
	for directory in etc run usr/local/lib usr/lib lib; do
		for file in "$root/$directory"/systemd/system/*.service; do
			[[ ! -e $file ]] || printf '%s\n' "${file##*/}"
		done
	done
}

# The units with a drop-in file of enable.
_bindrightctl_enabled()
{
	local file

	for file in "$root"/etc/systemd/system/*.d/bindright.conf; do
		[[ -e $file ]] || continue
		file=${file%.d/*}
		printf '%s\n' "${file##*/}"
	done
}

# PROTO/PORT of the sockets on wildcard addresses, in this network namespace.
_bindrightctl_ports()
{
	local proto address state

	for proto in tcp udp; do
		while read -r _ address _ state _; do
			# A listener of TCP, or an unconnected socket of UDP.
			[[ ! $address =~ ^0+:[0-9A-F]+$ || $proto$state != @(tcp0A|udp07) ]] ||
				printf '%s/%d\n' "$proto" "$((16#${address##*:}))"
		done < <(cat "/proc/net/$proto" "/proc/net/${proto}6" 2>/dev/null)
	done
}

_bindrightctl_pids()
{
	_bindrightctl_complete -W "$(cd /proc && printf '%s\n' [0-9]*)" -- "$cur"
}

# _bindrightctl_setting: completes NAME=value; readline replaces only what comes after its last =.
_bindrightctl_setting()
{
	local variable=${cur%%=*} value=${cur#*=}

	if [[ $cur != *=* ]]; then
		_bindrightctl_complete -S = -W "$_bindrightctl_variables" -- "$cur"
		compopt -o nospace
	elif [[ $variable == BINDRIGHT_LOG && $value == *:/* ]]; then
		_bindrightctl_complete -f -- "${value#*:}"
		compopt -o filenames
	elif [[ $variable == BINDRIGHT_LOG && $value == *:* ]]; then
		_bindrightctl_complete -W 'stderr syslog /' -- "${value#*:}"
	elif [[ $value != *,* || $value == *,*=* ]]; then
		_bindrightctl_complete -W "$(_bindrightctl_keywords "$variable")" -- "${value##*=}"
	fi
}

# _bindrightctl_argument SUBCOMMAND COUNT: completes what comes after COUNT arguments.
_bindrightctl_argument()
{
	case $1$2 in
	audit0) _bindrightctl_complete -W "$(_bindrightctl_ports)" -- "$cur" ;;
	check*)
		if [[ $cur == [0-9]* ]]; then
			_bindrightctl_pids
		elif [[ $cur == */* ]]; then
			_filedir
		else
			_bindrightctl_complete -c -W "$(_bindrightctl_units)" -- "$cur"
		fi
		;;
	enable0) _bindrightctl_complete -W "$(_bindrightctl_units)" -- "$cur" ;;
	enable* | attach[1-9]*) _bindrightctl_setting ;;
	attach0 | detach0)
		if [[ $cur == [0-9]* ]]; then
			_bindrightctl_pids
		elif [[ $cur == */* ]]; then
			_filedir -d
		else
			_bindrightctl_complete -W "$(_bindrightctl_units)" -- "$cur"
		fi
		;;
	disable0) _bindrightctl_complete -W "$(_bindrightctl_enabled)" -- "$cur" ;;
	status*)
		if [[ $cur == [0-9]* ]]; then
			_bindrightctl_pids
		else
			_bindrightctl_complete -W "$(_bindrightctl_enabled)" -- "$cur"
		fi
		;;
	esac
}

# _bindrightctl_count: sets count to the number of arguments before the word to complete, and root to
# the value of --root.
_bindrightctl_count()
{
	local i

	for ((i = 2; i < cword; i++)); do
		case ${words[i]} in
		--root=*) root=${words[i]#*=} ;;
		--root)
			((++i))
			root=${words[i]}
			;;
		--pid | --watch | --user | --library) ((++i)) ;;
		-*) ;;
		*) ((++count)) ;;
		esac
	done
	# An option's value is no argument.
	root=${root%/}
}

_bindrightctl()
{
	local cur prev words cword count=0 root=''

	_get_comp_words_by_ref -n =: cur prev words cword
	if ((cword == 1)); then
		if [[ $cur == -* ]]; then
			_bindrightctl_complete -W "$(_bindrightctl_options '')" -- "$cur"
		else
			_bindrightctl_complete -W "$_bindrightctl_subcommands" -- "$cur"
		fi
		return
	fi
	_bindrightctl_count
	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*}
		cur=${cur#*=}
	fi
	case $prev in
	--pid) _bindrightctl_pids ;;
	--user) _bindrightctl_complete -u -- "$cur" ;;
	--root) _filedir -d ;;
	--library) _filedir so ;;
	--watch) ;;
	*)
		if [[ $cur == -* ]]; then
			_bindrightctl_complete -W "$(_bindrightctl_options "${words[1]}")" -- "$cur"
		else
			_bindrightctl_argument "${words[1]}" "$count"
		fi
		;;
	esac
}
complete -F _bindrightctl bindrightctl

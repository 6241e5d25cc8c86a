#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the wrapper passes to the command: arguments, environment, descriptors, exit status; and its
# messages about a command that cannot be executed.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "the command runs with the library in LD_PRELOAD" {
	bindright printenv LD_PRELOAD
	gives "$library"
}

@test "the library is really loaded" {
	bindright sh -c 'grep -o "[^/]*libbindright.so" /proc/self/maps | sort -u'
	gives libbindright.so
}

@test "arguments arrive as they are" {
	local words=("" " a  b " '*' $'two\nlines' "it's" '$HOME' '\n' --help -s --)

	printf '[%s]' "${words[@]}" >expected
	"$wrapper" printf '[%s]' "${words[@]}" >got
	cmp expected got
}

@test "argv[0] is what was typed" {
	"$wrapper" cat /proc/self/cmdline | tr '\0' ' ' >got
	[ "$(cat got)" = "cat /proc/self/cmdline " ]
	ln -s "$(command -v cat)" ./reader
	"$wrapper" ./reader /proc/self/cmdline | tr '\0' ' ' >got
	[ "$(cat got)" = "./reader /proc/self/cmdline " ]
}

@test "the command has the wrapper's process ID" {
	run sh -c "echo \$\$; exec '$wrapper' sh -c 'echo \$\$'"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "${lines[1]}" ]
}

@test "the exit status is the command's" {
	local number

	for number in 0 1 3 125 126 255; do
		bindright sh -c "exit $number"
		[ "$status" -eq "$number" ]
		[ "$stderr" = "" ]
	done
	bindright sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
}

@test "standard input reaches the command whole" {
	seq 1000 >numbers
	echo 'BINDRIGHT_LOG=off' >conf
	"$wrapper" -c conf cat <numbers >got
	cmp numbers got
}

@test "the command inherits no descriptor of the wrapper" {
	echo 'BINDRIGHT_LOG=off' >conf
	env ls /proc/self/fd 3>&- >bare
	"$wrapper" -c conf ls /proc/self/fd 3>&- >with
	cmp bare with
}

@test "the environment is otherwise what it was" {
	need_no_counters
	local name
	local clean=(env -i PATH="$PATH" PWD="$PWD")

	echo 'BINDRIGHT_LOG=off' >conf
	# Names that a script might use itself.
	for name in name names value line file status version library settings service log reply \
		v6only number hint where path dir rest i s c x tab newline usage IFS_x; do
		clean+=("$name=the caller's \"$name\"")
	done
	# Some shells increment SHLVL.
	"${clean[@]}" env | sort >bare
	"${clean[@]}" "$wrapper" -c conf --v6only=off env | grep -vE '^(SHLVL|_|OLDPWD)=' | sort >with
	printf '%s\n' BINDRIGHT_LOG=off BINDRIGHT_V6ONLY=off "LD_PRELOAD=$library" |
		sort - bare | diff - with
}

@test "an existing preload stays, after the library" {
	LD_PRELOAD=libc.so.6 bindright printenv LD_PRELOAD
	gives "$library:libc.so.6"
	LD_PRELOAD='libc.so.6 libm.so.6' bindright printenv LD_PRELOAD
	gives "$library:libc.so.6 libm.so.6"
	LD_PRELOAD='' bindright printenv LD_PRELOAD
	gives "$library"
}

@test "the library is in the list once, even if wrappers call wrappers" {
	bindright "$wrapper" "$wrapper" printenv LD_PRELOAD
	gives "$library"
	LD_PRELOAD=libc.so.6 bindright "$wrapper" printenv LD_PRELOAD
	gives "$library:libc.so.6"
}

@test "it works from any directory, through a symbolic link, and with every installed shell" {
	local shell

	ln -s "$wrapper" ./link
	(cd / && "$BATS_TEST_TMPDIR/link" true)
	for shell in dash 'bash --posix' bash 'busybox sh' mksh ksh; do
		command -v "${shell%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # A shell and its option.
		run $shell "$wrapper" --v6only=off sh -c 'echo "$BINDRIGHT_V6ONLY $LD_PRELOAD"'
		[ "$output" = "off $library" ] || { echo "$shell: $output"; return 1; }
		# shellcheck disable=SC2086
		run $shell "$wrapper" --v6only=forec true
		[ "$status" -eq 125 ]
	done
}

@test "it does not fork, and executes only its own program" {
	command -v strace >/dev/null || skip 'strace is not installed'
	strace -ff -o trace -e trace=execve "$wrapper" --v6only=off true
	[ "$(printf '%s\n' trace.* | wc -l)" -eq 1 ]
	[ "$(grep -c 'execve(.*= 0$' trace.*)" -eq 3 ]
}

@test "a command that does not exist: 127" {
	bindright no-such-command-here
	refused 127 "*no-such-command-here*not found"
	bindright ./nothing
	refused 127 "*./nothing*not found"
	bindright ''
	refused 127 "*not found"
	bindright BINDRIGHT_V6ONLY=off true
	refused 127 "*not found"
	# A shell builtin is not a command.
	bindright export
	refused 127 "*export*not found"
}

@test "a command that cannot be executed: 126" {
	: >plain
	bindright ./plain
	refused 126 "*./plain*permission denied*"
	bindright /
	refused 126 "*'/' is a directory*"
	mkdir -p bin/tool
	PATH=$PWD/bin:$PATH bindright tool
	refused 126 "*bin/tool' is a directory*"
	PATH=$PWD:$PATH bindright plain
	refused 126 "*plain*permission denied*"
}

@test "PATH is searched as execvp does" {
	mkdir -p one/tool two
	script two/tool 'echo two'
	script ./tool 'echo here'
	PATH=$PWD/one:$PWD/two:$PATH bindright tool
	gives two
	PATH=$PWD/none::$PATH bindright tool
	gives here
	PATH=$PATH: bindright tool
	gives here
	bindright tool
	refused 127 "*tool*not found"
	# The first that was found and could not be executed is named.
	PATH=$PWD/one:$PATH bindright tool
	refused 126 "'$PWD/one/tool' is a directory, not a command"
}

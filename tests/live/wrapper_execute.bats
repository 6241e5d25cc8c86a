#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the wrapper executes, and its message if the kernel refuses: one line, and the exit status of
# a shell.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "a command whose name begins with a dash" {
	script ./-x 'echo "mine $*"'
	PATH=$PWD:$PATH bindright -- -x -y
	gives "mine -y"
	# An empty entry of PATH is the current directory.
	printf 'echo "also mine $*"\n' >-z
	chmod +x -- -z
	PATH=:$PATH bindright -- -z -s
	gives "also mine -s"
}

@test "sh runs a script without an interpreter line" {
	printf '%s\n' 'echo "$0 $#:$1"' >plain
	chmod +x plain
	bindright ./plain 'a b' c
	gives './plain 2:a b'
	: >empty
	chmod +x empty
	bindright ./empty
	gives ''
}

@test "it works if no process can be forked" {
	need_another_user
	# A wrapper that forks would fail here.
	run "${as_other_user[@]}" prlimit --nproc=0 sh -c 'x=$(/bin/echo yes) && echo "$x"'
	[ "$status" -ne 0 ]
	run_apart "${as_other_user[@]}" prlimit --nproc=0 \
		"$wrapper" --v6only=off printenv BINDRIGHT_V6ONLY
	gives off
	run_apart "${as_other_user[@]}" prlimit --nproc=0 \
		"$wrapper" --v6only=x printenv BINDRIGHT_V6ONLY
	refused 125 "--v6only: *'x'*"
}

@test "an interpreter that is missing or not executable: 126, and its name" {
	printf '#!/no/such/interpreter -x\n' >script
	printf '#!%s/script\n' "$PWD" >outer
	printf '#!/bin/sh\r\n' >dos
	: >plain
	printf '#! %s/plain\n' "$PWD" >onto-plain
	chmod +x script outer dos onto-plain
	bindright ./script
	refused 126 "'./script' cannot be executed: its interpreter '/no/such/interpreter': No such file*"
	bindright ./outer
	refused 126 "'./outer' cannot be executed: its interpreter '/no/such/interpreter': No such file*"
	bindright ./dos
	refused 126 "'./dos' cannot be executed: its interpreter '/bin/sh?': No such file* (is it a DOS line ending[?])"
	bindright ./onto-plain
	refused 126 "'./onto-plain' cannot be executed: its interpreter '$PWD/plain': Permission denied"
}

@test "a program whose loader is missing: 126, and its name" {
	local loader

	command -v readelf >/dev/null || skip 'readelf is not installed'
	loader=$(readelf -l "$(type -P true)" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
	[ -n "$loader" ] || skip 'true has no loader'
	sed "s|$loader|/no/${loader#/??}|" "$(type -P true)" >alien
	chmod +x alien
	BINDRIGHT_LOG=off bindright ./alien
	refused 126 "'./alien' cannot be executed: its interpreter '/no/*': No such file or directory"
}

@test "neither a program nor a script: 126" {
	printf '\177ELF\0\0\0' >broken
	printf 'a\0b\n' >binary
	chmod +x broken binary
	bindright ./broken
	refused 126 "'./broken' cannot be executed: Exec format error"
	bindright ./binary
	refused 126 "'./binary' cannot be executed: Exec format error"
	mkfifo fifo
	chmod +x fifo
	bindright ./fifo
	refused 126 "'./fifo' is not executable: permission denied"
}

@test "a program that is being written: 126" {
	cp "$(type -P true)" busy
	exec 7>>busy
	bindright ./busy
	exec 7>&-
	refused 126 "'./busy' cannot be executed: Text file busy"
}

@test "too many arguments together with the settings: 126" {
	local count

	printf 'BINDRIGHT_ONLY=true%s\nBINDRIGHT_SKIP=%s\n' "$(printf ',x%.0s' {1..400})" \
		"$(printf 'x%.0s' {1..1000})" >conf
	for ((count = 120000; count < 131072; count += 400)); do
		run_apart env -i PATH="$PATH" bash -c '
			ulimit -s 512
			printf -v long "%*s" "$1" ""
			exec "${@:2}" "$long"' - "$count" "$wrapper" -c conf true
		[ "$status" -eq 0 ] || break
	done
	refused 126 "'*/true' cannot be executed: Argument list too long"
}

@test "paths that lead nowhere" {
	ln -s loop loop
	: >file
	bindright ./loop
	refused 126 "'./loop' cannot be executed: Too many levels of symbolic links"
	bindright ./file/x
	refused 127 "'./file/x': command not found"
	bindright "./$(printf 'x%.0s' {1..300})"
	refused 126 "'./xxx*xxx' cannot be executed: File name too long"
	bindright "/$(printf './%.0s' {1..2500})bin/true"
	refused 126 "*File name too long"
	bindright "$(printf 'x%.0s' {1..5000})"
	refused 127 "'xxx*xxx': command not found"
}

@test "a directory that may not be searched" {
	need_another_user
	mkdir -m 700 closed
	cp "$(type -P true)" closed/command
	run_apart "${as_other_user[@]}" "$wrapper" closed/command
	refused 126 "'closed/command' is not executable: permission denied"
}

@test "without a PATH the system's own directories are searched" {
	# Shells have a default PATH, but export it only if it was set.
	run_apart env -u PATH "$program" "$library" /etc "$bindrightctl" true
	gives ''
	run_apart env PATH='' "$wrapper" true
	refused 127 "'true': command not found"
}

@test "a message is one line, whatever it quotes" {
	bindright $'no\nsuch\e[31mcommand'
	refused 127 "'no?such?\[31mcommand': command not found"
	bindright $'--v6only\n'
	refused 125 "unknown option '--v6only?'; *"
	bindright -c $'a\nb' true
	refused 125 "-c: the settings file 'a?b' does not exist"
}

@test "standard error has no reader, or is full: the status is the same" {
	need_no_counters
	[ -e /dev/full ] || skip 'there is no /dev/full'
	run sh -c '"$1" --v6only=x true 2>/dev/full' - "$wrapper"
	[ "$status" -eq 125 ]
	run sh -c '"$1" --v6only=x true 2>&-' - "$wrapper"
	[ "$status" -eq 125 ]
	run bash -c '"$1" --v6only=x true 2> >(exec true); exit $?' - "$wrapper"
	[ "$status" -eq 125 ]
	run sh -c 'ulimit -f 0; "$1" --v6only=x true 2>file' - "$wrapper"
	[ "$status" -eq 125 ]
	run_apart sh -c '"$1" --help >/dev/full' - "$wrapper"
	refused 125 "option '--help': cannot write to standard output: No space left on device"
	run_apart sh -c '"$1" --version >&-' - "$wrapper"
	refused 125 "option '--version': cannot write to standard output: Bad file descriptor"
}

@test "the command does not inherit an ignored SIGPIPE from a message of the wrapper" {
	BINDRIGHT_LOG=warn:syslog "$wrapper" grep -E '^Sig(Ign|Blk)' /proc/self/status >with 2>/dev/null
	grep -E '^Sig(Ign|Blk)' /proc/self/status >bare
	cmp bare with
}

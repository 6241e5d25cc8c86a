#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindright --print: prints what would be run and how, and runs nothing. Where the command cannot be
# run, its message and status are those of running it.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

# prints LINE...: these lines are in the output, the status is 0, and nothing else is printed.
prints() {
	local line

	if [ "$status" -ne 0 ] || [ "$stderr" != "" ]; then
		show_run
	fi
	for line; do
		grep -qxF -- "$line" <<<"$output" || {
			echo "no line: $line"
			show_run
		}
	done
}

# fails_alike STATUS ARGUMENT...: the command fails so, with the same message, run and printed.
fails_alike() {
	local expected=$1 message

	shift
	bindright "$@"
	[ "$status" -eq "$expected" ] || show_run
	message=$stderr
	bindright --print "$@"
	if [ "$status" -ne "$expected" ] || [ "$output" != "" ] || [ "$stderr" != "$message" ]; then
		echo "run, it says: $message"
		show_run
	fi
}

@test "the defaults: a line each, and nothing is run" {
	bindright --print touch ran
	[ ! -e ran ]
	prints
	diff - <(echo "$output") <<-END
		BINDRIGHT_LOG: warn (default)
		BINDRIGHT: on (default)
		BINDRIGHT_V6ONLY: force (default)
		BINDRIGHT_REPLY: on (default)
		BINDRIGHT_FOLLOW: on (default)
		BINDRIGHT_ONLY: not set (default)
		BINDRIGHT_SKIP: not set (default)
		BINDRIGHT_CHILDREN: on (default)
		BINDRIGHT_PEERS: 16384 (default)
		BINDRIGHT_EXPIRY: 300 (default)
		LD_PRELOAD: $library
		command: $(type -P touch)
		acts: yes
	END
}

@test "where each setting comes from" {
	make_wrapper
	printf '%s\n' '# a service' BINDRIGHT_PEERS=100 BINDRIGHT_FOLLOW=off >etc/bindright/nsd.conf
	printf '%s\n' '' '' BINDRIGHT_PEERS=200 >conf
	BINDRIGHT_EXPIRY=60 BINDRIGHT_REPLY=off bindright -s nsd -c conf --v6only=auto --reply=interface \
		--log=info:syslog -q --print sleep 1
	prints 'BINDRIGHT_LOG: info:syslog (--log)' 'BINDRIGHT_V6ONLY: auto (--v6only)' \
		'BINDRIGHT_REPLY: interface (--reply)' 'BINDRIGHT_PEERS: 200 (conf:3)' \
		"BINDRIGHT_FOLLOW: off ($PWD/etc/bindright/nsd.conf:3)" \
		'BINDRIGHT_EXPIRY: 60 (environment)' 'BINDRIGHT: on (default)'
	[ "$(wc -l <<<"$output")" -eq 13 ]
}

@test "each value stays on its line" {
	BINDRIGHT_LOG=$'warn:/tmp/a\nb\x7f' bindright --print true
	prints 'BINDRIGHT_LOG: warn:/tmp/a?b? (environment)'
	[ "$(wc -l <<<"$output")" -eq 13 ]
}

@test "the command's full path" {
	script ./tool 'touch ran'
	bindright --print ./tool
	prints "command: $PWD/tool"
	PATH=.:$PATH bindright --print tool
	prints "command: $PWD/tool"
	bindright --print -- "$PWD/tool" --print
	prints "command: $PWD/tool" 'acts: yes'
	[ ! -e ran ]
}

@test "whether the library acts" {
	local go=$abs_top_builddir/tests/servers/like_go

	bindright --print "$go"
	prints "command: $go" \
		"acts: no: '$go': written in Go, which makes its system calls itself"
	# -q silences the log, not the answer.
	printf '#!%s\n' "$go" >script
	chmod +x script
	bindright -q --print ./script
	prints "command: $PWD/script" \
		"acts: no: '$go': written in Go, which makes its system calls itself"
	BINDRIGHT_SKIP="sleep" bindright --print sleep 1
	prints "acts: no: 'sleep': BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP leaves it out"
	# The kernel gives a script's process the interpreter's name, and sh runs a file without one.
	echo : >text
	chmod +x text
	BINDRIGHT_ONLY=text bindright --print ./text
	prints "acts: no: 'sh': BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP leaves it out"
	BINDRIGHT_ONLY="sh" bindright --print ./text
	prints 'acts: yes'
}

@test "a program that cannot be read: unknown" {
	need_another_user
	cp "$(type -P true)" closed
	chmod 0111 closed
	run_apart "${as_other_user[@]}" "$wrapper" --print ./closed
	prints "acts: unknown: './closed': it cannot be read: Permission denied"
}

@test "a program for which the library is left out" {
	local why="built for another machine than the library"

	# The header is enough: e_machine, with a number that no machine has.
	cp "$(type -P true)" other
	printf '\376\376' | dd of=other bs=1 seek=18 conv=notrunc status=none
	bindright --print ./other
	prints "LD_PRELOAD: not set (the library is left out: $why)" "acts: no: './other': $why"
	LD_PRELOAD=libm.so.6 bindright --print ./other
	prints "LD_PRELOAD: libm.so.6 (the library is left out: $why)"
	LD_PRELOAD=libm.so.6 bindright --print true
	prints "LD_PRELOAD: $library:libm.so.6"
}

@test "wrong options and settings: as if run" {
	fails_alike 125
	fails_alike 125 --
	fails_alike 125 --v6only=off
	fails_alike 125 --unknown true
	fails_alike 125 --v6only=x --reply=y true
	fails_alike 125 -c nothing true
	fails_alike 125 -c . true
	echo BINDRIGHT_PEERS=1 >conf
	fails_alike 125 -c conf true
	fails_alike 125 -s '' true
	fails_alike 125 -s a/b true
	fails_alike 125 -s no-such-service true
	fails_alike 125 --log="warn:$PWD/no/log" true
	BINDRIGHT_X=1 fails_alike 125 true
	bindright --print=x true
	refused 125 "option '--print' takes no value*"
	library=$PWD/nothing.so make_wrapper
	fails_alike 125 true
}

@test "a command that cannot be run: as if run" {
	local number

	fails_alike 127 no-such-command
	fails_alike 127 ./nothing
	fails_alike 127 ''
	fails_alike 126 /
	: >plain
	fails_alike 126 ./plain
	printf '#!/no/interpreter\n' >script
	printf '#!/bin/sh\r\n' >dos
	printf '\0\1\2' >junk
	printf '\177ELF' >short
	printf '#!%s/junk\n' "$PWD" >over_junk
	echo : >text
	printf '#!%s/text\n' "$PWD" >over_text
	chmod +x script dos junk short over_junk text over_text
	for number in script dos junk short over_junk over_text; do
		fails_alike 126 "./$number"
	done
	bindright --print ./text
	prints 'acts: yes'
	bindright ./text
	gives ''
}

@test "scripts of scripts: as many as the kernel follows" {
	local number

	printf '#!%s\n' "$(type -P true)" >s1
	for number in 2 3 4 5 6 7; do
		printf '#!%s/s%s\n' "$PWD" "$((number - 1))" >"s$number"
	done
	chmod +x s?
	for number in 1 2 3 4 5; do
		bindright "./s$number"
		gives ''
		bindright --print "./s$number"
		prints 'acts: yes'
	done
	fails_alike 126 ./s6
	fails_alike 126 ./s7
}

@test "output that cannot be written: 125" {
	[ -c /dev/full ] || skip 'there is no /dev/full'
	run_apart sh -c '"$1" --print true >/dev/full' - "$wrapper"
	refused 125 "option '--print': cannot write to standard output: No space left on device"
	run_apart sh -c '"$1" --print true >&-' - "$wrapper"
	refused 125 "option '--print': cannot write to standard output: *"
}

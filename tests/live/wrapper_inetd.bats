#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Under inetd, descriptors 0 to 2 are a remote client's connection. The wrapper's messages are not
# for the client: they go to syslog, as the same lines that a user would see.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper
load own_dev

# client_gets TEXT STATUS ARGUMENT...: the client gets TEXT from the wrapper, which ends with
# STATUS.
client_gets() {
	local text=$1 ends=$2

	shift 2
	run_apart with_own_dev "$servers/as_inetd" "$wrapper" "$@"
	if [ "$status" -ne "$ends" ] || [ "$output" != "$text" ] || [ "$stderr" != "" ]; then
		show_run
	fi
}

@test "the connection works, and messages go to an AF_UNIX stream" {
	run_apart "$servers/as_inetd" "$wrapper" sh -c 'echo one; echo two >&2'
	gives $'one\ntwo'
	run_apart "$servers/as_inetd" -u "$wrapper" --v6only=x true
	[ "$status" -eq 125 ]
	[[ $output == "bindright: --v6only: BINDRIGHT_V6ONLY: unknown keyword 'x'"* ]]
	[ "$stderr" = "" ]
}

@test "each refusal goes to syslog, and the client gets nothing" {
	need_own_dev
	hear_log
	printf 'BINDRIGHT_V6ONLY=a\nBINDRIGHT_PEERS=b\n' >conf
	client_gets '' 125 --v6only=x /bin/true
	client_gets '' 125 -c conf /bin/true
	client_gets '' 125 -c nothing /bin/true
	client_gets '' 125 --unknown
	client_gets '' 125
	client_gets '' 125 --help
	client_gets '' 125 --version
	client_gets '' 125 --print /bin/true
	client_gets '' 125 --log="warn:$PWD/no/log" /bin/true
	client_gets '' 127 no-such-command
	client_gets '' 126 /
	heard_lines 12
	sed -E 's/:.* (unknown keyword|invalid value)/: ... \1/; s/ \(allowed.*//' messages >got
	diff - got <<-END
		<27>bindright: ... unknown keyword 'x'
		<27>bindright: ... unknown keyword 'a'
		<27>bindright: ... invalid value 'b'
		<27>bindright: -c: the settings file 'nothing' does not exist
		<27>bindright: unknown option '--unknown'; try 'bindright --help'
		<27>bindright: no command given; try 'bindright --help'
		<27>bindright: option '--help' prints nothing: standard output is a network connection
		<27>bindright: option '--version' prints nothing: standard output is a network connection
		<27>bindright: option '--print' prints nothing: standard output is a network connection
		<27>bindright: --log: BINDRIGHT_LOG: cannot write '$PWD/no/log': its directory: No such file or directory
		<27>bindright: 'no-such-command': command not found
		<27>bindright: '/' is a directory, not a command
	END
}

@test "syslog gets the same line as a user" {
	local line

	need_own_dev
	hear_log
	bindright --v6only=x true
	[ "$status" -eq 125 ]
	line=$stderr
	client_gets '' 125 --v6only=x true
	heard_lines 1
	[ "$(cat messages)" = "<27>$line" ]
}

@test "a warning in the log goes to syslog if the log is standard error" {
	need_own_dev
	hear_log
	client_gets '' 0 "$servers/like_go"
	heard_lines 1
	[[ $(cat messages) == "<28>bindright: like_go["*"]: warn: the library cannot act in '$servers/like_go': written in Go"* ]]
	client_gets '' 0 --log=error "$servers/like_go"
	client_gets '' 0 --log="warn:$PWD/file" "$servers/like_go"
	heard_lines 1
	grep -q 'warn: the library cannot act' file
	client_gets '' 0 --log=warn:syslog "$servers/like_go"
	heard_lines 2
}

@test "no syslog daemon: the client still gets nothing" {
	need_own_dev
	client_gets '' 125 --v6only=x /bin/true
	client_gets 'served' 0 --log=warn:syslog echo served
}

@test "the script without its program" {
	need_own_dev
	program=$PWD/nothing make_wrapper
	hear_log
	client_gets '' 125 true
	[ "$(cat heard)" = ready ] || grep -q 'the program of the wrapper is missing' heard
	command -v logger >/dev/null || skip 'logger is not installed'
	heard_lines 1
}

@test "the loader is silent: a program of another C library or word size" {
	need_own_dev
	hear_log
	printf '%s\n' 'int main(void) { return 0; }' >program.c
	musl-gcc program.c -o musl 2>/dev/null || rm -f musl
	${CC:-cc} -m32 program.c -o m32 2>/dev/null || rm -f m32
	[ -e musl ] || [ -e m32 ] || skip 'neither musl-gcc nor a 32-bit compiler is installed'
	for file in musl m32; do
		[ -e "$file" ] || continue
		client_gets '' 0 "./$file"
	done
	grep -q 'it is left out of LD_PRELOAD' heard
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindresvport(3), which binds inside libc: such a socket is a server's too.

load lab

# ask_reserved ARGUMENT...: asks at the port that the server prints.
ask_reserved() {
	port=$(sed -n 's/^port //p' server.out)
	[ -n "$port" ]
	ask_client "$@" "$port" "${V4[@]}"
}

reserved_is_cured() {
	bare start_server echo_reserved "$@"
	ask_reserved
	some_wrong

	with_library start_server echo_reserved "$@"
	ask_reserved -r 2
	every_line_is right
}

setup_file() {
	[ -x "$servers/echo_reserved" ] || skip_file "this libc has no bindresvport"
}

@test "bindresvport, recvfrom, sendto" {
	reserved_is_cured
	reserved_is_cured -n
	reserved_is_cured -s
}

# They share the peer table only if it existed before the fork, so bind must create it.
@test "bindresvport, received in a child, answered in the parent" {
	reserved_is_cured -f
}

@test "bindresvport: the rules apply" {
	local port

	export BINDRIGHT_REPLY=off
	with_library start_server echo_reserved
	ask_reserved
	some_wrong
	BINDRIGHT_REPLY=on,udp/512-1023=off with_library start_server echo_reserved
	ask_reserved
	some_wrong
}

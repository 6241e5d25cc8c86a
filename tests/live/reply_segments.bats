#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# UDP_GRO and UDP_SEGMENT: one receive of twenty datagrams, one send that becomes twenty. All twenty
# leave from the request destination, the program gets its own control messages, and those that it
# sends take effect.

load lab

# ask_segments ADDRESS...
ask_segments() {
	"${client_host[@]}" "$servers/ask_segments" "$PORT" "$@" >answers 2>ask.err ||
		fail "ask_segments: $(cat ask.err)"
	[ "$(wc -l <answers)" -eq $((20 * $#)) ]
}

# segments_are_cured V4|V6 ARGUMENT...
segments_are_cured() {
	local -n asked=$1

	shift
	bare start_server echo_segments "$@"
	ask_segments "${asked[@]}"
	some_wrong
	grep -q '^20000 1000' server.out || skip "the kernel does not coalesce datagrams (UDP_GRO)"
	cp server.out bare.out

	with_library start_server echo_segments "$@"
	ask_segments "${asked[@]}"
	every_line_is right
	same_text bare.out server.out
}

@test "segments as a socket option: recvmsg, sendmsg" {
	segments_are_cured V4 0.0.0.0 "$PORT"
	segments_are_cured V6 -6 :: "$PORT"
}

@test "segments as control data: recvmsg, sendmsg" {
	segments_are_cured V4 -c 0.0.0.0 "$PORT"
	segments_are_cured V6 -c -6 :: "$PORT"
}

@test "segments as a socket option: recvmmsg, sendmmsg" {
	segments_are_cured V4 -m 0.0.0.0 "$PORT"
	segments_are_cured V6 -m -6 :: "$PORT"
}

@test "segments as control data: recvmmsg, sendmmsg" {
	segments_are_cured V4 -m -c 0.0.0.0 "$PORT"
	segments_are_cured V6 -m -c -6 :: "$PORT"
}

@test "segments: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	segments_are_cured V4 -m -c -d :: "$PORT"
}

@test "segments of a program that enables PKTINFO itself" {
	segments_are_cured V4 -p 0.0.0.0 "$PORT"
	segments_are_cured V4 -p -m -c 0.0.0.0 "$PORT"
	segments_are_cured V6 -p -m -c -6 :: "$PORT"
	grep -qx '20000 1000 pktinfo' server.out
}

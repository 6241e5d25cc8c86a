#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A request sent to a broadcast or multicast address: such an address is nobody's source.
#
# There is no fault to see bare: the kernel's own choice of a source is right, and no sender could
# ask for more. So each test holds the run with the library against the bare one. The unicast
# replies in between show that the library was at work.

load lab

# answers_like_bare NAME ARGUMENT... -- ASK-ARGUMENT...
answers_like_bare() {
	local server=()

	while [ "$1" != -- ]; do
		server+=("$1")
		shift
	done
	shift
	bare start_server "${server[@]}"
	ask_client -b "$@"
	every_line_matches '^from '
	cp answers bare.answers
	with_library start_server "${server[@]}"
	ask_client -b "$@"
	same_text bare.answers answers
}

@test "the network's broadcast address" {
	answers_like_bare echo_recvfrom 0.0.0.0 "$PORT" -- "$PORT" 192.0.2.255
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
}

@test "the limited broadcast address" {
	client_ip route add 255.255.255.255 dev wire1
	answers_like_bare echo_recvfrom 0.0.0.0 "$PORT" -- "$PORT" 255.255.255.255
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
}

@test "broadcast by a peer that was known by a unicast request" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	some_wrong
	ask_client -b -p 4000 "$PORT" 192.0.2.255
	cp answers bare.answers

	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_is right
	ask_client -b -p 4000 "$PORT" 192.0.2.255
	same_text bare.answers answers
}

@test "an IPv6 multicast address" {
	answers_like_bare echo_recvfrom -6 :: "$PORT" -- "$PORT" ff02::1%wire1
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

@test "broadcast to a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	answers_like_bare echo_recvfrom -d :: "$PORT" -- "$PORT" 192.0.2.255
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
}

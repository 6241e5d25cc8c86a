#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server connects its wildcard socket to the peer and then reads and writes: its local address is
# the request destination, for all datagrams in both directions.

load lab

# connected_replies_are_cured V4|V6 ARGUMENT...: asks one address after the other, because a
# connected socket hears one peer only; each peer asks three times.
connected_replies_are_cured() {
	local -n asked=$1
	local address

	shift
	bare start_server echo_connect "$@"
	: >all
	for address in "${asked[@]}"; do
		ask_client "$PORT" "$address"
		cat answers >>all
	done
	mv all answers
	grep -q -e '^wrong ' -e '^silent' answers || fail "no fault to cure"

	with_library start_server echo_connect -n 3 "$@"
	: >all
	for address in "${asked[@]}" "${asked[@]}"; do
		ask_client -r 3 "$PORT" "$address"
		cat answers >>all
	done
	mv all answers
	every_line_is right
}

@test "connect after recvfrom: IPv4" {
	connected_replies_are_cured V4 0.0.0.0 "$PORT"
}

@test "connect after recvfrom: IPv6" {
	connected_replies_are_cured V6 -6 :: "$PORT"
}

@test "connect after recvfrom: IPv4 on a dual-stack socket" {
	BINDRIGHT_V6ONLY=off connected_replies_are_cured V4 -d :: "$PORT"
}

@test "connect after a peek: IPv4" {
	connected_replies_are_cured V4 -p 0.0.0.0 "$PORT"
}

@test "connect after a peek: IPv6" {
	connected_replies_are_cured V6 -p -6 :: "$PORT"
}

@test "connect to a link-local peer" {
	local address

	with_library start_server echo_connect -n 2 -6 :: "$PORT"
	: >all
	for address in "${LINK_LOCAL[@]}"; do
		ask_client -r 2 "$PORT" "$address%wire1"
		cat answers >>all
	done
	mv all answers
	every_line_is right
}

@test "connect: as bare with BINDRIGHT_REPLY=off" {
	local address

	BINDRIGHT_REPLY=off with_library start_server echo_connect 0.0.0.0 "$PORT"
	: >all
	for address in "${V4[@]}"; do
		ask_client "$PORT" "$address"
		cat answers >>all
	done
	mv all answers
	grep -q -e '^wrong ' -e '^silent' answers || fail "cured although it is off"
}

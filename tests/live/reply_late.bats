#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two hundred requests are in flight before the first is answered, and answered in another order:
# the answers need the peer table, not the last-peer cache.

load lab

late_replies_are_cured() {
	local -n asked=$1

	shift
	bare start_server "$@"
	ask_client -n 200 "$PORT" "${asked[@]}"
	some_wrong

	with_library start_server "$@"
	ask_client -n 200 -r 2 "$PORT" "${asked[@]}"
	every_line_is right
}

@test "200 clients in flight: IPv4" {
	late_replies_are_cured V4 echo_late -n 200 0.0.0.0 "$PORT"
}

@test "200 clients in flight: IPv6" {
	late_replies_are_cured V6 echo_late -n 200 -6 :: "$PORT"
}

@test "200 clients in flight: both families on one socket" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	late_replies_are_cured both echo_late -n 200 :: "$PORT"
}

@test "many clients in flight and a small memory: no reply is lost" {
	# The table holds sixteen of two hundred peers: most replies leave as the kernel chooses,
	# which is as bare, and none may fail.
	bare start_server echo_late -n 200 0.0.0.0 "$PORT"
	ask_client -n 200 "$PORT" "${V4[@]}"
	some_wrong

	BINDRIGHT_PEERS=16 with_library start_server echo_late -n 200 0.0.0.0 "$PORT"
	ask_client -n 200 "$PORT" "${V4[@]}"
	[ "$(wc -l <answers)" -eq 200 ]
	every_line_matches "^(right|wrong ${V4[0]})\$"
}

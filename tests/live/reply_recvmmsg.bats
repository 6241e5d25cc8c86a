#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# recvmmsg and sendmmsg: each reply of a batch leaves from its own request's destination.

load lab

@test "recvmmsg, sendmmsg: IPv4" {
	replies_are_cured V4 echo_recvmmsg 0.0.0.0 "$PORT"
}

@test "recvmmsg, sendmmsg: IPv6" {
	replies_are_cured V6 echo_recvmmsg -6 :: "$PORT"
}

@test "recvmmsg, sendmmsg: full batches of many clients" {
	bare start_server echo_recvmmsg 0.0.0.0 "$PORT"
	ask_client -n 100 "$PORT" "${V4[@]}"
	some_wrong

	with_library start_server echo_recvmmsg 0.0.0.0 "$PORT"
	ask_client -n 100 -r 3 "$PORT" "${V4[@]}"
	every_line_is right
}

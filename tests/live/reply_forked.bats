#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Forked workers share one socket: each receives and answers, or the parent receives and a child
# answers. In the second case what the parent learns must reach a child forked long before.

load lab

@test "each of four workers receives and answers: IPv4" {
	replies_are_cured V4 echo_forked 0.0.0.0 "$PORT"
}

@test "each of four workers receives and answers: IPv6" {
	replies_are_cured V6 echo_forked -6 :: "$PORT"
}

@test "the parent receives, a child answers: IPv4" {
	replies_are_cured V4 echo_forked -a 0.0.0.0 "$PORT"
}

@test "the parent receives, a child answers: IPv6" {
	replies_are_cured V6 echo_forked -a -6 :: "$PORT"
}

@test "four workers and many clients" {
	bare start_server echo_forked 0.0.0.0 "$PORT"
	ask_client -n 200 "$PORT" "${V4[@]}"
	some_wrong

	with_library start_server echo_forked 0.0.0.0 "$PORT"
	ask_client -n 200 -r 3 "$PORT" "${V4[@]}"
	every_line_is right
}

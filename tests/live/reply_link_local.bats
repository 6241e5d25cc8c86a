#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The server's interface has two link-local addresses. A link-local source is nothing without its
# interface, so here, and only here, the reply must name that too.

load lab

readonly ASKED=("${LINK_LOCAL[@]/%/%wire1}")

@test "link-local peers: recvfrom, sendto" {
	replies_are_cured ASKED echo_recvfrom -6 :: "$PORT"
}

@test "link-local peers: recvmsg, sendmsg" {
	replies_are_cured ASKED echo_recvmsg -6 :: "$PORT"
}

@test "link-local peers: recvmmsg, sendmmsg" {
	replies_are_cured ASKED echo_recvmmsg -6 :: "$PORT"
}

@test "link-local peers: many in flight" {
	bare start_server echo_late -n 50 -6 :: "$PORT"
	ask_client -n 50 "$PORT" "${ASKED[@]}"
	some_wrong

	with_library start_server echo_late -n 50 -6 :: "$PORT"
	ask_client -n 50 "$PORT" "${ASKED[@]}"
	every_line_is right
}

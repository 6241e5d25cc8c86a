#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# recvmsg and sendmsg without control data: the reply leaves from the request destination.

load lab

@test "recvmsg, sendmsg: IPv4" {
	replies_are_cured V4 echo_recvmsg 0.0.0.0 "$PORT"
}

@test "recvmsg, sendmsg: IPv6" {
	replies_are_cured V6 echo_recvmsg -6 :: "$PORT"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# recvmmsg and sendmmsg by syscall(2). The library handles no other datagram call by number: a
# socket that receives only by those is as bare (reply_unseen.bats).

load lab

@test "syscall(SYS_recvmmsg), syscall(SYS_sendmmsg)" {
	replies_are_cured V4 echo_syscall 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_syscall -6 :: "$PORT"
}

@test "syscall(SYS_recvmmsg_time64), on 32-bit machines" {
	replies_are_cured V4 echo_syscall -t 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_syscall -t -6 :: "$PORT"
}

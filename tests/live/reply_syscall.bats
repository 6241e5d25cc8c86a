#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# recvmmsg and sendmmsg by number, through libc's syscall().

load lab

@test "syscall(SYS_recvmmsg), syscall(SYS_sendmmsg): IPv4" {
	replies_are_cured V4 echo_syscall 0.0.0.0 "$PORT"
}

@test "syscall(SYS_recvmmsg), syscall(SYS_sendmmsg): IPv6" {
	replies_are_cured V6 echo_syscall -6 :: "$PORT"
}

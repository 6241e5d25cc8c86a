#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The calls of datagrams by number, through libc's syscall().

load lab

by_number_is_cured() {
	replies_are_cured V4 echo_syscall -c "$1" 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_syscall -c "$1" -6 :: "$PORT"
}

@test "syscall(SYS_recvmmsg), syscall(SYS_sendmmsg)" {
	by_number_is_cured mmsg
}

@test "syscall(SYS_recvmsg), syscall(SYS_sendmsg)" {
	by_number_is_cured msg
}

@test "syscall(SYS_recvfrom), syscall(SYS_sendto)" {
	by_number_is_cured from
}

@test "syscall(SYS_recvmmsg_time64), on machines of 32 bits" {
	by_number_is_cured time64
}

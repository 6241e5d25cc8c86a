#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# IPv4 clients of an AF_INET6 socket: their addresses are v4-mapped, and so is the reply's source.
# BINDRIGHT_V6ONLY=off leaves the socket dual-stack, as the program made it.

load lab

dual_stack_is_cured() {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	replies_are_cured both "$@" -d :: "$PORT"
}

@test "dual-stack socket: recvfrom, sendto" {
	dual_stack_is_cured echo_recvfrom
}

@test "dual-stack socket: recvmsg, sendmsg" {
	dual_stack_is_cured echo_recvmsg
}

@test "dual-stack socket: recvmmsg, sendmmsg" {
	dual_stack_is_cured echo_recvmmsg
}

@test "dual-stack socket: the parent receives, a child answers" {
	dual_stack_is_cured echo_forked -a
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every call has the result of libc alone: value, errno, lengths, flags, control data, what is left
# to receive, and which later call returns an error. same_results makes thousands of valid and
# invalid calls and prints all that can be observed; bare and with the library it must print the
# same, line by line. The reply fault does not occur in it: where it sends a reply, the request
# destination is the address that routing would choose anyway. So the bare run shows no fault. Both
# run at the same time, each on a host of its own.

load lab
load same_results

@test "recvfrom, recvmsg, recvmmsg of one" {
	same_results_dual receive
}

@test "sendto, sendmsg, sendmmsg of one" {
	same_results_dual send
}

@test "control data in buffers of every size" {
	same_results_dual control
}

@test "recvmmsg and sendmmsg of many" {
	same_results_dual batch
}

@test "setsockopt and getsockopt" {
	same_results_dual options shared
}

@test "errors of earlier datagrams" {
	same_results_dual errors
}

@test "socket, accept, dup, fcntl" {
	same_results_dual descriptors
}

@test "bind, listen and connect" {
	same_results_dual bind connect
}

@test "descriptors that were a watched socket" {
	same_results_dual stale
}

@test "descriptors in messages" {
	same_results_dual rights
}

@test "many threads, small stacks, cancelled threads" {
	same_results_dual crowd threads cancel
}

@test "vfork children" {
	same_results_dual vfork
}

@test "signals and their handlers" {
	same_results_dual signals handlers
}

@test "with the default settings" {
	same_results bind connect options control descriptors
}

@test "with the log at its highest level" {
	export BINDRIGHT_LOG=debug:$BATS_TEST_TMPDIR/log
	same_results_dual errors cancel vfork signals
	[ -s log ] || fail "nothing was logged"
}

@test "without replies" {
	export BINDRIGHT_REPLY=off
	same_results_dual errors options batch
}

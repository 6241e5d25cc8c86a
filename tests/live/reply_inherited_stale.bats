#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Inherited sockets under a number that was another socket's before: what the library knew of that
# one must not apply to the new one.

load lab
load inherited

# over_all "OPTIONS" WAY...: the number was a socket of each kind before, then becomes a server's
# socket.
over_all() {
	local options=$1 stale way

	shift
	for way in "$@"; do
		for stale in udp asking specific unbound tcp unix; do
			comes_queued V4 "$options" "$servers/echo_given" -s "$stale" "$way"
		done
	done
}

# asking_over_all "OPTIONS" WAY...: the same, and the program that bound the socket enabled PKTINFO:
# this one does too, and gets the messages.
asking_over_all() {
	over_all "$1 -p" "${@:2}"
}

@test "over another socket's number: dup, dup2, dup3" {
	over_all "" dup dup2 dup3
}

@test "over another socket's number: fcntl" {
	over_all "" F_DUPFD F_DUPFD_CLOEXEC
}

@test "over another socket's number: in a message" {
	over_all -m recvmsg peek recvmmsg
}

@test "over another socket's number: pidfd_getfd" {
	over_all -m pidfd_getfd
}

@test "over another socket's number: PKTINFO messages that were enabled" {
	asking_over_all "" dup F_DUPFD
	asking_over_all -m recvmsg recvmmsg pidfd_getfd
}

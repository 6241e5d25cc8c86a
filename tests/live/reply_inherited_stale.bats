#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sockets that the program has neither opened nor bound, under a number that was another socket's
# before: what was known of that one must not be taken for the new one's.

load lab
load inherited

# over_all "OPTIONS" WAY...: the number was another socket's of each kind before, and then comes a
# server's socket.
over_all() {
	local options=$1 stale way

	shift
	for way in "$@"; do
		for stale in udp asking specific unbound tcp unix; do
			comes_queued V4 "$options" "$servers/echo_given" -s "$stale" "$way"
		done
	done
}

# asking_over_all "OPTIONS" WAY...: the same, and whoever bound the socket wanted destination reports:
# so does the program, and gets them.
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

@test "over another socket's number: reports that were asked for" {
	asking_over_all "" dup F_DUPFD
	asking_over_all -m recvmsg recvmmsg pidfd_getfd
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Inherited sockets under a number that was another socket's before: what the library knew of that
# one must not apply to the new one.

load lab
load inherited
load puppet

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
	over_all "" F_DUPFD F_DUPFD_CLOEXEC fcntl64
}

@test "over another socket's number: in a message" {
	over_all -m recvmsg peek recvmmsg
	over_all "" "recvmmsg second"
}

@test "over another socket's number: pidfd_getfd" {
	over_all -m pidfd_getfd
}

@test "over another socket's number: PKTINFO messages that were enabled" {
	asking_over_all "" dup F_DUPFD
	asking_over_all -m recvmsg recvmmsg pidfd_getfd
}

@test "a new socket under another's number, which may be 0" {
	local how from=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet -0
		enter_client
		plays <<-END
			in client open p udp4
			in client bind p $CLIENT_V4 5400
			open s udp4
			bind s 0.0.0.0 $PORT
			in client send p ${V4[0]} $PORT first
			hear s -> first
			close s
			open s udp4
			bind s 0.0.0.0 $PORT
			in client send p ${V4[1]} $PORT text
			hear s -> text
			answer s
			in client hear p -> text
			in client from p -> $from
		END
		[ -S "/proc/$server_pid/fd/0" ] || fail "the socket is not descriptor 0"
		from=${V4[1]}
	done
}

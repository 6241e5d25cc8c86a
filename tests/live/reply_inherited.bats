#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Inherited sockets. A request for each address is queued before the program gets its socket, and
# before PKTINFO is enabled: these and later ones are answered from the request destination, however
# the socket was inherited.

load lab
load inherited

@test "inherited: descriptor 0, as from inetd, by recvfrom" {
	comes_queued_to_all "" "$servers/echo_recvfrom" -i
}

@test "inherited: descriptor 0, by recvmsg" {
	comes_queued_to_all "" "$servers/echo_recvmsg" -i
}

@test "inherited: descriptor 0, by recvmmsg" {
	comes_queued_to_all "" "$servers/echo_recvmmsg" -i
}

@test "inherited: descriptor 0, by syscall" {
	comes_queued_to_all "" "$servers/echo_syscall" -i
}

@test "inherited: descriptor 0, one thread receives, another sends" {
	comes_queued_to_all "" "$servers/echo_threads" -i
}

@test "inherited: descriptor 0, control data of its own" {
	comes_queued_to_all "" "$servers/echo_control" -i
}

@test "inherited: descriptor 3, by LISTEN_FDS" {
	comes_queued_to_all -l "$servers/echo_given" LISTEN_FDS
}

@test "inherited: open across exec, low and high numbers" {
	comes_queued_to_all "-n 7" "$servers/echo_given" 7
	comes_queued_to_all "-n 200" "$servers/echo_given" 200
	ulimit -n "$(ulimit -Hn)"
	[ "$(ulimit -n)" -le 5000 ] || comes_queued V4 "-n 5000" "$servers/echo_given" 5000
}

@test "inherited: duplicated before it is used" {
	local way

	for way in dup dup2 dup3 F_DUPFD F_DUPFD_CLOEXEC; do
		comes_queued_to_all "" "$servers/echo_given" "$way"
	done
}

@test "inherited: duplicated by number" {
	local way

	for way in SYS_dup SYS_dup2 SYS_dup3 SYS_fcntl; do
		comes_queued_to_all "" "$servers/echo_given" "$way"
	done
}

@test "inherited: in a message" {
	local way

	for way in recvmsg peek recvmmsg SYS_recvmsg; do
		comes_queued_to_all -m "$servers/echo_given" "$way"
	done
}

@test "inherited: taken by pidfd_getfd" {
	comes_queued_to_all -m "$servers/echo_given" pidfd_getfd
	comes_queued_to_all -m "$servers/echo_given" SYS_pidfd_getfd
}

@test "inherited: workers, forked before the socket is used" {
	local options

	for options in "" "-e" "-w pc" "-w cp" "-w cd" "-w pg"; do
		# Split into words.
		# shellcheck disable=SC2086
		comes_queued_to_all "" "$servers/echo_forked" -i $options
	done
}

@test "inherited: what is wrong with a setting is said at the first use" {
	BINDRIGHT_EXPIRY=never with_library start_inheriting V4 "" "$servers/echo_recvfrom" -i
	grep -q 'error: BINDRIGHT_EXPIRY: ' server.err || fail "nothing is said"
}

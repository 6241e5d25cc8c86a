#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server enables IP_RECVERR, and its client has ended: the client's host sends an ICMP error for
# each answer. The calls' results and the error queue are as bare, to the byte, with control buffers
# of each size from 0 to ample. The library's PKTINFO messages are in that queue too, and are
# removed.
#
# There is no fault bare. The log shows that the library is active.

load lab

readonly SIZES=0-200 LINES=201

# queue_of bare|with_library FILE ADDRESS SERVER-ARGUMENT...: from one port, because errors contain
# it.
queue_of() {
	local how=$1 file=$2 asked=$3

	shift 3
	"$how" start_server echo_errors -s "$SIZES" "$@" "$PORT"
	ask_client -p 4000 -t 1 "$PORT" "$asked"
	server_says request
	tell_server go
	wait_until grep -qx answered server.out || fail "not all answers are reported"
	grep '^size ' server.out >"$file"
	[ "$(wc -l <"$file")" -eq "$LINES" ]
	grep -q 'sendto 11 queue 11 .*recvfrom EAGAIN' "$file" || fail "no error was queued"
}

# queue_is_as_bare ADDRESS SERVER-ARGUMENT...: by recvmsg and by recvmmsg.
queue_is_as_bare() {
	local asked=$1 call

	shift
	client_sysctl net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	# If this limit is not per namespace, the server has to send some more.
	client_sysctl net.ipv4.icmp_msgs_burst=10000 2>/dev/null || true
	export BINDRIGHT_LOG=debug
	for call in '' -m; do
		queue_of bare bare.queue "$asked" ${call:+"$call"} "$@"
		queue_of with_library with.queue "$asked" ${call:+"$call"} "$@"
		same_text bare.queue with.queue
		[ "$(grep -cF "from $asked" server.err)" -ge "$LINES" ] ||
			fail "the library was not active"
		! grep ' warn: ' server.err || fail "a warning"
	done
}

@test "IP_RECVERR alone, and with TTL and time" {
	queue_is_as_bare "${V4[1]}" -o IP_RECVERR=1 0.0.0.0
	queue_is_as_bare "${V4[1]}" -o IP_RECVERR=1 -O IP_RECVTTL=1 -O IP_RECVTOS=1 0.0.0.0
}

@test "IPV6_RECVERR alone, and with hop limit and traffic class" {
	queue_is_as_bare "${V6[1]}" -o IPV6_RECVERR=1 -6 ::
	queue_is_as_bare "${V6[1]}" -o IPV6_RECVERR=1 -O IPV6_RECVHOPLIMIT=1 \
		-O IPV6_RECVTCLASS=1 -6 ::
}

@test "both on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	queue_is_as_bare "${V4[1]}" -o IP_RECVERR=1 -o IPV6_RECVERR=1 -O IP_RECVTTL=1 -d ::
	queue_is_as_bare "${V6[1]}" -o IP_RECVERR=1 -o IPV6_RECVERR=1 -O IPV6_RECVHOPLIMIT=1 -d ::
}

# The destination that an error reports is where the answer left from, so here the client asks at an
# address from which both runs answer.
@test "with the destination, which the program enabled itself" {
	queue_is_as_bare "${V4[0]}" -o IP_RECVERR=1 -O IP_PKTINFO=1 0.0.0.0
	queue_is_as_bare "${V6[2]}" -o IPV6_RECVERR=1 -O IPV6_RECVPKTINFO=1 -6 ::
	queue_is_as_bare "${V6[2]}" -o IPV6_RECVERR=1 -O IPV6_2292PKTINFO=1 -6 ::
}

@test "the queue is not read: recvfrom returns the error, once" {
	told_once() {
		"$1" start_server echo_errors -q -s 0-0 "${@:3}" "$PORT"
		ask_client -t 1 "$PORT" "$2"
		server_says request
		tell_server go
		server_says answered
		grep -qx 'size 0 sendto 11 recvfrom ECONNREFUSED recvfrom EAGAIN ' server.out ||
			fail "not returned once"
	}
	told_once bare "${V4[1]}" -o IP_RECVERR=1 0.0.0.0
	told_once with_library "${V4[1]}" -o IP_RECVERR=1 0.0.0.0
	told_once bare "${V6[1]}" -o IPV6_RECVERR=1 -6 ::
	told_once with_library "${V6[1]}" -o IPV6_RECVERR=1 -6 ::
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_LOG=debug: for each datagram from which the library learns, and each that is sent to a
# peer, a line with the peer, the local address and the reason. The lines must be true: the tests
# compare them with what the client saw. Bare there is no log, and the fault.

load lab

readonly RECENT="the destination of its last request, the last that this thread received"
readonly TABLE="the destination of its last request"
readonly ELSEWHERE="the destination of its last request to another socket"
readonly NOTHING="no request from it is remembered; routing chooses the source"

# debug NAME ARGUMENT...: starts it with the log that log_is checks.
debug() {
	BINDRIGHT_LOG=debug with_library start_server "$@"
}

# log_is LINE...: these are all lines of the server "name" at the level debug, in this order, after
# program, level and descriptor.
log_is() {
	printf '%s\n' "$@" >expected.log
	sed -n "s/^bindright: $name\[$server_pid\]: debug: fd [0-9]* //p" server.err >debug.log
	same_text expected.log debug.log
}

# link_local_client: prints its address as the server sees it.
link_local_client() {
	echo "fe80::100%$(server_ip -o link show wire0 | cut -d : -f 1)"
}

@test "the last datagram of the thread" {
	local name=echo_recvfrom

	bare start_server "$name" 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	some_wrong
	[ ! -s server.err ]

	debug "$name" 0.0.0.0 "$PORT"
	ask_client -r 2 -p 4000 "$PORT" "${V4[1]}"
	every_line_is right
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4000 from 192.0.2.2, $RECENT" \
		"udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4000 from 192.0.2.2, $RECENT"
}

@test "the same of IPv6, of a link-local peer, and of IPv4 on a dual-stack socket" {
	local name=echo_recvfrom

	debug "$name" -6 :: "$PORT"
	ask_client -p 4000 "$PORT" "${V6[2]}"
	every_line_is right
	log_is "udp [::]:5300: request from [2001:db8::100]:4000 to 2001:db8::3" \
		"udp [::]:5300: datagram to [2001:db8::100]:4000 from 2001:db8::3, $RECENT"

	debug "$name" -6 :: "$PORT"
	ask_client -p 4000 "$PORT" fe80::2%wire1
	every_line_is right
	log_is "udp [::]:5300: request from [$(link_local_client)]:4000 to fe80::2" \
		"udp [::]:5300: datagram to [$(link_local_client)]:4000 from fe80::2, $RECENT"

	export BINDRIGHT_V6ONLY=off
	debug "$name" -d :: "$PORT"
	ask_client -p 4000 "$PORT" "${V4[2]}"
	every_line_is right
	log_is "udp [::]:5300: request from 192.0.2.100:4000 to 192.0.2.3" \
		"udp [::]:5300: datagram to 192.0.2.100:4000 from 192.0.2.3, $RECENT"
}

@test "the table" {
	local name=echo_late

	# Two peers ask; the server answers the first when the second is the thread's last.
	debug "$name" -n 2 0.0.0.0 "$PORT"
	ask_client_meanwhile -p 4000 "$PORT" "${V4[1]}"
	wait_until grep -q 'request from .*:4000 ' server.err
	"${client_host[@]}" "$servers/ask" -p 4001 "$PORT" "${V4[2]}" >second.answers
	client_is_done
	every_line_is right
	[ "$(cat second.answers)" = right ]
	grep debug: server.err | sort >sorted && mv sorted server.err
	log_is "udp 0.0.0.0:5300: datagram to 192.0.2.100:4000 from 192.0.2.2, $TABLE" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4001 from 192.0.2.3, $RECENT" \
		"udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:5300: request from 192.0.2.100:4001 to 192.0.2.3"
}

@test "another socket" {
	local name=echo_fresh

	debug "$name" 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_matches "^wrong ${V4[1]} [0-9]+\$"
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:0: datagram to 192.0.2.100:4000 from 192.0.2.2, $ELSEWHERE"
	# In a child that is forked afterwards.
	debug "$name" -f 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_matches "^wrong ${V4[1]} [0-9]+\$"
	[ "$(grep -c "debug: fd [0-9]* udp 0.0.0.0:0: datagram to 192.0.2.100:4000 from 192.0.2.2, $ELSEWHERE\$" \
		server.err)" -eq 1 ] || fail "no line of the child"
}

@test "a peer is not remembered: the table is too small for all of them" {
	local name=echo_late

	BINDRIGHT_PEERS=16 BINDRIGHT_LOG=debug with_library start_server "$name" -n 100 0.0.0.0 "$PORT"
	ask_client -n 100 "$PORT" "${V4[1]}"
	some_wrong
	[ "$(grep -c ": datagram to 192.0.2.100:[0-9]*: $NOTHING\$" server.err)" -eq "$(grep -c ^wrong answers)" ]
	[ "$(grep -c ": datagram to 192.0.2.100:[0-9]* from 192.0.2.2, " server.err)" -eq "$(grep -c ^right answers)" ]
}

@test "the only known address is a multicast group" {
	local name=echo_recvfrom

	debug "$name" -6 :: "$PORT"
	ask_client -b -p 4000 "$PORT" ff02::1%wire1
	every_line_matches '^from '
	log_is "udp [::]:5300: request from [$(link_local_client)]:4000 to a broadcast or multicast address" \
		"udp [::]:5300: datagram to [$(link_local_client)]:4000: $NOTHING"
	debug "$name" 0.0.0.0 "$PORT"
	ask_client -b -p 4000 "$PORT" 192.0.2.255
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to a broadcast or multicast address" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4000: $NOTHING"
}

@test "the program names the source itself" {
	local name=echo_pktinfo

	debug "$name" -s 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_is right
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4000: the program names the source or the interface itself"
	debug "$name" -s -6 :: "$PORT"
	ask_client -p 4000 "$PORT" "${V6[1]}"
	every_line_is right
	log_is "udp [::]:5300: request from [2001:db8::100]:4000 to 2001:db8::2" \
		"udp [::]:5300: datagram to [2001:db8::100]:4000: the program names the source or the interface itself"
}

@test "control data of the program that does not name the source" {
	local name=echo_pktinfo

	debug "$name" -t 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_is right
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2" \
		"udp 0.0.0.0:5300: datagram to 192.0.2.100:4000 from 192.0.2.2, $RECENT"
	debug "$name" -t -6 :: "$PORT"
	ask_client -b -p 4000 "$PORT" ff02::1%wire1
	every_line_matches '^from '
	log_is "udp [::]:5300: request from [$(link_local_client)]:4000 to a broadcast or multicast address" \
		"udp [::]:5300: datagram to [$(link_local_client)]:4000: $NOTHING"
}

@test "batches: a line for each of their datagrams" {
	local name=echo_recvmmsg peers peer

	debug "$name" 0.0.0.0 "$PORT"
	ask_client -n 5 "$PORT" "${V4[1]}"
	every_line_is right
	[ "$(grep -c 'request from .* to 192.0.2.2$' server.err)" -eq 5 ]
	mapfile -t peers < <(sed -nE 's/.* request from ([^ ]+) to .*/\1/p' server.err)
	for peer in "${peers[@]}"; do
		[ "$(grep -c "to $peer from 192.0.2.2, " server.err)" -eq 1 ] ||
			fail "expected one line about the answer to $peer"
	done
}

@test "connect: the source that the socket then has, once" {
	local name=echo_connect

	debug "$name" 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	every_line_is right
	# Pinning is an event; disconnecting is none.
	log_is "udp 0.0.0.0:5300: request from 192.0.2.100:4000 to 192.0.2.2"
	[ "$(grep -c "info: fd 3 udp: connected to 192.0.2.100:4000 from 192.0.2.2, the request destination\$" \
		server.err)" -eq 1 ]
	ask_client -p 4001 "$PORT" "${V4[2]}"
	every_line_is right
	! grep -vE 'watched; replies leave|request from .* to 192.0.2.[23]$|connected to 192.0.2.100:400[01] from' \
		server.err || fail "other lines"
}

@test "connect to a peer that is not remembered" {
	local name=echo_connect

	debug "$name" -6 :: "$PORT"
	ask_client -b -p 4000 "$PORT" ff02::1%wire1
	every_line_matches '^from '
	log_is "udp [::]:5300: request from [$(link_local_client)]:4000 to a broadcast or multicast address" \
		"udp [::]:5300: datagram to [$(link_local_client)]:4000: $NOTHING"
}

@test "a source that the kernel refuses: each time a line reports it" {
	local name=echo_wait round

	debug "$name" 0.0.0.0 "$PORT"
	for round in 1 2 3; do
		: >server.out
		server_ip addr add 192.0.2.77/24 dev wire0
		ask_client_meanwhile -p 4000 -t 1000 "$PORT" 192.0.2.77
		server_says request
		server_ip addr del 192.0.2.77/24 dev wire0
		tell_server go
		client_is_done
		wait_until grep -q '^sendto [1-9]' server.out
		[ "$(grep -c "to 192.0.2.100:4000 from 192.0.2.77, $RECENT\$" server.err)" -eq "$round" ]
		[ "$(grep -c 'warn: .*to 192.0.2.100:4000: the kernel refused' server.err)" -eq "$round" ] ||
			fail "the line of refusal $round is missing"
	done
}

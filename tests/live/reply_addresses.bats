#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Addresses of every kind: anycast, temporary, deprecated, and those of the loopback interface with
# a route to them. Replies leave from each.

load lab
load refused

# all_calls_are_cured SOCKET ADDRESS...: by each call, one address after the other, because a
# connected socket hears one peer only.
all_calls_are_cured() {
	local socket=$1 asked call

	shift
	for call in "${CALLS[@]}"; do
		for asked; do
			bare wait_server "$socket" "$call" 1
			answer_after true "$asked"
			cat answers >>bare.answers
			with_library wait_server "$socket" "$call" 1
			answer_after true "$asked"
			every_line_is right || fail "$asked by $call"
			[ ! -s server.err ] || fail "a warning: $(cat server.err)"
		done
	done
	mv bare.answers answers
	some_wrong
}

@test "addresses of lo that the client has a route to, as with anycast services" {
	server_ip addr add 198.18.0.1/32 dev lo
	server_ip addr add 198.18.0.2/32 dev lo
	server_ip addr add 2001:db8:c::1/128 dev lo
	server_ip addr add 2001:db8:c::2/128 dev lo
	client_ip route add 198.18.0.0/24 via "${V4[0]}"
	client_ip route add 2001:db8:c::/64 via "${V6[0]}"
	all_calls_are_cured 0.0.0.0 198.18.0.1 198.18.0.2
	all_calls_are_cured '-6 ::' 2001:db8:c::1 2001:db8:c::2
}

@test "IPv4 addresses of the scopes link and host" {
	server_ip addr add 192.0.2.8/32 dev wire0 scope link
	server_ip addr add 192.0.2.9/32 dev lo scope host
	client_ip route add 192.0.2.9 via "${V4[0]}"
	all_calls_are_cured 0.0.0.0 192.0.2.8 192.0.2.9
}

# RFC 4291, 2.6.1: a router has the anycast address of each of its networks. The kernel accepts it
# as a datagram's source, but connect(2) cannot use it: such a socket is connected as bare.
@test "the subnet-router anycast address" {
	local call=connect

	server_sysctl net.ipv6.conf.all.forwarding=1
	CALLS=(sendto sendmsg sendmmsg)
	all_calls_are_cured '-6 ::' 2001:db8::

	bare wait_server '-6 ::' "$call" 1
	answer_after true 2001:db8::
	cp answers bare.answers
	cp server.out bare.out
	with_library wait_server '-6 ::' "$call" 1
	answer_after true 2001:db8::
	same_text bare.answers answers
	same_text bare.out server.out
}

@test "an IPv6 address that is deprecated" {
	server_ip addr add 2001:db8::50/64 dev wire0 nodad preferred_lft 0
	server_ip -6 addr show dev wire0 deprecated | grep -q 2001:db8::50/ || fail "not deprecated"
	all_calls_are_cured '-6 ::' 2001:db8::50
	server_ip addr change "${V6[1]}/64" dev wire0 preferred_lft 0
	all_calls_are_cured '-6 ::' "${V6[1]}"
}

# RFC 8981: the kernel generates a temporary address from a stable one, and prefers it for sending.
# Clients ask the server at the stable one.
@test "a stable address beside a temporary one, and the temporary one" {
	local temporary

	server_sysctl net.ipv6.conf.wire0.use_tempaddr=2 \
		net.ipv6.conf.wire0.dad_transmits=0 || skip "the kernel has no temporary addresses"
	server_ip addr add 2001:db8::60/64 dev wire0 mngtmpaddr
	wait_until find_temporary || fail "no temporary address"
	all_calls_are_cured '-6 ::' 2001:db8::60 "$temporary"
}

find_temporary() {
	temporary=$(server_ip -6 -o addr show dev wire0 temporary -tentative |
		grep -oE '2001:db8:[^/]*' | head -n 1)
	[ -n "$temporary" ]
}

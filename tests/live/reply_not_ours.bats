#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Requests to addresses that no interface of the server has: a local route for a network (AnyIP),
# transparent proxying, address translation. The reply leaves from such an address if the kernel
# accepts it as a source, and otherwise as bare.

load lab
load refused

readonly ANY_V4=203.0.113.7 ANY_V6=2001:db8:a::7

# All addresses of two networks are local to the server, and the client has routes to them.
route_networks() {
	server_ip route add local 203.0.113.0/24 dev lo
	server_ip route add local 2001:db8:a::/64 dev lo
	lead_client_there
}

lead_client_there() {
	client_ip route add 203.0.113.0/24 via "${V4[0]}"
	client_ip route add 2001:db8:a::/64 via "${V6[0]}"
}

# cured_by_all SOCKET ADDRESS CALL...: replies by these calls are wrong bare, and right with the
# library.
cured_by_all() {
	local socket=$1 asked=$2 call

	shift 2
	for call; do
		bare wait_server "$socket" "$call" 1
		answer_after true "$asked"
		some_wrong
		with_library wait_server "$socket" "$call" 1
		answer_after true "$asked"
		every_line_is right || fail "by $call"
		[ ! -s server.err ] || fail "a warning"
	done
}

# as_bare_by_all SOCKET ADDRESS CALL...: the kernel refuses this source, so all is as bare.
as_bare_by_all() {
	local socket=$1 asked=$2 call

	shift 2
	for call; do
		bare wait_server "$socket" "$call" 1
		answer_after true "$asked"
		some_wrong
		cp server.out bare.out
		cp answers bare.answers
		with_library wait_server "$socket" "$call" 1
		answer_after true "$asked"
		same_text bare.out server.out || fail "by $call"
		same_text bare.answers answers || fail "by $call"
		[ "$call" = connect ] || warned_of 1 server.err
	done
}

@test "a local route for a network: IPv4" {
	route_networks
	cured_by_all 0.0.0.0 "$ANY_V4" "${CALLS[@]}"
}

@test "a local route for a network: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	route_networks
	cured_by_all '-d ::' "$ANY_V4" "${CALLS[@]}"
}

@test "a local route for a network: IPv6 is refused" {
	route_networks
	as_bare_by_all '-6 ::' "$ANY_V6" "${CALLS[@]}"
}

@test "a local route for a network: IPv6, one warning per socket names the remedy" {
	route_networks
	with_library start_server echo_recvfrom -6 :: "$PORT"
	ask_client -r 3 "$PORT" "$ANY_V6" "${V6[1]}" 2001:db8:a::8
	grep -qx right answers || fail "no answer from an address of the host itself"
	warned_of 1 server.err
	grep -F "$ANY_V6" server.err | grep -qF net.ipv6.ip_nonlocal_bind ||
		fail "no warning with the address and the remedy: $(cat server.err)"
}

@test "a local route for a network: IPv6 with net.ipv6.ip_nonlocal_bind" {
	route_networks
	server_sysctl net.ipv6.ip_nonlocal_bind=1
	cured_by_all '-6 ::' "$ANY_V6" sendto sendmsg sendmmsg
}

# connect(2) cannot give a socket that is bound to a device an address of another one.
@test "connect on a socket that is bound to a device, asked at an address on lo" {
	local how

	server_ip addr add "$ANY_V4/32" dev lo
	server_ip addr add "$ANY_V6/128" dev lo nodad
	lead_client_there
	for how in bare with_library; do
		"$how" wait_server '-o SO_BINDTODEVICE=wire0 -6 ::' connect 1
		answer_after true "$ANY_V6"
		cp server.out "$how.out"
		cp answers "$how.answers"
	done
	grep -q '^wrong ' bare.answers || fail "no fault to cure"
	same_text bare.out with_library.out
	same_text bare.answers with_library.answers
	grep -c 'warn:' server.err | grep -qx 1 || fail "expected one warning: $(cat server.err)"
	grep -qF "$ANY_V6" server.err || fail "it does not name the address: $(cat server.err)"
}

@test "a local route for a network: IPv6 with IPV6_FREEBIND, IP_FREEBIND, IPV6_TRANSPARENT" {
	local option

	route_networks
	for option in IPV6_FREEBIND IP_FREEBIND IPV6_TRANSPARENT; do
		cured_by_all "-o $option=1 -6 ::" "$ANY_V6" sendto sendmsg sendmmsg
		as_bare_by_all "-o $option=1 -6 ::" "$ANY_V6" connect
	done
}

# nft_rules RULE...: runs nft on the server host.
nft_rules() {
	need nft
	"${server_host[@]}" nft "$@" || skip "nft: $*: not supported"
}

# Directs all requests to sockets of the server host, whatever their destination.
proxy_all() {
	nft_rules add table inet proxy
	nft_rules add chain inet proxy take '{ type filter hook prerouting priority mangle; }'
	nft_rules add rule inet proxy take meta nfproto ipv4 udp dport "$PORT" \
		tproxy ip to ":$PORT" meta mark set 1 accept
	nft_rules add rule inet proxy take meta nfproto ipv6 udp dport "$PORT" \
		tproxy ip6 to ":$PORT" meta mark set 1 accept
	for family in -4 -6; do
		server_ip "$family" rule add fwmark 1 lookup 100
		server_ip "$family" route add local default dev lo table 100
	done
	lead_client_there
}

@test "transparent proxying: IPv4 with IP_TRANSPARENT" {
	proxy_all
	cured_by_all '-o IP_TRANSPARENT=1 0.0.0.0' "$ANY_V4" sendto sendmsg sendmmsg
	as_bare_by_all '-o IP_TRANSPARENT=1 0.0.0.0' "$ANY_V4" connect
}

@test "transparent proxying: IPv6 with IPV6_TRANSPARENT" {
	proxy_all
	cured_by_all '-o IPV6_TRANSPARENT=1 -6 ::' "$ANY_V6" sendto sendmsg sendmmsg
	as_bare_by_all '-o IPV6_TRANSPARENT=1 -6 ::' "$ANY_V6" connect
}

# The client asks one address, which NAT translates to another; conntrack translates replies from
# that one back.
@test "translated destinations: IPv4 and IPv6" {
	nft_rules add table inet nat
	nft_rules add chain inet nat change '{ type nat hook prerouting priority dstnat; }'
	nft_rules add rule inet nat change ip daddr "${V4[2]}" dnat ip to "${V4[1]}"
	nft_rules add rule inet nat change ip6 daddr "${V6[0]}" dnat ip6 to "${V6[1]}"
	cured_by_all 0.0.0.0 "${V4[2]}" "${CALLS[@]}"
	cured_by_all '-6 ::' "${V6[0]}" "${CALLS[@]}"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two cables between the hosts. The reply leaves from the request destination, and by the same
# interface as bare: routing's choice, or the socket's own. The library does not change that.

load lab
load refused
load routes

# leaves_by SOCKET INTERFACE SOURCE ADDRESS...: the client asks from SOURCE at each ADDRESS. By each
# call, the client gets the reply by INTERFACE, bare and with the library; and with the library from
# the address asked.
leaves_by() {
	local socket=$1 interface=$2 call

	# shellcheck disable=SC2034 # answer_after uses it.
	ask_options=(-i -s "$3")
	shift 3
	for call in "${CALLS[@]}"; do
		bare asked_at_each "$@"
		some_wrong
		every_line_matches " $interface\$"
		with_library asked_at_each "$@"
		every_line_is "right $interface" || fail "by $call"
	done
}

# asked_at_each ADDRESS...: one after the other, because a connected socket receives from one
# client, and each time a new server, because disconnecting clears SO_BINDTODEVICE.
asked_at_each() {
	local asked may_warn=${may_warn:-}

	: >all
	for asked; do
		wait_server "$socket" "$call" 1
		answer_after true "$asked"
		cat answers >>all
		[ ! -s server.err ] || [ -n "$may_warn" ] || fail "a warning: $(cat server.err)"
	done
	mv all answers
}

# The server has a route back by each cable, and prefers the second.
two_ways_back() {
	lay_second_cable
	far_client wire2
	server_ip route add "$FAR_V4" via "$CLIENT_V4" dev wire0 metric 2000
	server_ip route add "$FAR_V6" via "$CLIENT_V6" dev wire0 metric 2000
}

@test "asked by one cable, answered by the other: IPv4" {
	two_ways_back
	leaves_by 0.0.0.0 wire3 "$FAR_V4" "${V4[@]}" "${V4_BESIDE[@]}"
}

@test "asked by one cable, answered by the other: IPv6" {
	two_ways_back
	leaves_by '-6 ::' wire3 "$FAR_V6" "${V6[@]}" "${V6_BESIDE[@]}"
}

@test "asked by one cable, answered by the other: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	two_ways_back
	leaves_by '-d ::' wire3 "$FAR_V4" "${V4[@]}" "${V4_BESIDE[@]}"
}

@test "asked by the second cable, answered by the first" {
	lay_second_cable
	far_client wire0
	leaves_by 0.0.0.0 wire1 "$FAR_V4" "${V4[1]}" "${V4_BESIDE[@]}"
	leaves_by '-6 ::' wire1 "$FAR_V6" "${V6[1]}" "${V6_BESIDE[@]}"
}

# Policy routing by source, as on hosts with two providers: the source changes the route.
@test "the route depends on the source" {
	two_ways_back
	server_ip rule add from "${V4[1]}" lookup 100
	server_ip route add "$FAR_V4" via "$CLIENT_V4" dev wire0 table 100
	server_ip -6 rule add from "${V6[1]}" lookup 100
	server_ip -6 route add "$FAR_V6" via "$CLIENT_V6" dev wire0 table 100

	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -i -s "$FAR_V4" "$PORT" "${V4[1]}"
	every_line_is "wrong ${V4_BESIDE[0]} wire3"
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -i -s "$FAR_V4" "$PORT" "${V4[1]}"
	every_line_is "right wire1"
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[1]}"
	every_line_matches '^wrong .* wire3$'
	with_library start_server echo_recvfrom -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[1]}"
	every_line_is "right wire1"
}

@test "SO_BINDTODEVICE" {
	two_ways_back
	leaves_by '-o SO_BINDTODEVICE=wire0 0.0.0.0' wire1 "$FAR_V4" "${V4[@]}"
	leaves_by '-o SO_BINDTODEVICE=wire0 -6 ::' wire1 "$FAR_V6" "${V6[@]}"
}

@test "IP_UNICAST_IF" {
	two_ways_back
	leaves_by '-o IP_UNICAST_IF=wire0 0.0.0.0' wire1 "$FAR_V4" "${V4[@]}" "${V4_BESIDE[@]}"
}

# The kernel honours IPV6_UNICAST_IF only if no source is named. A datagram that names one, even
# with the interface, is routed as if the option were not set, so the library leaves such a socket
# alone.
@test "IPV6_UNICAST_IF" {
	two_ways_back
	bare start_server echo_recvfrom -o IPV6_UNICAST_IF=wire0 -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
	some_wrong
	every_line_matches ' wire1$'
	bare start_server echo_pktinfo -s -o IPV6_UNICAST_IF=wire0 -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
	every_line_is 'right wire3'
	with_library start_server echo_recvfrom -o IPV6_UNICAST_IF=wire0 -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
	some_wrong
	every_line_matches ' wire1$'
}

forbid_source() {
	server_ip -6 rule add from "${V6[1]}" prohibit pref 100
}

allow_source() {
	server_ip -6 rule del pref 100
}

lose_address() {
	server_ip addr del "${V6[0]}/64" dev wire0
}

add_address() {
	server_ip addr add "${V6[0]}/64" dev wire0 nodad
}

# Disconnecting makes the kernel forget the device. If a socket is pinned, cannot be connected and
# is unpinned again, the device must stay.
@test "SO_BINDTODEVICE and a source that connect refuses" {
	local socket='-o SO_BINDTODEVICE=wire0 -6 ::'

	two_ways_back
	CALLS=(connect)
	# shellcheck disable=SC2034 # answer_after uses it.
	ask_options=(-i -s "$FAR_V6")
	refused_is_as_bare "$socket" forbid_source allow_source "${V6[1]}"
	every_line_is "wrong ${V6[2]} wire1"
	refused_is_as_bare "$socket" lose_address add_address "${V6[0]}"
	every_line_is "wrong ${V6[2]} wire1"
}

# An interface for multicast does not affect these replies. But pinning an IPv4 socket needs this
# option, so a socket that has it set is connected as bare, with a warning.
@test "IP_MULTICAST_IF, IPV6_MULTICAST_IF" {
	two_ways_back
	leaves_by '-o IPV6_MULTICAST_IF=wire0 -6 ::' wire3 "$FAR_V6" "${V6[@]}"
	chosen_interface_is_kept "${V4[0]}"
	chosen_interface_is_kept %wire0
}

# chosen_interface_is_kept VALUE: by the address of an interface, or by its name alone, which
# getsockopt does not return.
chosen_interface_is_kept() {
	local socket="-o IP_MULTICAST_IF=$1 0.0.0.0" call=connect

	CALLS=(sendto sendmsg sendmmsg)
	leaves_by "$socket" wire3 "$FAR_V4" "${V4[@]}"
	bare asked_at_each "${V4[0]}" "${V4[1]}"
	cp answers bare.answers
	some_wrong
	may_warn=yes with_library asked_at_each "${V4[0]}" "${V4[1]}"
	same_text bare.answers answers
	grep -q 'warn: .* cannot be pinned' server.err || fail "no warning"
}

# count_label: prints the number of datagrams with echo_flow's label that the client host has seen.
count_label() {
	"${client_host[@]}" nft list chain inet labels arriving | grep -oE 'packets [0-9]+' | cut -d ' ' -f 2
}

@test "a flow label and a scope ID in the peer's address" {
	need nft
	"${client_host[@]}" nft add table inet labels || skip "no nftables"
	"${client_host[@]}" nft add chain inet labels arriving '{ type filter hook input priority 0; }'
	"${client_host[@]}" nft add rule inet labels arriving ip6 flowlabel 0x12345 counter
	replies_are_cured V6 echo_flow -6 :: "$PORT"
	replies_are_cured V6 echo_flow -m -6 :: "$PORT"
	[ "$(count_label)" -eq $((2 * 3 * ${#V6[@]})) ] || fail "$(count_label) with the label"
}

# move_to_vrf: moves wire0 to a VRF.
move_to_vrf() {
	local address

	server_ip link add vrf0 type vrf table 10 || skip "the kernel has no VRF"
	server_ip link set vrf0 up
	server_ip link set wire0 master vrf0
	# This removes its IPv6 addresses.
	for address in "${V6[@]}"; do
		server_ip addr add "$address/64" dev wire0 nodad 2>/dev/null || true
	done
	lay_second_cable
}

@test "a VRF: a socket bound to it" {
	move_to_vrf
	leaves_by '-o SO_BINDTODEVICE=vrf0 0.0.0.0' wire1 "$CLIENT_V4" "${V4[@]}"
	leaves_by '-o SO_BINDTODEVICE=vrf0 -6 ::' wire1 "$CLIENT_V6" "${V6[@]}"
}

# A socket outside the VRF receives the requests, but its replies have no route; naming the source
# does not change that.
@test "a VRF: a socket that is not bound to it is as bare" {
	move_to_vrf
	server_sysctl net.ipv4.udp_l3mdev_accept=1
	bare wait_server 0.0.0.0 sendto 1
	answer_after true "${V4[1]}"
	cp server.out bare.out
	with_library wait_server 0.0.0.0 sendto 1
	answer_after true "${V4[1]}"
	same_text bare.out server.out
}

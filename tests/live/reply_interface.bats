#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The keyword "interface": a reply leaves by the interface by which its request arrived, and from
# the request destination. For hosts with two uplinks that route by destination alone, whose
# providers drop datagrams with the other's source, and for VRFs.

load lab
load routes

# The server's default route is by the first uplink; the one by the second has a worse metric. The
# client host, which acts as both providers, drops datagrams with the other's source.
two_uplinks() {
	lay_second_cable
	far_client wire0
	server_ip route add "$FAR_V4" via "$CLIENT_V4_BESIDE" dev wire2 metric 2000
	server_ip route add "$FAR_V6" via "$CLIENT_V6_BESIDE" dev wire2 metric 2000
	"${client_host[@]}" sh -c 'echo 1 | tee /proc/sys/net/ipv4/conf/*/rp_filter >/dev/null'
	drop_foreign_v6
}

# IPv6 has no rp_filter; without nftables, the test checks only the interface.
drop_foreign_v6() {
	command -v nft >/dev/null || return 0
	"${client_host[@]}" nft -f - <<-END || true
		table ip6 provider {
			chain in {
				type filter hook prerouting priority 0;
				iifname wire1 ip6 saddr 2001:db8:b::/64 meta l4proto udp drop
				iifname wire3 ip6 saddr 2001:db8::/64 meta l4proto udp drop
			}
		}
	END
}

# The rules that a host with two uplinks should have: the source decides.
add_source_rules() {
	server_ip rule add from 198.51.100.0/24 lookup 100
	server_ip route add default via "$CLIENT_V4_BESIDE" dev wire2 table 100
	server_ip -6 rule add from 2001:db8:b::/64 lookup 100
	server_ip -6 route add default via "$CLIENT_V6_BESIDE" dev wire2 table 100
}

# asked_by_both FAR ADDRESS ADDRESS: asks at the first uplink's address and at the second's, each
# twice.
asked_by_both() {
	ask_client -i -t 500 -r 2 -s "$1" "$PORT" "$2" "$3"
}

both_right() {
	sort -u answers >came
	printf 'right wire1\nright wire3\n' >expected
	same_text expected came
}

# Bare, and with the source address alone, the second uplink's reply leaves by the first.
second_is_lost() {
	grep -qxF 'right wire1' answers || fail "the first uplink does not answer"
	! grep -qxF 'right wire3' answers || fail "the second uplink answers: no fault to cure"
}

# interface_is_cured FAR ADDRESS ADDRESS NAME ARGUMENT...
interface_is_cured() {
	local asked=("$1" "$2" "$3") rules

	shift 3
	bare start_server "$@"
	asked_by_both "${asked[@]}"
	second_is_lost
	with_library start_server "$@"
	asked_by_both "${asked[@]}"
	second_is_lost
	for rules in interface "on,udp/$PORT=interface" "off,udp/$PORT=interface"; do
		BINDRIGHT_REPLY=$rules with_library start_server "$@"
		asked_by_both "${asked[@]}"
		both_right
	done
	# A rule for another port.
	BINDRIGHT_REPLY=on,udp/5399=interface with_library start_server "$@"
	asked_by_both "${asked[@]}"
	second_is_lost
}

readonly ASKED_V4=("$FAR_V4" "${V4[0]}" "${V4_BESIDE[0]}")
readonly ASKED_V6=("$FAR_V6" "${V6[2]}" "${V6_BESIDE[0]}")

@test "two uplinks without source rules: recvfrom, IPv4" {
	two_uplinks
	interface_is_cured "${ASKED_V4[@]}" echo_recvfrom 0.0.0.0 "$PORT"
}

# If a datagram names its source, the kernel ignores the interface named with it
# (ip6_route_output_flags is strict about that only if no source is named). A server that names both
# itself has the same result.
@test "two uplinks without source rules: IPv6 is not cured, as in a server that names both" {
	two_uplinks
	bare start_server echo_pktinfo -s -6 :: "$PORT"
	asked_by_both "${ASKED_V6[@]}"
	cp answers by_hand.answers
	second_is_lost
	BINDRIGHT_REPLY=interface with_library start_server echo_recvfrom -6 :: "$PORT"
	asked_by_both "${ASKED_V6[@]}"
	same_text by_hand.answers answers
}

@test "two uplinks without source rules: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	two_uplinks
	interface_is_cured "${ASKED_V4[@]}" echo_recvfrom -d :: "$PORT"
}

@test "two uplinks without source rules: recvmsg, recvmmsg, and another thread" {
	two_uplinks
	interface_is_cured "${ASKED_V4[@]}" echo_recvmsg 0.0.0.0 "$PORT"
	interface_is_cured "${ASKED_V4[@]}" echo_recvmmsg 0.0.0.0 "$PORT"
	interface_is_cured "${ASKED_V4[@]}" echo_threads 0.0.0.0 "$PORT"
}

@test "two uplinks with source rules: right with on and with interface" {
	local rules

	two_uplinks
	add_source_rules
	for rules in on interface; do
		export BINDRIGHT_REPLY=$rules
		with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
		asked_by_both "${ASKED_V4[@]}"
		both_right
		with_library start_server echo_recvfrom -6 :: "$PORT"
		asked_by_both "${ASKED_V6[@]}"
		both_right
	done
}

@test "the keyword interface on a host with one uplink changes nothing" {
	export BINDRIGHT_REPLY=interface
	replies_are_cured V4 echo_recvfrom 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_recvfrom -6 :: "$PORT"
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_locally "$PORT" 127.0.0.1 127.0.0.2 "${V4[1]}"
	every_line_is right
}

# A request to an address on lo, or on another interface, arrives by the cable.
@test "asked at an address that another interface has" {
	two_uplinks
	server_ip addr add 203.0.113.7/32 dev lo
	client_ip route add 203.0.113.7 via "${V4_BESIDE[0]}" dev wire3
	BINDRIGHT_REPLY=interface with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -i -r 2 -s "$FAR_V4" "$PORT" 203.0.113.7
	every_line_is 'right wire3'
}

@test "a VRF, and a server that is not bound to it" {
	server_ip link add vrf0 type vrf table 10 || skip "the kernel has no VRF"
	server_ip link set vrf0 up
	server_ip link set wire0 master vrf0
	server_sysctl net.ipv4.udp_l3mdev_accept=1
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -t 500 "$PORT" "${V4[@]}"
	if (every_line_is right) >/dev/null; then
		fail "no fault to cure"
	fi
	# Without a route to the peer its sendto fails, and it ends.
	good_ends=2 stop_server
	BINDRIGHT_REPLY=interface with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_is right
}

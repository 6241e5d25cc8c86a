# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A second cable between the hosts, with its own networks, for tests of routes: a request may arrive
# by one cable and its reply leave by the other. Loaded after lab.bash.

# The server host's addresses on the second cable. The first link-local one is the same as on the
# first cable: only the interface distinguishes them.
# shellcheck disable=SC2034 # The tests use them.
readonly V4_BESIDE=(198.51.100.1 198.51.100.2) V6_BESIDE=(2001:db8:b::1 2001:db8:b::2)
readonly LINK_LOCAL_BESIDE=(fe80::1 fe80::3)
readonly CLIENT_V4_BESIDE=198.51.100.100 CLIENT_V6_BESIDE=2001:db8:b::100

# Addresses that the client has on no cable: routes decide which cable leads to them.
readonly FAR_V4=203.0.113.100 FAR_V6=2001:db8:f::100

# lay_second_cable: makes wire2 on the server host and wire3 on the client host. Both hosts accept
# datagrams by any cable (rp_filter), as routers and hosts with several uplinks do.
lay_second_cable() {
	local address

	"${server_host[@]}" ip link add wire2 type veth peer name wire3 netns "$client_holder"
	server_ip link set wire2 addrgenmode none
	client_ip link set wire3 addrgenmode none
	for address in "${V4_BESIDE[@]}"; do
		server_ip addr add "$address/24" brd 198.51.100.255 dev wire2
	done
	for address in "${V6_BESIDE[@]}" "${LINK_LOCAL_BESIDE[@]}"; do
		server_ip addr add "$address/64" dev wire2 nodad
	done
	client_ip addr add "$CLIENT_V4_BESIDE/24" brd 198.51.100.255 dev wire3
	client_ip addr add "$CLIENT_V6_BESIDE/64" dev wire3 nodad
	client_ip addr add "$CLIENT_LINK_LOCAL/64" dev wire3 nodad
	server_ip link set wire2 up
	client_ip link set wire3 up
	wait_until is_up server_ip wire2 && wait_until is_up client_ip wire3
	take_from_any_cable "${server_host[@]}"
	take_from_any_cable "${client_host[@]}"
}

is_up() {
	[[ $("$1" -o link show "$2") == *LOWER_UP* ]]
}

# The kernel takes the stricter one of "all" and the interface's own.
take_from_any_cable() {
	"$@" sh -c 'echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter >/dev/null'
}

# far_client wire0|wire2: gives the client its far addresses, and the server routes to them by this
# interface, by whichever interface their requests arrive.
far_client() {
	local v4=$CLIENT_V4 v6=$CLIENT_V6

	if [ "$1" = wire2 ]; then
		v4=$CLIENT_V4_BESIDE
		v6=$CLIENT_V6_BESIDE
	fi
	client_ip addr add "$FAR_V4/32" dev lo
	client_ip addr add "$FAR_V6/128" dev lo nodad
	server_ip route add "$FAR_V4" via "$v4" dev "$1"
	server_ip route add "$FAR_V6" via "$v6" dev "$1"
}

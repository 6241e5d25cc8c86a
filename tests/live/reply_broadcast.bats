#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A request sent to a broadcast or multicast address: such an address cannot be a source, and the
# kernel chooses as it does bare.
#
# There is no fault bare: the kernel's choice of a source is right, and no sender could expect
# another. So each test compares the run with the library with the bare one. The unicast replies in
# between show that the library is active.

load lab
load routes

readonly GROUP_V4=239.1.2.3 GROUP_V6=ff15::123

# Each server receives and answers by other calls.
STYLES=(echo_recvfrom echo_recvmsg echo_recvmmsg)

# answers_like_bare SERVER-ARGUMENT... -- ASK-ARGUMENT...: by all styles.
answers_like_bare() {
	local server=() style

	while [ "$1" != -- ]; do
		server+=("$1")
		shift
	done
	shift
	for style in "${STYLES[@]}"; do
		bare start_server "$style" "${server[@]}"
		ask_client -i -b "$@"
		every_line_matches '^from '
		cp answers bare.answers
		with_library start_server "$style" "${server[@]}"
		ask_client -i -b -r 2 "$@"
		cat bare.answers bare.answers >bare.twice
		same_text bare.twice answers || fail "by $style"
	done
}

# The same for a peer that the library knows from a unicast request to ADDRESS.
known_peer_is_answered_like_bare() {
	local server=() known

	while [ "$1" != -- ]; do
		server+=("$1")
		shift
	done
	known=$2
	shift 2
	bare start_server "${server[@]}"
	ask_client -p 4000 "$PORT" "$known"
	some_wrong
	ask_client -b -p 4000 "$PORT" "$@"
	cp answers bare.answers

	with_library start_server "${server[@]}"
	ask_client -p 4000 "$PORT" "$known"
	every_line_is right
	ask_client -b -p 4000 "$PORT" "$@"
	same_text bare.answers answers
	ask_client -p 4000 "$PORT" "$known"
	every_line_is right
}

unicast_is_cured() {
	ask_client "$PORT" "$@"
	every_line_is right
}

# The route to the IPv4 group.
route_group() {
	client_ip route add 239.0.0.0/8 dev wire1
}

@test "the network's broadcast address" {
	answers_like_bare 0.0.0.0 "$PORT" -- "$PORT" 192.0.2.255
	unicast_is_cured "${V4[@]}"
}

@test "the limited broadcast address" {
	client_ip route add 255.255.255.255 dev wire1
	answers_like_bare 0.0.0.0 "$PORT" -- "$PORT" 255.255.255.255
	unicast_is_cured "${V4[@]}"
}

@test "broadcast to a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	answers_like_bare -d :: "$PORT" -- "$PORT" 192.0.2.255
	unicast_is_cured "${V4[@]}"
}

@test "an IPv4 multicast group" {
	route_group
	answers_like_bare -o "MCAST_JOIN_GROUP=$GROUP_V4%wire0" 0.0.0.0 "$PORT" -- "$PORT" "$GROUP_V4"
	unicast_is_cured "${V4[@]}"
}

@test "an IPv4 multicast group on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	route_group
	answers_like_bare -o "MCAST_JOIN_GROUP=$GROUP_V4%wire0" -d :: "$PORT" -- "$PORT" "$GROUP_V4"
	unicast_is_cured "${V4[@]}"
}

@test "an IPv6 multicast group: all nodes of the link" {
	answers_like_bare -6 :: "$PORT" -- "$PORT" ff02::1%wire1
	answers_like_bare -6 :: "$PORT" -- -s "$CLIENT_V6" "$PORT" ff02::1%wire1
	unicast_is_cured "${V6[@]}"
}

@test "an IPv6 multicast group: joined, of a wider scope" {
	answers_like_bare -o "MCAST_JOIN_GROUP=$GROUP_V6%wire0" -6 :: "$PORT" -- "$PORT" "$GROUP_V6"
	unicast_is_cured "${V6[@]}"
}

@test "from a peer that is known from a unicast request: broadcast" {
	known_peer_is_answered_like_bare echo_recvfrom 0.0.0.0 "$PORT" -- "${V4[1]}" 192.0.2.255
}

@test "from a peer that is known from a unicast request: IPv4 multicast" {
	route_group
	known_peer_is_answered_like_bare echo_recvfrom -o "MCAST_JOIN_GROUP=$GROUP_V4%wire0" \
		0.0.0.0 "$PORT" -- "${V4[1]}" "$GROUP_V4"
}

@test "from a peer that is known from a unicast request: IPv6 multicast" {
	known_peer_is_answered_like_bare echo_recvfrom -o "MCAST_JOIN_GROUP=$GROUP_V6%wire0" \
		-6 :: "$PORT" -- "${V6[1]}" "$GROUP_V6"
}

# connected_answers_like_bare SERVER-ARGUMENT... -- ADDRESS
connected_answers_like_bare() {
	local group=${*: -1}

	set -- "${@:1:$#-2}"
	bare start_server echo_connect "$@"
	ask_client -b "$PORT" "$group"
	every_line_matches '^from '
	cp answers bare.answers
	with_library start_server echo_connect "$@"
	ask_client -b "$PORT" "$group"
	same_text bare.answers answers
}

@test "a socket that is connected to the peer" {
	connected_answers_like_bare 0.0.0.0 "$PORT" -- 192.0.2.255
	connected_answers_like_bare -6 :: "$PORT" -- ff02::1%wire1
}

# The route back to the peer uses another interface, but the socket is bound to one: bare the reply
# leaves by that and with its address, which routing alone would not choose.
@test "an interface of the socket's own: SO_BINDTODEVICE, IP_UNICAST_IF" {
	lay_second_cable
	far_client wire2
	server_ip route add "$FAR_V4" via "$CLIENT_V4" dev wire0 metric 10
	for option in SO_BINDTODEVICE IP_UNICAST_IF; do
		answers_like_bare -o "$option=wire0" 0.0.0.0 "$PORT" -- -s "$FAR_V4" "$PORT" 192.0.2.255
		every_line_is "from ${V4[0]} wire1"
	done
}

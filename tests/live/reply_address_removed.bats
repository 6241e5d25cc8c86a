#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The request destination is removed before the answer is sent. No reply could be right then, so
# there is nothing to cure: bare, the answer leaves from the kernel's choice, or fails as the kernel
# decides. With the library all must be the same, including results and errno. A first request, with
# nothing removed, shows that the library names this address.

load lab
load refused
load routes

lose_v4() {
	server_ip addr del "${V4[1]}/24" dev wire0
}

lose_v6() {
	server_ip addr del "${V6[1]}/64" dev wire0
}

@test "the address is removed before the answer: IPv4" {
	refused_is_as_bare 0.0.0.0 lose_v4 renew_lab "${V4[1]}"
	warned_of 1 sendto.err
}

@test "the address is removed before the answer: IPv6" {
	refused_is_as_bare '-6 ::' lose_v6 renew_lab "${V6[1]}"
	warned_of 1 sendto.err
}

@test "the address is removed before the answer: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	refused_is_as_bare '-d ::' lose_v4 renew_lab "${V4[1]}"
	warned_of 1 sendto.err
}

# one_of_many_is_as_bare SOCKET LOSE ADDRESS...: LOSE removes the second address; the other replies
# are still cured, by each call.
one_of_many_is_as_bare() {
	local socket=$1 lose=$2 call

	shift 2
	for call in "${CALLS[@]}"; do
		bare wait_server "$socket" "$call" "$#"
		answer_after "$lose" "$@"
		some_wrong
		sed 's/^local .*/local/' server.out >bare.out
		sed -n 2p answers >bare.answers
		renew_lab
		with_library wait_server "$socket" "$call" "$#"
		answer_after "$lose" "$@"
		sed 's/^local .*/local/' server.out >with.out
		same_text bare.out with.out || fail "by $call"
		sed -n 2p answers >with.answers
		same_text bare.answers with.answers || fail "by $call"
		sed -i 2d answers
		every_line_is right
		renew_lab
	done
}

@test "one of three addresses is removed before three answers" {
	one_of_many_is_as_bare 0.0.0.0 lose_v4 "${V4[@]}"
	one_of_many_is_as_bare '-6 ::' lose_v6 "${V6[@]}"
}

# The peer asks from its address on the first cable, and is answered there. The request destination
# is an address on the second.
renew_two_cables() {
	renew_lab
	lay_second_cable
}

# loss_beside_is_as_bare SOCKET LOSE SOURCE ADDRESS
loss_beside_is_as_bare() {
	lay_second_cable
	# shellcheck disable=SC2034 # answer_after uses it.
	ask_options=(-s "$3")
	refused_is_as_bare "$1" "$2" renew_two_cables "$4"
}

lose_v4_beside() {
	server_ip addr del "${V4_BESIDE[1]}/24" dev wire2
}

lose_v6_beside() {
	server_ip addr del "${V6_BESIDE[0]}/64" dev wire2
}

lose_cable() {
	server_ip link set wire2 down
}

@test "an address on another cable is removed before the answer: IPv4" {
	loss_beside_is_as_bare 0.0.0.0 lose_v4_beside "$CLIENT_V4" "${V4_BESIDE[1]}"
	warned_of 1 sendto.err
}

@test "an address on another cable is removed before the answer: IPv6" {
	loss_beside_is_as_bare '-6 ::' lose_v6_beside "$CLIENT_V6" "${V6_BESIDE[0]}"
	warned_of 1 sendto.err
}

@test "another cable goes down, and its IPv6 addresses with it" {
	loss_beside_is_as_bare '-6 ::' lose_cable "$CLIENT_V6" "${V6_BESIDE[0]}"
	warned_of 1 sendto.err
}

# An IPv4 address stays when its cable goes down, and a reply can still leave from it. Only
# connect(2) cannot use it: the socket is connected as bare.
@test "another cable goes down, and its IPv4 addresses stay" {
	local call

	lay_second_cable
	# shellcheck disable=SC2034 # answer_after uses it.
	ask_options=(-s "$CLIENT_V4")
	for call in "${CALLS[@]}"; do
		bare wait_server 0.0.0.0 "$call" 1
		answer_after lose_cable "${V4_BESIDE[1]}"
		some_wrong
		server_ip link set wire2 up

		with_library wait_server 0.0.0.0 "$call" 1
		wait_until is_up server_ip wire2
		cp answers bare.answers
		answer_after lose_cable "${V4_BESIDE[1]}"
		if [ "$call" = connect ]; then
			same_text bare.answers answers
		else
			every_line_is right
		fi
		server_ip link set wire2 up
		wait_until is_up server_ip wire2
	done
}

# fails_as_bare SOCKET LOSE ADDRESS: nothing can be sent, and the program gets the error.
fails_as_bare() {
	local socket=$1 lose=$2 call

	shift 2
	# shellcheck disable=SC2034 # answer_after uses it.
	ask_limit_ms=300
	for call in "${CALLS[@]}"; do
		bare wait_server "$socket" "$call" "$#"
		answer_after "$lose" "$@"
		grep -qx "$call -1 ENETUNREACH" server.out || fail "bare the call does not fail"
		cp server.out bare.out
		renew_lab
		with_library wait_server "$socket" "$call" "$#"
		answer_after "$lose" "$@"
		same_text bare.out server.out || fail "by $call"
		[ ! -s server.err ] || fail "a warning: $(cat server.err)"
		renew_lab
	done
}

lose_all() {
	server_ip addr flush dev wire0
}

lose_the_cable() {
	server_ip link set wire0 down
}

@test "all addresses are removed before the answer: the calls fail as bare" {
	fails_as_bare 0.0.0.0 lose_all "${V4[1]}"
	fails_as_bare '-6 ::' lose_all "${V6[1]}"
}

@test "the interface goes down before the answer: the calls fail as bare" {
	fails_as_bare 0.0.0.0 lose_the_cable "${V4[1]}"
	fails_as_bare '-6 ::' lose_the_cable "${V6[1]}"
}

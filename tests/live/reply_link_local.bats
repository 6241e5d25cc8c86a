#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The server's interface has two link-local addresses. A link-local source is ambiguous without its
# interface, so the reply must name that too, here and nowhere else.

load lab
load routes

readonly ASKED=("${LINK_LOCAL[@]/%/%wire1}")

@test "link-local peers: recvfrom, sendto" {
	replies_are_cured ASKED echo_recvfrom -6 :: "$PORT"
}

@test "link-local peers: recvmsg, sendmsg" {
	replies_are_cured ASKED echo_recvmsg -6 :: "$PORT"
}

@test "link-local peers: recvmmsg, sendmmsg" {
	replies_are_cured ASKED echo_recvmmsg -6 :: "$PORT"
}

@test "link-local peers: many in flight" {
	bare start_server echo_late -n 50 -6 :: "$PORT"
	ask_client -n 50 "$PORT" "${ASKED[@]}"
	some_wrong

	with_library start_server echo_late -n 50 -6 :: "$PORT"
	ask_client -n 50 "$PORT" "${ASKED[@]}"
	every_line_is right
}

# Both of the server's interfaces have fe80::1, and each has a second one of its own.
two_links() {
	lay_second_cable
	asked=("${LINK_LOCAL[@]/%/%wire1}" "${LINK_LOCAL_BESIDE[@]/%/%wire3}")
}

@test "link-local peers on two links, with one address on both" {
	local server

	two_links
	for server in echo_recvfrom echo_recvmsg echo_recvmmsg; do
		replies_are_cured asked "$server" -6 :: "$PORT"
	done
	with_library start_server echo_late -n 60 -6 :: "$PORT"
	ask_client -n 60 "$PORT" "${asked[@]}"
	every_line_is right
}

@test "link-local peers on two links: a connected socket" {
	local address

	two_links
	with_library start_server echo_connect -n 2 -6 :: "$PORT"
	: >all
	for address in "${asked[@]}" "${asked[@]}"; do
		ask_client -i -r 2 "$PORT" "$address"
		sed "s/^right ${address#*%}\$/right/" answers >>all
	done
	mv all answers
	every_line_is right
}

# One end's address is link-local, the other's is not.
@test "a link-local address asked by a global one, and the other way round" {
	lay_second_cable
	mixed_scopes() {
		"$1" start_server "$2" -6 :: "$PORT"
		ask_client -i -s "$CLIENT_V6" "$PORT" "${LINK_LOCAL[@]/%/%wire1}"
		cat answers >all
		ask_client -i -s "$CLIENT_LINK_LOCAL%wire1" "$PORT" "${V6[@]}"
		cat answers >>all
		mv all answers
	}
	for server in echo_recvfrom echo_recvmsg echo_recvmmsg; do
		mixed_scopes bare "$server"
		some_wrong
		mixed_scopes with_library "$server"
		every_line_is "right wire1"
	done
}

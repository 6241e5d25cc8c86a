#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# recvfrom and sendto on a wildcard socket: the reply leaves from the request destination.

load lab

@test "recvfrom, sendto: IPv4" {
	replies_are_cured V4 echo_recvfrom 0.0.0.0 "$PORT"
}

@test "recvfrom, sendto: IPv6" {
	replies_are_cured V6 echo_recvfrom -6 :: "$PORT"
}

@test "recvfrom, sendto: one peer asks at one address and then at another" {
	local address

	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	some_wrong

	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	for address in "${V4[@]}" "${V4[1]}"; do
		ask_client -p 4000 "$PORT" "$address"
		every_line_is right
	done
}

@test "recvfrom, sendto: asked from the server's own host" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_locally "$PORT" 127.0.0.2
	some_wrong

	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_locally "$PORT" 127.0.0.1 127.0.0.2 127.0.0.3 "${V4[@]}"
	every_line_is right
}

@test "recvfrom, sendto: a socket bound before the program began" {
	inherited() {
		"$1" launch_server "$servers/inherit" 0.0.0.0 "$PORT" "$servers/echo_recvfrom" -i
		wait_until server_is_ready || fail "not ready"
		ask_client "$PORT" "${V4[@]}"
	}

	inherited bare
	some_wrong

	inherited with_library
	every_line_is right
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Bare, a server that binds :: in order to serve only IPv6 takes IPv4 too. With the library it does
# not; under BINDRIGHT_V6ONLY=off all is as bare.

load lab

@test ":: alone, TCP" {
	bare start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 0 ]
	serves_both

	with_library start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 1 ]
	cannot_connect "${V4[@]}"
	can_connect "${V6[@]}"
}

@test ":: alone, UDP" {
	bare start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 0 ]
	ask_client "$PORT" "${V4[@]}"
	some_wrong

	with_library start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 1 ]
	ask_client "$PORT" "${V4[@]}"
	every_line_is refused
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

@test ":: alone, the program clears IPV6_V6ONLY: still IPv6 only, with one warning" {
	bare start_server listeners -f 6 -d "$PORT"
	can_connect "${V4[@]}"

	with_library start_server listeners -f 6 -d "$PORT"
	[ "$(v6only_of t)" = 1 ]
	cannot_connect "${V4[@]}"
	[ "$(grep -c "^bindright: listeners\[$server_pid\]: warn: .*$PORT" server.err)" -eq 1 ]
	[ "$(wc -l <server.err)" -eq 1 ]
}

@test "BINDRIGHT_V6ONLY=off, TCP: as bare" {
	bare start_server listeners -f 6 "$PORT"
	cannot_be_v6only t
	serves_both

	BINDRIGHT_V6ONLY=off with_library start_server listeners -f 6 "$PORT"
	cannot_be_v6only t
	serves_both
}

@test "BINDRIGHT_V6ONLY=off, UDP: IPv4 is served as bare" {
	bare start_server echo_recvfrom :: "$PORT"
	cannot_be_v6only u
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	some_wrong

	BINDRIGHT_V6ONLY=off with_library start_server echo_recvfrom :: "$PORT"
	cannot_be_v6only u
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_is right
}

cannot_be_v6only() {
	[ "$(v6only_of "$1")" = 0 ] || fail "IPV6_V6ONLY is set"
}

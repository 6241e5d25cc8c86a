#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program that names the source of its answers itself, and another than was asked: that is its
# decision and stays. One that names only the interface leaves the source open, and that is cured.
#
# If the program's own source is kept, there is no fault to see bare; the tests compare both runs.

load lab
load routes

# own_source_is_kept SOURCE ADDRESS SERVER-ARGUMENT...: asked at ADDRESS, answered from SOURCE.
own_source_is_kept() {
	local source=$1 asked=$2 call

	shift 2
	for call in '' -m -t; do
		bare start_server echo_source ${call:+"$call"} "$@"
		ask_client "$PORT" "$asked"
		every_line_is "wrong $source"
		with_library start_server echo_source ${call:+"$call"} "$@"
		ask_client -r 2 "$PORT" "$asked"
		every_line_is "wrong $source"
	done
}

@test "a source of its own: IPv4" {
	own_source_is_kept "${V4[2]}" "${V4[1]}" -s "${V4[2]}" 0.0.0.0 "$PORT"
}

@test "a source of its own: IPv6, by both forms" {
	own_source_is_kept "${V6[0]}" "${V6[1]}" -f v6 -s "${V6[0]}" -6 :: "$PORT"
	own_source_is_kept "${V6[0]}" "${V6[1]}" -f old -s "${V6[0]}" -6 :: "$PORT"
}

@test "a source of its own: dual-stack, by each form" {
	export BINDRIGHT_V6ONLY=off
	own_source_is_kept "${V4[2]}" "${V4[1]}" -f v4 -s "${V4[2]}" -d :: "$PORT"
	own_source_is_kept "${V4[2]}" "${V4[1]}" -f v6 -s "::ffff:${V4[2]}" -d :: "$PORT"
	own_source_is_kept "${V6[0]}" "${V6[1]}" -f v6 -s "${V6[0]}" -d :: "$PORT"
}

@test "a link-local source of its own" {
	own_source_is_kept "${LINK_LOCAL[0]}%wire1" "${LINK_LOCAL[1]}%wire1" -f v6 \
		-s "${LINK_LOCAL[0]}" -x wire0 -6 :: "$PORT"
}

# The program names the interface, not the source.
named_interface_is_cured() {
	local -n asked=$1
	local far=$2 call

	shift 2
	for call in '' -m -t; do
		bare start_server echo_source ${call:+"$call"} -x wire0 "$@"
		ask_client -i -s "$far" "$PORT" "${asked[@]}"
		some_wrong
		every_line_matches ' wire1$'
		with_library start_server echo_source ${call:+"$call"} -x wire0 "$@"
		ask_client -i -s "$far" "$PORT" "${asked[@]}"
		every_line_is 'right wire1'
	done
}

@test "an interface of its own and no source" {
	lay_second_cable
	far_client wire2
	# The route without the interface.
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -i -s "$FAR_V4" "$PORT" "${V4[1]}"
	every_line_matches ' wire3$'
	server_ip route add "$FAR_V4" via "$CLIENT_V4" dev wire0 metric 2000
	named_interface_is_cured V4 "$FAR_V4" -f v4 0.0.0.0 "$PORT"
}

# If an IPv6 datagram names a source too, the kernel ignores the interface in routing: so the
# program's interface is kept, and with it the kernel's choice of the source.
named_interface_is_as_bare() {
	local call

	for call in '' -m -t; do
		bare start_server echo_source ${call:+"$call"} -x wire0 "$@"
		ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
		some_wrong
		every_line_matches ' wire1$'
		cp answers bare.answers
		with_library start_server echo_source ${call:+"$call"} -x wire0 "$@"
		ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
		same_text bare.answers answers
	done
}

@test "an interface of its own and no source: IPv6" {
	lay_second_cable
	far_client wire2
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[1]}"
	every_line_matches ' wire3$'
	server_ip route add "$FAR_V6" via "$CLIENT_V6" dev wire0 metric 2000
	named_interface_is_as_bare -f v6 -6 :: "$PORT"
	named_interface_is_as_bare -f old -6 :: "$PORT"
}

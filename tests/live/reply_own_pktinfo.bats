#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program that asks for the destination address itself. It gets what it asked for, getsockopt
# tells it its own wishes, and where it still answers with a plain sendto, the fault is cured.

load lab

# plain_sendto_is_cured V4|V6 ARGUMENT...: with -t it is no plain one, but names no source either.
plain_sendto_is_cured() {
	local -n asked=$1

	shift
	bare start_server echo_pktinfo "$@"
	ask_client -v "$PORT" "${asked[@]}"
	some_wrong
	grep -q 'ipv[46]=' answers || fail "the program was not told the destination"
	keep_text bare.text
	cp server.out bare.out

	with_library start_server echo_pktinfo "$@"
	ask_client -v "$PORT" "${asked[@]}"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text
	same_text bare.out server.out
}

# Such a program is right by itself, so there is no fault to see: it must stay as it is.
named_source_is_unchanged() {
	local -n asked=$1

	shift
	bare start_server echo_pktinfo -s "$@"
	ask_client -v "$PORT" "${asked[@]}"
	every_line_matches '^right '
	cp answers bare.answers
	cp server.out bare.out

	with_library start_server echo_pktinfo -s "$@"
	ask_client -v "$PORT" "${asked[@]}"
	same_text bare.answers answers
	same_text bare.out server.out
}

@test "asks for the destination, answers plainly: IPv4" {
	plain_sendto_is_cured V4 0.0.0.0 "$PORT"
}

@test "asks for the destination, answers plainly: IPv6" {
	plain_sendto_is_cured V6 -6 :: "$PORT"
}

@test "asks for the destination, answers plainly: dual-stack" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	plain_sendto_is_cured both -d :: "$PORT"
}

@test "names a time to live, and not the source: IPv4" {
	plain_sendto_is_cured V4 -t 0.0.0.0 "$PORT"
}

@test "names a time to live, and not the source: IPv6" {
	plain_sendto_is_cured V6 -t -6 :: "$PORT"
}

@test "names the source itself: IPv4" {
	named_source_is_unchanged V4 0.0.0.0 "$PORT"
}

@test "names the source itself: IPv6" {
	named_source_is_unchanged V6 -6 :: "$PORT"
}

@test "names the source itself: dual-stack" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	named_source_is_unchanged both -d :: "$PORT"
}

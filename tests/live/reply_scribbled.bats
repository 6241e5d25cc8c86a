#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Unprivileged workers write random bytes to all memory that they share with their parent: the
# parent survives, and answers from an address of its host. Bare they share nothing, so the bare run
# shows no fault.

# The ports are bound repeatedly, which takes a while.
LIMIT_S=${LIMIT_S:-40}

load lab

# from_our_host V4|V6: each answer came, and from an address of the server host.
from_our_host() {
	local -n addresses=$1
	local pattern

	pattern=$(
		IFS='|'
		echo "${addresses[*]}"
	)
	every_line_matches "^(right|wrong ($pattern))\$"
}

# scribbled_is_served V4|V6 ARGUMENT...
scribbled_is_served() {
	local -n asked=$1
	local family=$1

	shift
	bare start_server echo_scribbled "$@"
	ask_client "$PORT" "${asked[@]}"
	some_wrong

	with_library start_server echo_scribbled "$@"
	ask_client -n 100 -r 50 "$PORT" "${asked[@]}"
	from_our_host "$family"
	wait_until grep -qx scribbling server.err || fail "the worker does not write: the test proves nothing"
}

@test "a worker scribbles over what it shares: IPv4" {
	scribbled_is_served V4 0.0.0.0 "$PORT"
}

@test "a worker scribbles over what it shares: IPv6" {
	scribbled_is_served V6 -6 :: "$PORT"
}

@test "a worker scribbles over what it shares: both families on one socket" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	scribbled_is_served both -d :: "$PORT"
}

@test "a worker scribbles over the memory by which auto shares ports" {
	local pairs=1000

	export BINDRIGHT_V6ONLY=auto
	bare start_server echo_scribbled -t "$pairs" "$PORT"
	server_says lived
	with_library start_server echo_scribbled -t "$pairs" "$PORT"
	server_says lived
	grep -qx scribbling server.err || fail "the worker does not write: the test proves nothing"
}

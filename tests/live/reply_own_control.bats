#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program that has control data of its own: TTL, TOS, time stamps. The reply fault is cured, and
# the control data is what it was to the byte: each message, its length, MSG_CTRUNC where the buffer
# is too small, msg_controllen, and the buffer's bytes behind the end.
#
# echo_control tells all that in its answer, so that both runs can be held against each other.

load lab

# Around each place where a header, a message or its padding begins or ends.
readonly SIZES="0 1 15 16 17 20 23 24 25 28 31 32 33 40 47 48 49 50 52 56 57 64 71 72 73 76 80 81
	96 104 112 120 128 136 160 200 256 512"

# control_is_unchanged V4|V6|BOTH ARGUMENT...
control_is_unchanged() {
	local -n asked=$1
	local size

	shift
	for size in $SIZES; do
		bare start_server echo_control -s "$size" "$@"
		ask_client -v "$PORT" "${asked[@]}"
		some_wrong
		keep_text bare.text

		with_library start_server echo_control -s "$size" "$@"
		ask_client -v "$PORT" "${asked[@]}"
		keep_text with.text
		same_text bare.text with.text || fail "control buffer of $size bytes"
		every_line_matches '^right ' || fail "control buffer of $size bytes"
	done
}

@test "a control buffer of any size: IPv4" {
	control_is_unchanged V4 0.0.0.0 "$PORT"
}

@test "a control buffer of any size: IPv6" {
	control_is_unchanged V6 -6 :: "$PORT"
}

@test "a control buffer of any size: dual-stack" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	control_is_unchanged both -d :: "$PORT"
}

@test "the data is truncated as well" {
	local size

	# The client calls an answer mangled that is right but for its text, which is short here.
	for size in 0 17 40 80 512; do
		bare start_server echo_control -l 4 -s "$size" 0.0.0.0 "$PORT"
		ask_client -v "$PORT" "${V4[@]}"
		every_line_matches '^(mangled|wrong [^ ]+) requ controllen=.* flags=0x2'
		grep -q '^wrong ' answers
		keep_text bare.text

		with_library start_server echo_control -l 4 -s "$size" 0.0.0.0 "$PORT"
		ask_client -v "$PORT" "${V4[@]}"
		every_line_matches '^mangled '
		keep_text with.text
		same_text bare.text with.text || fail "control buffer of $size bytes"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program that enables PKTINFO itself. It gets the messages, getsockopt returns its own settings,
# and if it still answers with a plain sendto, the fault is cured.

load lab

# plain_sendto_is_cured V4|V6 ARGUMENT...: with -t it is a sendmsg that names no source.
plain_sendto_is_cured() {
	local -n asked=$1

	shift
	bare start_server echo_pktinfo "$@"
	ask_client -v "$PORT" "${asked[@]}"
	some_wrong
	grep -q 'ipv[46]=' answers || fail "the program did not get the destination"
	keep_text bare.text
	cp server.out bare.out

	with_library start_server echo_pktinfo "$@"
	ask_client -v "$PORT" "${asked[@]}"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text
	same_text bare.out server.out
}

# Such a program is right bare, so there is no fault to see, and it must stay as it is.
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

@test "enables PKTINFO, answers plainly: IPv4" {
	plain_sendto_is_cured V4 0.0.0.0 "$PORT"
}

@test "enables PKTINFO, answers plainly: IPv6" {
	plain_sendto_is_cured V6 -6 :: "$PORT"
}

@test "enables PKTINFO, answers plainly: dual-stack" {
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

# The orders in which a program enables and disables an option, before (-o) and after bind (-O).
readonly ORDERS=("-o on" "-o off" "-O on" "-O off" "-o on -o off" "-o on -O off" "-o off -O on"
	"-O on -O off" "-o on -O off -O on" "-O on -O off -O on -O off")

# own_view_is_kept V4|V6|NAME SOCKET OPTION...: echo_control prints what getsockopt returns, and all
# that it receives, in control buffers of each size up to one that holds all.
own_view_is_kept() {
	local -n asked=$1
	local socket=$2 order option words

	shift 2
	for order in "${ORDERS[@]}"; do
		words=
		for option; do
			words+=" $order"
			words=${words// on/ $option=1}
			words=${words// off/ $option=0}
		done
		same_view "$words $socket"
	done
}

# same_view "SERVER-ARGUMENTS"
same_view() {
	local words

	read -ra words <<<"-s 0-120 $1 $PORT"
	bare start_server echo_control "${words[@]}"
	ask_client -v -n 121 -t 20000 "$PORT" "${asked[@]}"
	some_wrong
	keep_text bare.text
	cp server.out bare.out
	with_library start_server echo_control "${words[@]}"
	ask_client -v -n 121 -t 20000 "$PORT" "${asked[@]}"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text || fail "$1"
	same_text bare.out server.out || fail "$1"
}

@test "switched on and off before and after bind: IPv4" {
	own_view_is_kept V4 0.0.0.0 IP_PKTINFO
	grep -q '^IP_PKTINFO 0$' server.out
}

@test "switched on and off before and after bind: IPv6, by both RFCs" {
	own_view_is_kept V6 '-6 ::' IPV6_RECVPKTINFO
	own_view_is_kept V6 '-6 ::' IPV6_2292PKTINFO
	own_view_is_kept V6 '-6 ::' IPV6_2292PKTINFO IPV6_RECVPKTINFO
}

@test "switched on and off before and after bind: dual-stack, one option or both" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	own_view_is_kept both '-d ::' IP_PKTINFO
	own_view_is_kept both '-d ::' IPV6_RECVPKTINFO
	own_view_is_kept both '-d ::' IP_PKTINFO IPV6_RECVPKTINFO
}

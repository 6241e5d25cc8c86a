#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program with control data of its own: TTL, TOS, time stamps, and the destination. The reply
# fault is cured, and the control data is the same to the byte: each message, its length, MSG_CTRUNC
# if the buffer is too small, msg_controllen, and the buffer's bytes after the end.
#
# echo_control puts all that into its answer, so the test can compare both runs. It tries a control
# buffer of each size from 0 to ample, with a request each.

load lab

readonly SIZES=0-256 REQUESTS=257

# More options for ask, and a function that runs before the requests.
ask_options=()
beforehand() {
	:
}

# all_sizes bare|with_library FILE ADDRESS... -- SERVER-ARGUMENT...: asks at all addresses in turn.
all_sizes() {
	local how=$1 file=$2 asked=()

	shift 2
	while [ "$1" != -- ]; do
		asked+=("$1")
		shift
	done
	shift
	"$how" start_server echo_control -s "$SIZES" -o SO_RCVBUF=200000 "$@"
	beforehand
	ask_client "${ask_options[@]}" -v -t 20000 -n "$REQUESTS" "$PORT" "${asked[@]}"
	[ "$(wc -l <answers)" -eq "$REQUESTS" ]
	every_line_matches '^(right|wrong [^ ]+) .*controllen='
	keep_text "$file"
}

# control_is_unchanged V4|V6|NAME SOCKET OPTION...: with these options set before bind, set after
# it, and by recvmmsg.
control_is_unchanged() {
	local -n addresses=$1
	local socket wishes_before=() wishes_after=() wish

	read -ra socket <<<"$2"
	shift 2
	for wish; do
		wishes_before+=(-o "$wish=1")
		wishes_after+=(-O "$wish=1")
	done
	same_control "${wishes_before[@]}" "${socket[@]}"
	same_control "${wishes_after[@]}" "${socket[@]}"
	same_control -m "${wishes_after[@]}" "${socket[@]}"
}

same_control() {
	all_sizes bare bare.text "${addresses[@]}" -- "$@" "$PORT"
	some_wrong
	cp server.out bare.out
	all_sizes with_library with.text "${addresses[@]}" -- "$@" "$PORT"
	same_text bare.text with.text || fail "$*"
	same_text bare.out server.out || fail "$*"
	every_line_matches '^right ' || fail "$*"
}

# both_families: prints the addresses of dual-stack sockets.
both_families() {
	# shellcheck disable=SC2034 # Used by name.
	both=("${V4[@]}" "${V6[@]}")
	export BINDRIGHT_V6ONLY=off
}

@test "TTL, TOS, time stamps: IPv4" {
	control_is_unchanged V4 0.0.0.0 SO_TIMESTAMP IP_RECVTTL IP_RECVTOS
	grep -q ' 0:2:20' with.text || fail "no TTL"
	grep -q ' 1:29:32' with.text || fail "no time stamp"
}

@test "hop limit, traffic class, time stamps: IPv6" {
	control_is_unchanged V6 '-6 ::' SO_TIMESTAMPNS IPV6_RECVHOPLIMIT IPV6_RECVTCLASS
	grep -q ' 41:52:20' with.text || fail "no hop limit"
	grep -q ' 41:67:20' with.text || fail "no traffic class"
}

@test "all of these: dual-stack" {
	both_families
	control_is_unchanged both '-d ::' SO_TIMESTAMP IPV6_RECVHOPLIMIT IPV6_RECVTCLASS \
		IP_RECVTTL IP_RECVTOS
}

@test "the destination: IPv4" {
	control_is_unchanged V4 0.0.0.0 IP_PKTINFO
	grep -q ' 0:8:28' with.text || fail "no destination"
	control_is_unchanged V4 0.0.0.0 IP_PKTINFO SO_TIMESTAMP IP_RECVTTL IP_RECVTOS \
		IP_RECVORIGDSTADDR
}

@test "the destination: IPv6" {
	control_is_unchanged V6 '-6 ::' IPV6_RECVPKTINFO
	grep -q ' 41:50:36' with.text || fail "no destination"
	control_is_unchanged V6 '-6 ::' IPV6_RECVPKTINFO IPV6_RECVHOPLIMIT IPV6_RECVTCLASS \
		IPV6_RECVORIGDSTADDR
}

@test "the destination by RFC 2292: IPv6" {
	control_is_unchanged V6 '-6 ::' IPV6_2292PKTINFO
	grep -q ' 41:2:36' with.text || fail "no destination"
	control_is_unchanged V6 '-6 ::' IPV6_2292PKTINFO IPV6_RECVPKTINFO IPV6_RECVHOPLIMIT
}

@test "the destination, of one family or both: dual-stack" {
	both_families
	control_is_unchanged both '-d ::' IP_PKTINFO
	control_is_unchanged both '-d ::' IPV6_RECVPKTINFO
	control_is_unchanged both '-d ::' IP_PKTINFO IPV6_RECVPKTINFO IP_RECVTTL IPV6_RECVHOPLIMIT
}

@test "the sizes of segments, UDP_GRO" {
	ask_options=(-g 4)
	control_is_unchanged V4 0.0.0.0 UDP_GRO IP_RECVTTL
	grep -q ' 17:104:' with.text || fail "no segments"
	control_is_unchanged V6 '-6 ::' UDP_GRO IPV6_RECVPKTINFO
	grep -q ' 17:104:' with.text || fail "no segments"
}

# More requests than the socket buffer holds arrive while the server sleeps.
overflow() {
	kill -STOP "$server_pid"
	ask_client -m flood -t 1 -n 900 "$PORT" "${V4[0]}"
	kill -CONT "$server_pid"
	# When this one is answered, so are all before it.
	wait_until is_answered
}

is_answered() {
	ask_client -m flood -n 1 "$PORT" "${V4[0]}"
	grep -q '^right' answers
}

@test "the count of drops, SO_RXQ_OVFL" {
	beforehand() {
		overflow
	}
	control_is_unchanged V4 0.0.0.0 SO_RXQ_OVFL IP_RECVTTL
	grep -q ' 1:40:20' with.text || fail "no count of drops"
}

@test "no option enabled: the buffer is untouched" {
	control_is_unchanged V4 0.0.0.0
	every_line_matches ' controllen=0 flags=0 buffer=(a5)+$'
	control_is_unchanged V6 '-6 ::'
	both_families
	control_is_unchanged both '-d ::'
}

@test "the data is truncated as well" {
	local size server=(-l 4 -O SO_TIMESTAMP=1 -O IP_RECVTTL=1 -O IP_RECVTOS=1 0.0.0.0 "$PORT")

	# The client prints "mangled" for a right answer whose text is short.
	for size in 0 17 40 80 512; do
		bare start_server echo_control -s "$size" "${server[@]}"
		ask_client -v "$PORT" "${V4[@]}"
		every_line_matches '^(mangled|wrong [^ ]+) requ controllen=.* flags=0x2'
		grep -q '^wrong ' answers
		keep_text bare.text

		with_library start_server echo_control -s "$size" "${server[@]}"
		ask_client -v "$PORT" "${V4[@]}"
		every_line_matches '^mangled '
		keep_text with.text
		same_text bare.text with.text || fail "control buffer of $size bytes"
	done
}

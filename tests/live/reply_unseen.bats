#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program sees its sockets as bare: its options as it set them, and no control message that it did
# not enable, whatever happened to the socket in between. Bare all is right; the tests compare both
# runs.

load lab
load puppet

# seen_as_bare LINE...: the puppet prints the same for these lines, twice: also with BINDRIGHT=off.
seen_as_bare() {
	bare start_server puppet
	do_lines "$@"
	cp transcript bare.transcript
	with_library start_server puppet
	do_lines "$@"
	same_text bare.transcript transcript
	BINDRIGHT=off with_library start_server puppet
	do_lines "$@"
	same_text bare.transcript transcript
}

# Prints the lines that look at this socket, which has a queued datagram.
looks_at() {
	local name=$1 before=${2:+in $2 }

	looks=("${before}get $name pktinfo" "${before}get $name rcvlowat"
		"${before}hear $name recvmsg peek" "${before}hear $name recvmsg")
}

readonly BEGIN=("open s udp4" "bind s 0.0.0.0 $PORT"
	"open c udp4" "bind c 127.0.0.1 5400" "send c 127.0.0.1 $PORT one")
readonly MORE=("send c 127.0.0.1 $PORT more")

@test "watched, connected, and inherited by a new program" {
	looks_at s
	seen_as_bare "${BEGIN[@]}" "hear s" "connect s 127.0.0.1 5400" "${MORE[@]}" "${looks[@]}" \
		"${MORE[@]}" exec "${looks[@]}" "${MORE[@]}" "${looks[@]}"
	# The same, not connected.
	seen_as_bare "${BEGIN[@]}" "hear s" "${MORE[@]}" "${looks[@]}" \
		"${MORE[@]}" exec "${looks[@]}" "${MORE[@]}" "${looks[@]}"
	# Connected by the new program, or by one in between.
	seen_as_bare "${BEGIN[@]}" "hear s" exec "connect s 127.0.0.1 5400" "${MORE[@]}" \
		"${looks[@]}" exec "disconnect s" "${MORE[@]}" "${looks[@]}"
}

@test "a client's socket that a new program uses meanwhile" {
	looks_at c
	seen_as_bare "open s udp4" "bind s 127.0.0.1 $PORT" \
		"open c udp4" "send c 127.0.0.1 $PORT one" "hear s" "answer s" "${looks[@]}" \
		"heir child" "in child send c 127.0.0.1 $PORT two" "hear s" "answer s" "answer s" \
		"in child hear c" "${looks[@]}" "send c 127.0.0.1 $PORT three" "hear s" "answer s" \
		"${looks[@]}"
}

# child_asks WAY: a child by fork or heir enables PKTINFO, before and after the parent has received.
child_asks() {
	looks_at s
	seen_as_bare "${BEGIN[@]}" "$1 child" "in child set s pktinfo 1" "${looks[@]}" \
		"${MORE[@]}" "${looks[@]}"
	seen_as_bare "open s udp4" "$1 child" "in child set s pktinfo 1" \
		"bind s 0.0.0.0 $PORT" "${BEGIN[@]:2}" "${looks[@]}"
	seen_as_bare "${BEGIN[@]}" "hear s" "$1 child" "in child set s pktinfo 1" \
		"${MORE[@]}" "${looks[@]}" "in child set s pktinfo 0" "${MORE[@]}" "${looks[@]}"
}

@test "a forked child enables PKTINFO, and the parent gets it" {
	child_asks fork
}

@test "a child that is a new program enables PKTINFO, and the parent gets it" {
	child_asks heir
}

@test "an unbound socket under two numbers" {
	local lines=("open s udp4" "dup s d" "connect s 127.0.0.1 9" "hear d recvmsg peek dontwait"
		"hear d recvfrom dontwait" "disconnect s" "bind s 0.0.0.0 $PORT" "${BEGIN[@]:2}")

	looks_at d
	seen_as_bare "${lines[@]}" "${looks[@]}"
	looks_at s
	seen_as_bare "${lines[@]}" "hear d" "${MORE[@]}" "${looks[@]}"
}

@test "PKTINFO enabled by syscall(2)" {
	looks_at s
	seen_as_bare "${BEGIN[@]}" "SYS_set s pktinfo 1" "${looks[@]}" "${MORE[@]}" "${looks[@]}"
	seen_as_bare "${BEGIN[@]}" "SYS_set s pktinfo 1" "hear s recvmmsg" "${MORE[@]}" "${looks[@]}"
	seen_as_bare "open s udp4" "SYS_set s pktinfo 1" "${BEGIN[@]:1}" "${looks[@]}"
	# Enabled by setsockopt, disabled by syscall(2).
	seen_as_bare "${BEGIN[@]}" "set s pktinfo 1" "SYS_set s pktinfo 0" "${looks[@]}"
}

@test "SO_RCVLOWAT of the program, before and after the first datagram" {
	local value set

	looks_at s
	for value in 0 1 2 100 70000 1651638273 1651638272 1651638276 2147483647 -1; do
		for set in set SYS_set; do
			seen_as_bare "${BEGIN[@]}" "$set s rcvlowat $value" "${looks[@]}" \
				"${MORE[@]}" "${looks[@]}"
			seen_as_bare "open s udp4" "$set s rcvlowat $value" "${BEGIN[@]:1}" \
				"${looks[@]}" "${MORE[@]}" "hear s" "${MORE[@]}" "${looks[@]}"
		done
		seen_as_bare "${BEGIN[@]}" "${looks[@]}" "set s rcvlowat $value" "${MORE[@]}" \
			"${looks[@]}" exec "${MORE[@]}" "${looks[@]}"
	done
}

@test "received without libc: such a socket is not watched" {
	local past=("hear s SYS_recvmsg peek" "hear s SYS_recvmsg" "get s pktinfo" "get s rcvlowat")

	seen_as_bare "${BEGIN[@]:0:4}" "send c 127.0.0.2 $PORT one" "${past[@]}" "answer s" "hear c" \
		"from c" "${MORE[@]}" "${past[@]}" "answer s" "hear c" "from c"
	seen_as_bare "open s udp6 v6only=1" "bind s :: $PORT" "open c udp6" "bind c ::1 5400" \
		"send c ::1 $PORT one" "hear s SYS_recvmsg" "get s recvpktinfo" "get s rcvlowat" \
		"answer s" "hear c" "from c"
}

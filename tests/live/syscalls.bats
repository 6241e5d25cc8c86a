#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A request and its reply on a known socket cost no more system calls with the library than bare.
# strace counts both: a run of fifty requests less a run of ten, so start and end cancel out.

load lab

setup_file() {
	command -v strace >/dev/null || skip_file "strace is not installed"
	strace -o /dev/null true 2>/dev/null || skip_file "strace may not trace here"
}

# calls_of_forty bare|with_library ADDRESS NAME ARGUMENT...: sets "calls" to the cost of forty
# requests to this address and their replies. All replies must be right.
calls_of_forty() {
	local ten

	count_calls 10 "$@"
	ten=$counted
	count_calls 50 "$@"
	calls=$((counted - ten))
}

count_calls() {
	local requests=$1 how=$2 asked=$3

	shift 3
	rm -f trace
	under_strace trace "$how" start_server "$@"
	ask_client -r "$requests" "$PORT" "$asked"
	every_line_is right
	stop_server
	wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
	# Each call that returned has "= VALUE" in exactly one line, even if threads interleave.
	counted=$(grep -cE '\) += -?[0-9]' trace)
}

# no_more_calls V4|V6 NAME ARGUMENT...: asks bare at the address whose replies happen to be right,
# and with the library at one whose replies are wrong without it.
no_more_calls() {
	local -n addresses=$1
	local calls counted bare_calls chance cured

	shift
	bare start_server "$@"
	ask_client "$PORT" "${addresses[@]}"
	some_wrong
	chance=${addresses[$(grep -n right answers | cut -d : -f 1) - 1]}
	cured=${addresses[$(grep -n -m 1 wrong answers | cut -d : -f 1) - 1]}

	calls_of_forty bare "$chance" "$@"
	bare_calls=$calls
	[ "$bare_calls" -ge 78 ] || fail "bare only $bare_calls calls for forty requests: the count is wrong"
	calls_of_forty with_library "$cured" "$@"
	# The signal may interrupt the server's last call; one more call for each request would be
	# forty.
	[ "$calls" -le $((bare_calls + 2)) ] || fail "bare $bare_calls calls, with the library $calls"
}

@test "system calls: recvfrom, sendto, IPv4" {
	no_more_calls V4 echo_recvfrom 0.0.0.0 "$PORT"
}

@test "system calls: recvfrom, sendto, IPv6" {
	no_more_calls V6 echo_recvfrom -6 :: "$PORT"
}

@test "system calls: recvfrom, sendto, IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	no_more_calls V4 echo_recvfrom -d :: "$PORT"
}

@test "system calls: recvmsg, sendmsg" {
	no_more_calls V4 echo_recvmsg 0.0.0.0 "$PORT"
}

@test "system calls: recvmmsg, sendmmsg" {
	no_more_calls V4 echo_recvmmsg 0.0.0.0 "$PORT"
}

@test "system calls: one thread receives, another sends" {
	no_more_calls V4 echo_threads 0.0.0.0 "$PORT"
}

@test "system calls: a control buffer of the program" {
	no_more_calls V4 echo_control -O IP_RECVTTL=1 -O SO_TIMESTAMP=1 0.0.0.0 "$PORT"
}

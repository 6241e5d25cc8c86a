#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Servers whose seccomp filter kills for every system call but their own. They are cured if the
# filter permits the necessary calls, and as bare if it does not. No filter ever ends the server.

load lab
load filtered
load inherited

@test "bound, then filtered" {
	local way

	for way in prctl SYS_prctl SYS_seccomp tsync; do
		is_cured_if_filtered -b "$way"
	done
}

@test "the first datagram answered, then filtered" {
	local way

	for way in prctl SYS_prctl SYS_seccomp tsync; do
		is_cured_if_filtered -t first -b "$way"
	done
}

@test "bound, moved to descriptor 2, then filtered" {
	replies_are_cured V4 echo_filtered -2 0.0.0.0 "$PORT"
}

@test "filtered, then bound: as bare if the filter permits only the server's calls" {
	local way

	for way in prctl SYS_prctl SYS_seccomp tsync; do
		answered_as_bare echo_filtered -t early -b "$way" 0.0.0.0 "$PORT"
	done
}

@test "filtered, then bound: cured if the filter permits all" {
	is_cured_if_filtered -A -t early
	is_cured_if_filtered -A -t early -n execve
	is_cured_if_filtered -a log -t early
}

@test "without recvmsg, without sendmsg: as bare" {
	local time

	for time in bound first early; do
		answered_as_bare echo_filtered -t "$time" -n recvmsg 0.0.0.0 "$PORT"
		answered_as_bare echo_filtered -t "$time" -n sendmsg 0.0.0.0 "$PORT"
		answered_as_bare echo_filtered -t "$time" -n recvmsg -n sendmsg 0.0.0.0 "$PORT"
	done
}

# Reading the second filter must not need a call that the first one forbids.
@test "two filters: both are asked" {
	is_cured_if_filtered -D
	is_cured_if_filtered -D -b SYS_seccomp
	answered_as_bare echo_filtered -D -n recvmsg 0.0.0.0 "$PORT"
	answered_as_bare echo_filtered -D -n sendmsg 0.0.0.0 "$PORT"
	answered_as_bare echo_filtered -D -b SYS_seccomp -n recvmsg 0.0.0.0 "$PORT"
}

@test "a filter that the kernel rejects changes nothing" {
	replies_are_cured V4 echo_filtered -b mistake -n recvmsg -n sendmsg 0.0.0.0 "$PORT"
	replies_are_cured V4 echo_filtered -b mistake -t early -n recvmsg 0.0.0.0 "$PORT"
	replies_are_cured V4 echo_filtered -b mistake -t first -n sendmsg 0.0.0.0 "$PORT"
	replies_are_cured V4 echo_filtered -b diverged -n recvmsg -n sendmsg 0.0.0.0 "$PORT"
	replies_are_cured V4 echo_filtered -b diverged -t early -n recvmsg 0.0.0.0 "$PORT"
}

@test "a second thread installs a filter for itself" {
	is_unharmed echo_filtered -b thread 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -b thread -n recvmsg 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -b thread -t early 0.0.0.0 "$PORT"
}

@test "a second thread installs a filter without recvmsg or sendmsg for all threads" {
	answered_as_bare echo_filtered -b tsync -n recvmsg 0.0.0.0 "$PORT"
	answered_as_bare echo_filtered -b tsync -n sendmsg 0.0.0.0 "$PORT"
}

@test "strict mode: a connected server works, any other ends as bare" {
	bare start_server echo_filtered -c -t first -b strict 0.0.0.0 "$PORT"
	ask_client -n 1 -r 3 "$PORT" "${V4[1]}"
	some_wrong
	BINDRIGHT_LOG=debug with_library start_server echo_filtered -c -t first -b strict 0.0.0.0 "$PORT"
	ask_client -n 1 -r 3 "$PORT" "${V4[1]}"
	every_line_is right

	ends_as_bare "$servers/echo_filtered" -b strict 0.0.0.0 "$PORT"
	ends_as_bare "$servers/echo_filtered" -t first -b strict 0.0.0.0 "$PORT"
}

# connects_to_peer ARGUMENT...: connects to its first peer after the filter is installed.
connects_to_peer() {
	start_server echo_filtered -c "$@" 0.0.0.0 "$PORT"
	ask_client -n 1 -r 3 "$PORT" "${V4[1]}"
}

@test "it connects under the filter: pinned only if the filter permits that" {
	local call time

	for time in bound early; do
		bare connects_to_peer -t "$time"
		some_wrong
		BINDRIGHT_LOG=debug with_library connects_to_peer -t "$time"
		every_line_is "wrong ${V4[0]}"
		with_library connects_to_peer -t "$time" -A
		every_line_is right
		for call in setsockopt getsockopt getsockname recvmsg sendmsg; do
			with_library connects_to_peer -t "$time" -A -n "$call"
			every_line_matches '^(right|wrong)'
		done
	done
}

@test "the request destination is removed, and a warning is due" {
	bare goes_from_address 0.0.0.0 "$PORT"
	[ ! -s server.err ] || fail "bare stderr is not empty"
	with_library goes_from_address 0.0.0.0 "$PORT"
	with_library goes_from_address -A -n getpid 0.0.0.0 "$PORT"
	with_library goes_from_address -A 0.0.0.0 "$PORT"
	[ "$(wc -l <server.err)" -eq 1 ] || fail "no warning, although the filter permits it"
}

@test "one line if a filter prevents the cure of a socket" {
	with_library start_server echo_filtered -A -t early -n setsockopt 0.0.0.0 "$PORT"
	ask_client -r 3 "$PORT" "${V4[@]}"
	some_wrong
	[ "$(grep -cE 'filter|seccomp|sandbox' server.err)" -eq 1 ] || fail "expected one line"
}

@test "with the log at its highest level" {
	is_unharmed echo_filtered 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -t early 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -n write -t first 0.0.0.0 "$PORT"
}

@test "inherited, and filtered before it is used" {
	comes_queued V4 "" "$servers/echo_filtered" -i 0.0.0.0 "$PORT"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A flood of new peers with spoofed addresses, more than any table could hold. The server's memory
# does not grow, a datagram costs no more system calls than bare, and each peer that is answered at
# once gets a right answer, remembered or not.
#
# FLOOD_PEERS=1000000 runs a million peers, which takes some ten seconds on an idle machine.

load lab
load flood

# memory_of_server: prints its pages and its address space, in kilobytes. smaps_rollup counts each
# page; status only estimates.
memory_of_server() {
	rss=$(awk '$1 == "Rss:" { print $2 }' "/proc/$server_pid/smaps_rollup")
	size=$(awk '$1 == "VmSize:" { print $2 }' "/proc/$server_pid/status")
}

@test "flood: all answers are right, and memory does not grow" {
	local few=100000 all=${FLOOD_PEERS:-400000} rss size first_rss first_size

	need_no_sanitizer
	[ -r /proc/self/smaps_rollup ] || skip "no smaps_rollup"
	open_floodgates
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood -n 3000 "$PORT" "${V4[@]}"
	some_are_wrong 3000

	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood -n "$few" "$PORT" "${V4[@]}"
	all_are_right "$few"
	memory_of_server
	first_rss=$rss first_size=$size
	[ "$rss" -gt 0 ]
	[ "$size" -gt 0 ]
	flood -f "$few" -n $((all - few)) "$PORT" "${V4[@]}"
	all_are_right $((all - few))
	memory_of_server
	[ "$size" -eq "$first_size" ] || fail "$first_size kB of addresses have become $size kB"
	# One byte for each further peer would be 290 kB.
	[ "$rss" -lt $((first_rss + 100)) ] || fail "$first_rss kB of pages have become $rss kB"
}

@test "flood: IPv6" {
	open_floodgates
	bare start_server echo_recvfrom -6 :: "$PORT"
	flood -n 3000 "$PORT" "${V6[@]}"
	some_are_wrong 3000

	with_library start_server echo_recvfrom -6 :: "$PORT"
	flood -n 50000 "$PORT" "${V6[@]}"
	all_are_right 50000
}

@test "flood: far more peers than are remembered" {
	open_floodgates
	export BINDRIGHT_PEERS=16
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood -n 20000 "$PORT" "${V4[@]}"
	all_are_right 20000
	with_library start_server echo_recvmsg 0.0.0.0 "$PORT"
	flood -n 20000 "$PORT" "${V4[@]}"
	all_are_right 20000
}

@test "flood: several threads, each of which remembers its last datagram" {
	# Between a request and its answer, others evict the peer from the sixteen slots.
	open_floodgates
	bare start_server echo_workers 0.0.0.0 "$PORT"
	flood -n 3000 "$PORT" "${V4[@]}"
	some_are_wrong 3000

	export BINDRIGHT_PEERS=16
	with_library start_server echo_workers 0.0.0.0 "$PORT"
	flood -n 50000 "$PORT" "${V4[@]}"
	all_are_right 50000
}

@test "flood: late answers, with a whole batch" {
	# Each batch evicts others from its buckets, but not its own peers.
	open_floodgates
	bare start_server echo_batch 0.0.0.0 "$PORT"
	flood -n 3200 "$PORT" "${V4[@]}"
	some_are_wrong 3200

	with_library start_server echo_batch 0.0.0.0 "$PORT"
	flood -n 192000 "$PORT" "${V4[@]}"
	all_are_right 192000
}

# count_calls bare|with_library PEERS: sets "counted" to the number of system calls of a server
# whose replies happen to be right bare, so both runs do the same.
count_calls() {
	rm -f trace
	under_strace trace "$1" start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood -n "$2" "$PORT" "${V4[0]}"
	all_are_right "$2"
	stop_server
	wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
	counted=$(grep -cE '\) += -?[0-9]' trace)
}

@test "flood: no more system calls" {
	local bare_calls few

	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace is not permitted"
	open_floodgates
	count_calls bare 100
	few=$counted
	count_calls bare 2100
	bare_calls=$((counted - few))
	[ "$bare_calls" -ge 3998 ] || fail "only $bare_calls calls for 2000 requests: the count is wrong"
	# The first hundred fill the sixteen slots.
	export BINDRIGHT_PEERS=16
	count_calls with_library 100
	few=$counted
	count_calls with_library 2100
	# The signal may interrupt the server's last call.
	[ $((counted - few)) -le $((bare_calls + 2)) ] ||
		fail "bare $bare_calls calls, with the library $((counted - few))"
}

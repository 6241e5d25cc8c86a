#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Batches of every length, in which each client asks at one of several addresses: received by one
# recvmmsg and answered by one sendmmsg in another order, each answer leaves from its request
# destination. Both calls return what they return bare.

load lab
load flood

# Large enough that no peer is evicted before it is answered.
export BINDRIGHT_PEERS=1048576

# batch_is_cured COUNT ARGUMENT...: three batches of COUNT, for which echo_batch waits.
batch_is_cured() {
	local count=$1

	shift
	bare start_server echo_batch -v -n "$count" "$@" "${address:-0.0.0.0}" "$PORT"
	flood -n $((3 * count)) -w "$count" "$PORT" "${asked[@]}"
	some_are_wrong $((3 * count))
	keep_batches bare.out $((3 * count))

	with_library start_server echo_batch -v -n "$count" "$@" "${address:-0.0.0.0}" "$PORT"
	flood -n $((3 * count)) -w "$count" "$PORT" "${asked[@]}"
	all_are_right $((3 * count))
	keep_batches with.out $((3 * count))
	same_text bare.out with.out
	grep -qx "recvmmsg $count" with.out
}

batches_are_cured() {
	local count

	open_floodgates
	for count in $lengths; do
		batch_is_cured "$count" "$@"
	done
}

# Around the number that fits on the stack (six) and the maximum of the kernel's sendmmsg (1024).
readonly LENGTHS="1 2 5 6 7 12 64 1023 1024 1025 2000"
readonly SOME_LENGTHS="3 64 2000"

@test "batches of 1 to 2000: IPv4" {
	local asked=("${V4[@]}") lengths=$LENGTHS

	batches_are_cured
}

@test "batches of 1 to 2000: IPv6" {
	local asked=("${V6[@]}") lengths=$SOME_LENGTHS address=::

	batches_are_cured -6
}

@test "batches of 1 to 2000: IPv4 on a dual-stack socket" {
	local asked=("${V4[@]}") lengths=$SOME_LENGTHS address=::

	export BINDRIGHT_V6ONLY=off
	batches_are_cured -d
}

@test "batches by number, through syscall()" {
	local asked=("${V4[@]}") lengths=$SOME_LENGTHS

	batches_are_cured -y
}

@test "batches in a thread with the smallest stack" {
	local asked=("${V4[@]}") lengths=$LENGTHS

	batches_are_cured -s
}

@test "batches that end before their timeout" {
	local asked=("${V4[@]}") lengths=$SOME_LENGTHS

	batches_are_cured -t 60000
}

@test "MSG_WAITFORONE: a batch of the datagrams that are queued" {
	# Their number depends on timing: the results differ from run to run.
	open_floodgates
	bare start_server echo_batch -n 1024 -w 0.0.0.0 "$PORT"
	flood -n 20000 -w 1000 "$PORT" "${V4[@]}"
	some_are_wrong 20000

	with_library start_server echo_batch -n 1024 -w 0.0.0.0 "$PORT"
	flood -n 20000 -w 1000 "$PORT" "${V4[@]}"
	all_are_right 20000
}

@test "a timeout ends a batch of more than 1024 too" {
	# The kernel checks the timeout when a datagram arrives, so the second wave ends the first
	# batch. Each wave is larger than one part and smaller than the batch.
	local how

	open_floodgates
	for how in bare with_library; do
		"$how" start_server echo_batch -v -n 2000 -t 1000 0.0.0.0 "$PORT"
		flood -n 1500 -w 1500 -t 1300 "$PORT" "${V4[@]}"
		[[ $flooded == *" 1500 silent" ]] || fail "$flooded"
		flood -f 1500 -n 1 -w 1 "$PORT" "${V4[@]}"
		keep_batches "$how.out" 1501
	done
	grep -qx 'recvmmsg 1501' bare.out
	same_text bare.out with_library.out
}

@test "control data of the program in some, and a source of the program in some" {
	open_floodgates
	ask_with_control() {
		"$1" start_server echo_batch -n 64 -c "${V4[1]}" 0.0.0.0 "$PORT"
		flood -v -n 192 -w 64 "$PORT" "${V4[@]}"
		sed '$d' answers >"$1.answers"
		[ "$(wc -l <"$1.answers")" -eq 192 ]
	}

	ask_with_control bare
	some_are_wrong 192
	ask_with_control with_library
	# A third of the answers set a TTL, a third name a source.
	[ "$(grep -c ' ttl=77 peer [0-9]* ttl$' with_library.answers)" -eq 66 ]
	[ "$(grep -c ' ttl=64 peer [0-9]* named$' with_library.answers)" -eq 63 ]
	[ "$(grep -c ' ttl=64 peer [0-9]*$' with_library.answers)" -eq 63 ]
	grep -v ' named$' with_library.answers >unnamed
	grep -c '^right ' unnamed >right
	grep -qx 129 right || fail "answers that do not name a source: $(cat right) of 129 right"
	for how in bare with_library; do
		grep ' named$' "$how.answers" >"$how.named"
	done
	same_text bare.named with_library.named
	grep -q "^wrong ${V4[1]} " with_library.named
}

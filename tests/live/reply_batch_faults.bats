#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Batches with an error in the middle, or without memory for them: the calls return what they return
# bare, each client that gets an answer bare gets one, and all answers leave from their request
# destinations.

load lab
load flood

export BINDRIGHT_PEERS=1048576

# run_batches bare|with_library PEERS WINDOW ARGUMENT...
run_batches() {
	local how=$1 peers=$2 window=$3

	shift 3
	"$how" start_server echo_batch -v "$@" 0.0.0.0 "$PORT"
	flood -n "$peers" -w "$window" -t 500 "$PORT" "${V4[@]}"
	! grep 'errno changed' server.out || fail "$how"
}

# all_are_cured COUNT ARGUMENT...: three batches of COUNT.
all_are_cured() {
	local count=$1

	shift
	run_batches bare $((3 * count)) "$count" -n "$count" "$@"
	some_are_wrong $((3 * count))
	keep_batches bare.out $((3 * count))
	run_batches with_library $((3 * count)) "$count" -n "$count" "$@"
	all_are_right $((3 * count))
	keep_batches with_library.out $((3 * count))
	same_text bare.out with_library.out
}

@test "an answer with an invalid pointer" {
	local k

	open_floodgates
	for k in 0 1 30 63; do
		all_are_cured 64 -b "$k"
		grep -qx 'sendmmsg errno 14' with_library.out # EFAULT
		[ "$k" -eq 0 ] || grep -qx "sendmmsg $k" with_library.out
	done
}

@test "an answer is refused by the kernel" {
	local k

	open_floodgates
	for k in 0 1 30 63; do
		all_are_cured 64 -p "$k"
		grep -qx 'sendmmsg EINVAL' with_library.out
		[ "$k" -eq 0 ] || grep -qx "sendmmsg $k" with_library.out
	done
}

@test "two bad answers" {
	open_floodgates
	all_are_cured 64 -b 20 -p 40
	all_are_cured 64 -b 41 -p 40
	all_are_cured 1024 -b 1023 -p 1000
}

@test "a request with an invalid name pointer" {
	# That request is lost, and the next call on the socket returns its error.
	open_floodgates
	run_batches bare 213 128 -n 64 -R 20
	[[ $flooded =~ \ [1-9][0-9]*\ wrong,\ 0\ mangled,\ 1\ silent ]] || fail "$flooded"
	keep_batches bare.out 212
	[ "$(sed -n 2,4p bare.out | xargs)" = "recvmmsg 20 sendmmsg errno 14 sendmmsg 20" ]

	run_batches with_library 213 128 -n 64 -R 20
	[ "$flooded" = "212 right, 0 wrong, 0 mangled, 1 silent" ] || fail "$flooded"
	keep_batches with_library.out 212
	same_text bare.out with_library.out
}

@test "an address is removed before the batch is answered" {
	# Answers from there leave as bare, the others from right addresses.
	local how

	open_floodgates
	for how in bare with_library; do
		renew_lab
		open_floodgates
		"$how" start_server echo_batch -l -v -n 192 0.0.0.0 "$PORT"
		flood_meanwhile -v -n 192 -w 192 "$PORT" "${V4[@]}"
		server_says received
		server_ip addr del "${V4[1]}/24" dev wire0
		tell_server go
		flood_is_done
		keep_batches "$how.out" 192
	done
	same_text bare.out with_library.out
	grep -qx 'sendmmsg 192' with_library.out
	[ "$flooded" = "128 right, 64 wrong, 0 mangled, 0 silent" ] || fail "$flooded"
}

@test "no memory for a large batch" {
	local count

	need_no_sanitizer
	open_floodgates
	for count in 6 12 64 1024 2000; do
		all_are_cured "$count" -a
	done
	all_are_cured 64 -a -s
	all_are_cured 1024 -a -s
	all_are_cured 2000 -a -s
	all_are_cured 64 -a -b 30 -p 31
}

@test "no memory for a large batch: a timeout, and MSG_DONTWAIT" {
	local how

	need_no_sanitizer
	open_floodgates
	for how in bare with_library; do
		run_batches "$how" 50 50 -n 64 -a -t 300
		[ "$flooded" = "0 right, 0 wrong, 0 mangled, 50 silent" ] || fail "$flooded"
		flood -f 50 -n 1 -w 1 "$PORT" "${V4[@]}"
		keep_batches "$how.out" 51
	done
	grep -qx 'recvmmsg 51' bare.out
	same_text bare.out with_library.out

	run_batches bare 2000 500 -n 1024 -a -w
	some_are_wrong 2000
	run_batches with_library 2000 500 -n 1024 -a -w
	all_are_right 2000
}

@test "no memory at all: each client gets an answer" {
	# Late answers leave as bare; batches of one are right, because the last datagram is known.
	local count

	need_no_sanitizer
	open_floodgates
	all_are_cured 1 -A
	grep -q 'no memory for 1048576 peers' server.err || fail "no warning"
	for count in 12 64 1024; do
		run_batches bare $((3 * count)) "$count" -n "$count" -A
		some_are_wrong $((3 * count))
		keep_batches bare.out $((3 * count))
		run_batches with_library $((3 * count)) "$count" -n "$count" -A
		some_are_wrong $((3 * count))
		keep_batches with_library.out $((3 * count))
		same_text bare.out with_library.out
	done
}

# pages: prints how many the server has mapped
pages() {
	cut -d ' ' -f 1 "/proc/$server_pid/statm"
}

@test "large batches leave no memory behind" {
	local before

	need_no_sanitizer
	open_floodgates
	run_batches with_library 640 64 -n 64
	all_are_right 640
	before=$(pages)
	flood -n 6400 -w 64 -t 500 "$PORT" "${V4[@]}"
	all_are_right 6400
	[ "$(pages)" -le $((before + 64)) ] || fail "$before pages, and then $(pages)"
}

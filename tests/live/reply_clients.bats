#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Client sockets: if a program sends before it receives, on an ephemeral port, the library learns
# and selects nothing and asks the kernel nothing. All is right bare, and must stay so.

load lab
load puppet

setup_file() {
	command -v strace >/dev/null || skip_file "strace is not installed"
	strace -o /dev/null true 2>/dev/null || skip_file "strace may not trace here"
}

# talks SOCKET SOURCE: the socket asks the peer on the client host, which sees the source SOURCE.
talks() {
	plays <<-END
		send $1 $CLIENT_V4 5400 ask
		in client hear p -> ask
		in client from p -> $2
		in client answer p
		hear $1 -> ask
	END
}

start_with_peer() {
	start_server puppet
	enter_client
	plays <<-END
		in client open p udp$(family_of "$1")
		in client bind p $1 5400
	END
}

@test "a route changes: old sockets and new ones follow it" {
	local how

	for how in bare with_library; do
		"$how" start_with_peer "$CLIENT_V4"
		plays <<-END
			open a udp4
			bind a 0.0.0.0 0
		END
		talks a "${V4[0]}"
		server_ip route add "$CLIENT_V4/32" dev wire0 src "${V4[1]}"
		talks a "${V4[1]}"
		plays <<-END
			open b udp4
			bind b 0.0.0.0 0
			open c udp4
			connect c $CLIENT_V4 5400
			open d udp4
		END
		talks b "${V4[1]}"
		talks c "${V4[1]}"
		talks d "${V4[1]}"
		server_ip route del "$CLIENT_V4/32" dev wire0
	done
}

@test "a route changes: a server on the same host that is asked by the peer changes nothing" {
	local how

	for how in bare with_library; do
		"$how" start_with_peer "$CLIENT_V4"
		plays <<-END
			open s udp4
			bind s 0.0.0.0 $PORT
			in client send p ${V4[0]} $PORT served
			hear s -> served
			answer s
			in client hear p -> served
			in client from p -> ${V4[0]}
			open a udp4
			bind a 0.0.0.0 0
		END
		talks a "${V4[0]}"
		server_ip route add "$CLIENT_V4/32" dev wire0 src "${V4[1]}"
		# Longer than a TFTP server takes to answer from another socket.
		sleep 6
		plays <<-END
			open b udp4
		END
		talks b "${V4[1]}"
		server_ip route del "$CLIENT_V4/32" dev wire0
	done
}

# count_added PEER LINE...: sets "added" to the number of system calls that these lines take more
# with library; "in client" lines may be among them.
count_added() {
	local peer=$1

	shift
	under_strace trace bare start_with_peer "$peer"
	traced_calls "$@" >bare.calls
	under_strace trace with_library start_with_peer "$peer"
	traced_calls "$@" >with.calls
	[ -s bare.calls ] || fail "no calls: the test proves nothing"
	added=$(($(wc -l <with.calls) - $(wc -l <bare.calls)))
}

# costs_at_most COUNT PEER LINE...
costs_at_most() {
	local most=$1 added

	shift
	count_added "$@"
	[ "$added" -le "$most" ] ||
		fail "$* costs $added: $(diff bare.calls with.calls | xargs)"
}

# A resolver's query, on a new socket. The dialogue is the same in all tests.
readonly QUERY=("in client hear p" "in client answer p" "hear s" "close s")

@test "system calls: a client's socket costs none" {
	export BINDRIGHT_V6ONLY=off
	costs_at_most 0 "$CLIENT_V4" "open s udp4" "send s $CLIENT_V4 5400 q" "${QUERY[@]}"
	costs_at_most 0 "$CLIENT_V4" "open s udp4" "bind s 0.0.0.0 0" "send s $CLIENT_V4 5400 q" \
		"${QUERY[@]}"
	costs_at_most 0 "$CLIENT_V6" "open s udp6" "send s $CLIENT_V6 5400 q" "${QUERY[@]}"
	costs_at_most 0 "$CLIENT_V6" "open s udp6" "bind s :: 0" "send s $CLIENT_V6 5400 q" \
		"${QUERY[@]}"
}

@test "system calls: a server on a specific address costs none" {
	costs_at_most 0 "$CLIENT_V4" "open s udp4" "bind s ${V4[1]} $PORT" \
		"in client send p ${V4[1]} $PORT q" "hear s" "answer s" "in client hear p" "close s"
}

@test "system calls: a query from a chosen port that connects costs none" {
	export BINDRIGHT_V6ONLY=off
	costs_at_most 0 "$CLIENT_V4" "open s udp4" "bind s 0.0.0.0 5310" \
		"connect s $CLIENT_V4 5400" "send s $CLIENT_V4 5400 q" "${QUERY[@]}"
	costs_at_most 0 "$CLIENT_V6" "open s udp6" "bind s :: 5310" \
		"connect s $CLIENT_V6 5400" "send s $CLIENT_V6 5400 q" "${QUERY[@]}"
}

@test "system calls: a query from a chosen port that is received by recvfrom costs three at most" {
	export BINDRIGHT_V6ONLY=off
	costs_at_most 3 "$CLIENT_V4" "open s udp4" "bind s 0.0.0.0 5310" \
		"send s $CLIENT_V4 5400 q" "${QUERY[@]}"
	costs_at_most 3 "$CLIENT_V6" "open s udp6 v6only=1" "bind s :: 5310" \
		"send s $CLIENT_V6 5400 q" "${QUERY[@]}"
}

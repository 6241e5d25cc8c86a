#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A reply leaves from the destination of the peer's last request. Requests that are never answered
# do not matter, in the same thread or another. Each socket knows only its own requests.

load lab
load puppet

# start_asked ADDRESS: opens the server's socket s on this wildcard, and the client's c on its own
# port.
start_asked() {
	start_server puppet
	enter_client
	plays <<-END
		open s udp$(family_of "$1")
		bind s $1 $PORT
		in client open c udp$(family_of "$1")
		in client bind c $1 5400
	END
}

# answered_from ADDRESS TEXT
answered_from() {
	plays <<-END
		in client hear c -> $2
		in client from c -> $1
	END
}

# Bare the second reply is right, because it is the kernel's choice; the first must not cause a
# fault.
dropped_does_not_mislead() {
	local wildcard=$1 dropped=$2 asked=$3 how

	for how in bare with_library; do
		"$how" start_asked "$wildcard"
		plays <<-END
			in client send c $dropped $PORT drop
			hear s -> drop
		END
		sleep 2
		plays <<-END
			in client send c $asked $PORT again
			hear s -> again
			answer s
		END
		answered_from "$asked" again
	done
}

@test "a request is dropped, two seconds later the peer asks at another address" {
	dropped_does_not_mislead 0.0.0.0 "${V4[1]}" "${V4[0]}"
	BINDRIGHT_V6ONLY=off dropped_does_not_mislead :: "${V6[0]}" "${V6[2]}"
}

# Here the fault shows bare too.
@test "each second request is dropped, the peer asks at one address after the other" {
	local how source i

	for how in bare with_library; do
		"$how" start_asked 0.0.0.0
		for i in 0 1 2 0 2 1; do
			source=${V4[0]}
			[ "$how" = bare ] || source=${V4[$i]}
			plays <<-END
				in client send c ${V4[(i + 1) % 3]} $PORT drop
				hear s -> drop
				in client send c ${V4[$i]} $PORT ask
				hear s -> ask
				answer s
			END
			answered_from "$source" ask
		done
	done
}

@test "several answers to one request, and the peer asks elsewhere" {
	with_library start_asked 0.0.0.0
	plays <<-END
		in client send c ${V4[1]} $PORT one
		hear s -> one
		answer s
		answer s
		answer s
	END
	for _ in 1 2 3; do
		answered_from "${V4[1]}" one
	done
	plays <<-END
		in client send c ${V4[2]} $PORT two
		hear s -> two
		answer s
	END
	answered_from "${V4[2]}" two
}

# A thread pool: one thread receives a datagram and does not answer it, another receives the
# request, and the first answers.
@test "a thread's own old datagram that it has not answered" {
	local how source=${V4[0]}

	for how in bare with_library; do
		"$how" start_asked 0.0.0.0
		plays <<-END
			thread worker
			in client send c ${V4[1]} $PORT drop
			in worker hear s -> drop
		END
		sleep 6
		plays <<-END
			in client send c ${V4[2]} $PORT ask
			hear s -> ask
			in worker answer s
		END
		answered_from "$source" ask
		source=${V4[2]}
	done
}

# asked_at_sockets COUNT: one port of the peer asks COUNT sockets of the server, at the addresses in
# turn, before any of them answers.
asked_at_sockets() {
	local count=$1 i lines=() how

	shift
	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		lines=("in client open c udp4" "in client bind c 0.0.0.0 5400")
		for ((i = 0; i < count; i++)); do
			lines+=("open s$i udp4" "bind s$i 0.0.0.0 $((PORT + i))")
		done
		for ((i = 0; i < count; i++)); do
			lines+=("in client send c ${V4[i % 3]} $((PORT + i)) ask$i" "hear s$i -> ask$i")
		done
		for ((i = 0; i < count; i++)); do
			lines+=("answer s$i" "in client hear c -> ask$i")
			if [ "$how" = bare ]; then
				lines+=("in client from c -> ${V4[0]}")
			else
				lines+=("in client from c -> ${V4[i % 3]}")
			fi
		done
		printf '%s\n' "${lines[@]}" | plays
	done
}

@test "8 sockets are asked from one port before any answers" {
	asked_at_sockets 8
}

@test "32 sockets are asked from one port before any answers" {
	asked_at_sockets 32
}

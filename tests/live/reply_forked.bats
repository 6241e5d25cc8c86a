#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Forked workers: each receives and answers, or one process receives and another answers. In the
# second case the other must know what the first learns, although it was forked long before.

load lab
load puppet

# forked_is_cured OPTION...: with IPv4 and with IPv6.
forked_is_cured() {
	echo "under test: $*"
	replies_are_cured V4 echo_forked "$@" 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_forked "$@" -6 :: "$PORT"
}

# many_are_cured OPTION...: many clients, all of which ask before the first reads its answer.
many_are_cured() {
	echo "under test: $*"
	bare start_server echo_forked "$@" 0.0.0.0 "$PORT"
	ask_client -n 200 "$PORT" "${V4[@]}"
	some_wrong

	with_library start_server echo_forked "$@" 0.0.0.0 "$PORT"
	ask_client -n 200 -r 3 "$PORT" "${V4[@]}"
	every_line_is right
}

# moving_is_cured OPTION...: one client, which asks at one address after the other from the same
# port. Each request makes all earlier entries for it stale.
moving_is_cured() {
	local address

	echo "under test: $*"
	bare start_server echo_forked "$@" 0.0.0.0 "$PORT"
	ask_client -p 4000 "$PORT" "${V4[1]}"
	some_wrong

	with_library start_server echo_forked "$@" 0.0.0.0 "$PORT"
	for address in "${V4[@]}" "${V4[@]}" "${V4[2]}" "${V4[1]}" "${V4[0]}"; do
		ask_client -p 4000 "$PORT" "$address"
		every_line_is right
	done
}

@test "four workers, one socket" {
	forked_is_cured
	many_are_cured
	moving_is_cured
}

@test "four workers, each with a socket of its own (SO_REUSEPORT)" {
	forked_is_cured -o
	many_are_cured -o
	moving_is_cured -o
}

@test "four workers, each with a socket that the parent bound (SO_REUSEPORT)" {
	forked_is_cured -O
	many_are_cured -O
	moving_is_cured -O
}

@test "the parent receives, a child answers" {
	forked_is_cured -w pc
	many_are_cured -w pc
	moving_is_cured -w pc
}

@test "a child receives, the parent answers" {
	forked_is_cured -w cp
	many_are_cured -w cp
	moving_is_cured -w cp
}

@test "a child receives, another child answers" {
	forked_is_cured -w cd
	many_are_cured -w dc
	moving_is_cured -w cd
}

@test "a grandchild receives and answers" {
	forked_is_cured -w gg
	many_are_cured -w gg
}

@test "the parent or an uncle receives, a grandchild answers" {
	forked_is_cured -w pg
	many_are_cured -w dg
	moving_is_cured -w pg
}

@test "a grandchild receives, the parent or an uncle answers" {
	forked_is_cured -w gp
	many_are_cured -w gd
	moving_is_cured -w gp
}

@test "a child forked for each request answers it" {
	forked_is_cured -e
	many_are_cured -e
	moving_is_cured -e
}

@test "forked after traffic: workers" {
	forked_is_cured -l 3
	many_are_cured -l 100
	moving_is_cured -l 2
}

@test "forked after traffic: one receives, another answers" {
	local who

	for who in pc cp cd pg gp; do
		forked_is_cured -l 2 -w "$who"
		moving_is_cured -l 2 -w "$who"
	done
	many_are_cured -l 100 -w pc
	many_are_cured -l 100 -w cp
}

@test "forked before the socket is bound: the child knows what the parent has learnt" {
	local how from=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet
		# The first fork of all.
		do_lines "open s udp4" "fork c"
		enter_client
		plays <<-END
			in client open p udp4
			in client bind p $CLIENT_V4 5400
			bind s 0.0.0.0 $PORT
			in client send p ${V4[1]} $PORT text
			hear s -> text
			in c send s $CLIENT_V4 5400 answer
			in client hear p -> answer
			in client from p -> $from
		END
		from=${V4[1]}
	done
}

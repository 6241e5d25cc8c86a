#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server that answers from a new socket, as TFTP servers do: the reply leaves from another port,
# but from the request destination.

load lab
load refused
load puppet

# The client prints "wrong ADDRESS PORT" for a right address with another port.
every_address_is() {
	sed -E 's/^wrong ([^ ]+) [0-9]+$/\1/' answers | sort >came
	printf '%s\n' "$@" | sort >expected
	same_text expected came
}

# fresh_replies_are_cured V4|V6 ARGUMENT...
fresh_replies_are_cured() {
	local -n asked=$1

	shift
	bare start_server echo_fresh "$@"
	ask_client "$PORT" "${asked[@]}"
	if (every_address_is "${asked[@]}") >/dev/null; then
		fail "no fault to cure"
	fi

	with_library start_server echo_fresh "$@"
	ask_client "$PORT" "${asked[@]}"
	every_address_is "${asked[@]}"
}

@test "sendto from a fresh socket: IPv4" {
	fresh_replies_are_cured V4 0.0.0.0 "$PORT"
}

@test "sendto from a fresh socket: IPv6" {
	fresh_replies_are_cured V6 -6 :: "$PORT"
}

@test "connect and write on a fresh socket: IPv4" {
	fresh_replies_are_cured V4 -c 0.0.0.0 "$PORT"
}

@test "connect and write on a fresh socket: IPv6" {
	fresh_replies_are_cured V6 -c -6 :: "$PORT"
}

@test "the same in a forked child: IPv4" {
	fresh_replies_are_cured V4 -f 0.0.0.0 "$PORT"
	fresh_replies_are_cured V4 -f -c 0.0.0.0 "$PORT"
}

@test "BINDRIGHT_FOLLOW=off leaves a fresh socket alone" {
	bare start_server echo_fresh 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	sed -E 's/ [0-9]+$//' answers >bare

	BINDRIGHT_FOLLOW=off with_library start_server echo_fresh 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	sed -E 's/ [0-9]+$//' answers >with
	same_text bare with
}

lose_v4() {
	server_ip addr del "${V4[1]}/24" dev wire0
}

# refused_lines: counts the log's lines about refusals.
refused_lines() {
	grep -c 'the kernel refused' server.err
}

@test "a removed address is refused to a fresh socket once, not for each answer" {
	# Bare no source is named that could be refused; the test counts the library's lines.
	local call

	export BINDRIGHT_LOG=debug
	for call in sendto sendmsg sendmmsg; do
		with_library wait_server 0.0.0.0 "$call" 1 -f -a 5
		answer_after lose_v4 "${V4[1]}"
		[ "$(grep -cE "^$call [1-9]" server.out)" -eq 5 ]
		[ "$(refused_lines)" -eq 1 ] || fail "refused $(refused_lines) times by $call"

		# A later request counts again.
		answer_after true "${V4[2]}"
		every_address_is "${V4[2]}"
		[ "$(refused_lines)" -eq 1 ]
		renew_lab
	done
}

@test "a batch: the source that is refused is forgotten for its own peer" {
	export BINDRIGHT_LOG=debug
	with_library wait_server 0.0.0.0 sendmmsg 3 -a 2
	answer_after lose_v4 "${V4[2]}" "${V4[1]}" "${V4[0]}"
	[ "$(grep -cE '^sendmmsg [1-9]' server.out)" -ge 2 ]
	[ "$(refused_lines)" -eq 1 ] || fail "refused $(refused_lines) times"
}

@test "asked at a socket for which an egress was refused, answered from another" {
	local how from=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			in client open p udp4
			in client bind p $CLIENT_V4 5400
			open s udp4
			set s unicast-if 5 -> EADDRNOTAVAIL
			bind s 0.0.0.0 $PORT
			open f udp4
			in client send p ${V4[1]} $PORT text
			hear s -> text
			answer s f
			in client hear p -> text
			in client from p -> $from
		END
		from=${V4[1]}
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto: a socket on :: keeps IPv4 as bare; but if another socket of the program
# needs IPv4, both can be bound, in either order and with any options; each family then arrives at
# its own.

load lab
load puppet

# pairs_work FAULT PROTOCOL WAY OPTION...: in both orders. FAULT is the call that fails bare for the
# second socket, or none.
pairs_work() {
	local fault=$1 protocol=$2 way=$3 order second

	shift 3
	for order in 4first 6first; do
		second=six
		[ "$order" = 4first ] || second=four
		pair "$protocol" "$order" "$way" "$@"

		bare start_server puppet
		do_lines "${calls[@]}"
		if [ "$fault" = none ]; then
			! grep -e ' -> ' transcript || fail "bare: $protocol $order $way $*"
		else
			grep -qE "^$fault $second .*EADDRINUSE" transcript ||
				fail "bare: $protocol $order $way $*: $fault $second does not fail"
		fi

		BINDRIGHT_V6ONLY=auto with_library start_server puppet
		do_lines "${calls[@]}"
		! grep -e ' -> ' transcript || fail "auto: $protocol $order $way $*"
		comes_in_at four "$protocol" "${V4[1]}" six
		comes_in_at six "$protocol" "${V6[1]}" four
	done
}

@test "a socket on :: alone serves both families, as bare" {
	local protocol

	for protocol in tcp udp; do
		for mode in bare with_library; do
			BINDRIGHT_V6ONLY=auto $mode start_server puppet
			plays <<-END
				open six ${protocol}6
				bind six :: $PORT
			END
			[ "$protocol" = udp ] || do_lines "listen six"
			[ "$(v6only_of "${protocol:0:1}")" = 0 ]
			comes_in_at six "$protocol" "${V4[1]}"
			comes_in_at six "$protocol" "${V6[1]}"
			plays <<-END
				get six v6only -> 0
			END
			[ ! -s server.err ] || fail "the log is not empty"
		done
	done
}

@test "TCP pairs, one ready before the other" {
	pairs_work bind tcp each
}

@test "TCP pairs, one ready before the other, SO_REUSEADDR" {
	pairs_work bind tcp each reuseaddr
}

@test "TCP pairs, one ready before the other, SO_REUSEPORT: work bare and with the library" {
	pairs_work none tcp each reuseport
	pairs_work none tcp each reuseaddr reuseport
}

@test "TCP pairs, both bound before any listens" {
	pairs_work bind tcp all
}

@test "TCP pairs, both bound before any listens, SO_REUSEADDR" {
	pairs_work listen tcp all reuseaddr
}

@test "TCP pairs, both bound before any listens, SO_REUSEPORT: work bare and with the library" {
	pairs_work none tcp all reuseport
	pairs_work none tcp all reuseaddr reuseport
}

@test "MPTCP pairs" {
	need_kind mptcp
	pairs_work bind mptcp each
	pairs_work bind mptcp each reuseaddr
	pairs_work listen mptcp all reuseaddr
}

@test "UDP pairs" {
	pairs_work bind udp each
}

@test "UDP pairs, SO_REUSEADDR or SO_REUSEPORT: work bare and with the library" {
	pairs_work none udp each reuseaddr
	pairs_work none udp each reuseport
	pairs_work none udp each reuseaddr reuseport
}

@test "UDP-Lite pairs" {
	need_kind udplite
	pairs_work bind udplite each
}

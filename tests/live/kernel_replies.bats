#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Replies with the kernel back end: each leaves from where its peer asked last, however the server
# receives and answers.

load lab
load puppet
load kernel

@test "each way to receive and answer" {
	local server

	for server in echo_recvfrom echo_recvmsg echo_recvmmsg echo_threads echo_workers echo_forked; do
		cured_while_attached V4 start_server "$server" 0.0.0.0 "$PORT"
		cured_while_attached V6 start_server "$server" -6 :: "$PORT"
	done
}

@test "200 clients in flight, answered in another order" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	clients=(-n 200)
	cured_while_attached V4 start_server echo_late 0.0.0.0 "$PORT"
	cured_while_attached V6 start_server echo_late -6 :: "$PORT"
	cured_while_attached both start_server echo_late :: "$PORT"
}

@test "200 clients in flight and a small memory: no reply is lost" {
	start_server echo_late 0.0.0.0 "$PORT"
	attach BINDRIGHT_PEERS=16
	ask_client -n 200 "$PORT" "${V4[@]}"
	[ "$(wc -l <answers)" -eq 200 ]
	every_line_matches "^(right|wrong ${V4[0]})\$"
}

@test "link-local peers" {
	local asked=("${LINK_LOCAL[@]/%/%wire1}")

	cured_while_attached asked start_server echo_recvfrom -6 :: "$PORT"
	# shellcheck disable=SC2034 # cured_while_attached uses it.
	clients=(-n 200)
	cured_while_attached asked start_server echo_late -6 :: "$PORT"
}

@test "asked on the server's own host" {
	local asked=(127.0.0.1 127.0.0.2 "${V4[@]}")

	start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_locally "$PORT" "${asked[@]}"
	some_wrong
	attach
	ask_locally "$PORT" "${asked[@]}"
	every_line_is right
}

# ---- The last request counts --------------------------------------------------------------------

# start_asked ADDRESS: opens the server's socket s on this wildcard, and the client's c.
start_asked() {
	start_server puppet
	enter_outside_client
	plays <<-END
		open s udp$(family_of "$1")
		bind s $1 $PORT
		in client open c udp$(family_of "$1")
		in client bind c $1 5400
	END
}

@test "two addresses are asked before an answer: the last one counts" {
	local source=${V4[0]}

	start_asked 0.0.0.0
	for _ in bare attached; do
		plays <<-END
			in client send c ${V4[1]} $PORT one
			in client send c ${V4[2]} $PORT two
			hear s -> one
			answer s
		END
		answered_from "$source" one
		plays <<-END
			hear s -> two
			answer s
			answer s
		END
		answered_from "$source" two
		answered_from "$source" two
		source=${V4[2]}
		[ ${#attached[@]} -gt 0 ] || attach
	done
}

@test "each second request is dropped, the peer asks at one address after the other" {
	local i

	start_asked ::
	attach
	for i in 0 1 2 0 2 1; do
		plays <<-END
			in client send c ${V6[(i + 1) % 3]} $PORT drop
			hear s -> drop
			in client send c ${V6[i]} $PORT ask
			hear s -> ask
			answer s
		END
		answered_from "${V6[i]}" ask
	done
}

@test "8 sockets are asked from one port before any answers" {
	local i lines=("in client open c udp4" "in client bind c 0.0.0.0 5400")

	for ((i = 0; i < 8; i++)); do
		lines+=("open s$i udp4" "bind s$i 0.0.0.0 $((PORT + i))")
	done
	for ((i = 0; i < 8; i++)); do
		lines+=("in client send c ${V4[i % 3]} $((PORT + i)) ask$i" "hear s$i -> ask$i")
	done
	for ((i = 0; i < 8; i++)); do
		lines+=("answer s$i" "in client hear c -> ask$i" "in client from c -> ${V4[i % 3]}")
	done
	start_server puppet
	enter_outside_client
	attach
	printf '%s\n' "${lines[@]}" | plays
}

# source_becomes ADDRESS: the puppet's answers are from this address after some time.
source_becomes() {
	wait_until source_is "$1" || fail "no answer from $1: $(cat transcript)"
}

source_is() {
	do_lines "answer s" "in client hear c" "in client from c"
	grep -qx "in client from c -> $1" transcript
}

@test "a peer is forgotten after BINDRIGHT_EXPIRY" {
	start_asked 0.0.0.0
	attach BINDRIGHT_EXPIRY=2
	plays <<-END
		in client send c ${V4[1]} $PORT ask
		hear s -> ask
		answer s
	END
	answered_from "${V4[1]}" ask
	source_becomes "${V4[0]}"
	plays <<-END
		in client send c ${V4[1]} $PORT again
		hear s -> again
		answer s
	END
	answered_from "${V4[1]}" again
}

# ---- From another socket ------------------------------------------------------------------------

# The client prints "wrong ADDRESS PORT" for a right address with another port.
keep_sources() {
	sed -E 's/^wrong ([^ ]+) [0-9]+$/\1/' answers | sort >"$1"
}

# fresh_sources FILE V4|V6
fresh_sources() {
	local -n asked_of=$2

	ask_client "$PORT" "${asked_of[@]}"
	keep_sources "$1"
}

# fresh_replies_are_cured V4|V6 ARGUMENT...
fresh_replies_are_cured() {
	local -n expected_from=$1
	local family=$1

	shift
	printf '%s\n' "${expected_from[@]}" | sort >right.sources
	start_server echo_fresh "$@"
	fresh_sources bare.sources "$family"
	! cmp -s bare.sources right.sources || fail "no fault to cure"
	attach
	fresh_sources with.sources "$family"
	same_text right.sources with.sources
	detach
	attach BINDRIGHT_FOLLOW=off
	fresh_sources off.sources "$family"
	same_text bare.sources off.sources
	detach
}

@test "a fresh socket answers, by sendto" {
	fresh_replies_are_cured V4 0.0.0.0 "$PORT"
	fresh_replies_are_cured V6 -6 :: "$PORT"
}

@test "a fresh socket that is bound answers, by sendto" {
	fresh_replies_are_cured V4 -b 0.0.0.0 "$PORT"
	fresh_replies_are_cured V6 -b -6 :: "$PORT"
}

@test "a fresh socket answers, by connect and write" {
	fresh_replies_are_cured V4 -c 0.0.0.0 "$PORT"
	fresh_replies_are_cured V6 -c -6 :: "$PORT"
}

@test "a fresh socket answers in a forked child" {
	fresh_replies_are_cured V4 -f 0.0.0.0 "$PORT"
	fresh_replies_are_cured V6 -f -c -6 :: "$PORT"
}

# ---- Rules --------------------------------------------------------------------------------------

# with_rules RULES PORT PORT: the replies of the first are right, and those of the other as bare.
with_rules() {
	attach "BINDRIGHT_REPLY=$1"
	ask_client "$2" "${V4[@]}"
	every_line_is right
	ask_client "$3" "${V4[@]}"
	same_text bare.answers answers
	detach
}

@test "rules by port" {
	local other=$((PORT + 1))

	start_server echo_ports 0.0.0.0 "$PORT" "$other"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	cp answers bare.answers
	with_rules "on,udp/$other=off" "$PORT" "$other"
	with_rules "off,udp/$other=on" "$other" "$PORT"
	with_rules "off,*/*=on,udp/0-$PORT=off" "$other" "$PORT"
	attach BINDRIGHT_REPLY=off
	ask_client "$PORT" "${V4[@]}"
	same_text bare.answers answers
}

# ---- Requests with more than one header ---------------------------------------------------------

# ask_by_python LENGTH ADDRESS [OPTION]...: asks with this many bytes and these socket options, each
# LEVEL/NAME=HEX, and adds "right" or "wrong ADDRESS" to the file answers.
ask_by_python() {
	"${client_host[@]}" python3 - "$PORT" "$@" >>answers <<-'END'
		import socket, sys
		port, length, address, *options = sys.argv[1:]
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		asking = socket.socket(family, socket.SOCK_DGRAM)
		asking.settimeout(5)
		for option in options:
		    name, value = option.split("=")
		    level, number = map(int, name.split("/"))
		    asking.setsockopt(level, number, bytes.fromhex(value))
		asking.sendto(b"x" * int(length), (address, int(port)))
		source = asking.recvfrom(9000)[1][0]
		print("right" if source == address else "wrong " + source)
	END
}

readonly HOP_BY_HOP=41/54=0000010400000000 DESTINATION=41/59=0000010400000000
readonly IP_OPTIONS=0/4=01010101

ask_with_headers() {
	: >answers
	ask_by_python 100 "${V4[1]}" "$IP_OPTIONS"
	ask_by_python 5000 "${V4[2]}"
	ask_by_python 5000 "${V4[1]}" "$IP_OPTIONS"
	ask_by_python 100 "${V6[0]}" "$HOP_BY_HOP"
	ask_by_python 100 "${V6[1]}" "$DESTINATION"
	ask_by_python 5000 "${V6[0]}"
	ask_by_python 5000 "${V6[1]}" "$HOP_BY_HOP" "$DESTINATION"
}

@test "fragments, IP options and IPv6 extension headers" {
	need python3
	start_server echo_recvfrom :: "$PORT"
	ask_with_headers
	[ "$(grep -c '^wrong ' answers)" -eq 7 ] || fail "no fault to cure"
	attach
	ask_with_headers
	every_line_is right
}

@test "a fresh socket with a mark or a device of its own answers as bare" {
	local option from=${V4[1]}

	attach
	for option in SO_BROADCAST=1 SO_MARK=7 SO_BINDTODEVICE=wire0; do
		start_server puppet
		enter_outside_client
		plays <<-END
			in client open c udp4
			in client bind c 0.0.0.0 5400
			open s udp4
			bind s 0.0.0.0 $PORT
			open f udp4
			option f $option
			in client send c ${V4[1]} $PORT text
			hear s -> text
			answer s f
		END
		answered_from "$from" text
		# The first option names no egress.
		from=${V4[0]}
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The environment: what each BINDRIGHT_* variable does, and what an invalid value does: one line
# names the variable, the value and what is allowed, and the program runs with the default.
# environment_late.bats tests when that line is logged.

load lab

# default_behaviour: a listener on :: is IPv6 only, and replies are right.
default_behaviour() {
	[ "$(v6only_of u)" = 1 ] || fail "IPV6_V6ONLY is not set"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

# bare_behaviour: neither is so.
bare_behaviour() {
	[ "$(v6only_of u)" = 0 ] || fail "IPV6_V6ONLY is set"
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	some_wrong
}

# said_nothing_else: no line about settings. The warning about lost IPv4 if no keyword is set is
# another test's (listen_ipv4_lost.bats).
said_nothing_else() {
	! grep -v 'no socket takes IPv4' server.err || fail "the log is not empty"
}

# wrong_keyword VARIABLE VALUE TEXT...: one line has each TEXT: what is allowed, and which part of a
# list is wrong.
wrong_keyword() {
	local variable=$1 value=$2 allowed

	shift 2
	local -x BINDRIGHT_V6ONLY=force
	local -x "$variable=$value"
	with_library start_server echo_recvfrom :: "$PORT"
	[ "$(grep -vc 'no socket takes IPv4' server.err)" -eq 1 ] ||
		fail "expected one line on stderr for $variable=$value"
	grep -q "^bindright: echo_recvfrom\[$server_pid\]: error: $variable: .*; the default is used\$" \
		server.err ||
		fail "the line does not name $variable"
	[ "${value#*,}" != "$value" ] || grep -qF -e "'$value'" server.err ||
		fail "the line does not name the value $value"
	for allowed; do
		grep -qwF -e "$allowed" server.err || fail "the line does not say: $allowed"
	done
	default_behaviour
}

@test "bare, and with the library and no variable at all" {
	bare start_server echo_recvfrom :: "$PORT"
	bare_behaviour

	with_library start_server echo_recvfrom :: "$PORT"
	default_behaviour
	said_nothing_else
}

@test "BINDRIGHT: a wrong keyword" {
	wrong_keyword BINDRIGHT offf on off
	wrong_keyword BINDRIGHT OFF on off
}

@test "BINDRIGHT_V6ONLY: a wrong keyword" {
	wrong_keyword BINDRIGHT_V6ONLY yes force off
	wrong_keyword BINDRIGHT_V6ONLY forced force off
}

@test "BINDRIGHT_REPLY: a wrong keyword" {
	wrong_keyword BINDRIGHT_REPLY 1 on off
}

# A list with one wrong part is ignored as a whole.
@test "BINDRIGHT_V6ONLY, BINDRIGHT_REPLY: a wrong rule" {
	wrong_keyword BINDRIGHT_V6ONLY "off,tcp/x=force" "'x' at character 9" N-M
	wrong_keyword BINDRIGHT_V6ONLY "off,udp/$PORT=off,$PORT=off" "at character 18" PROTO/PORTS=KEYWORD
	wrong_keyword BINDRIGHT_REPLY "off,udp/$PORT=no" "'no' at character 14" on off
	wrong_keyword BINDRIGHT_REPLY "udp/$PORT=off" "no keyword before the rule" on off
}

@test "BINDRIGHT_ONLY, BINDRIGHT_SKIP: a wrong name" {
	wrong_keyword BINDRIGHT_ONLY "nsd,/sbin/named" "'/sbin/named' at character 5" "without '/'"
	wrong_keyword BINDRIGHT_SKIP "echo_recvfrom," "'' at character 15" "without '/'"
}

@test "BINDRIGHT_CHILDREN: a wrong keyword" {
	wrong_keyword BINDRIGHT_CHILDREN no on off
}

@test "BINDRIGHT_FOLLOW: a wrong keyword" {
	wrong_keyword BINDRIGHT_FOLLOW 1 on off
}

@test "BINDRIGHT_PEERS: a wrong number" {
	local value

	for value in 15 16777217 -64 64k 0x40 99999999999999999999 many; do
		wrong_keyword BINDRIGHT_PEERS "$value" 16 16777216
	done
}

@test "BINDRIGHT_EXPIRY: a wrong number" {
	local value

	for value in 0 31536001 -1 5m 1.5 99999999999999999999 never; do
		wrong_keyword BINDRIGHT_EXPIRY "$value" 1 31536000
	done
}

@test "BINDRIGHT_LOG: a wrong keyword" {
	local value

	for value in loud info:relative/file info: info:stdout:; do
		wrong_keyword BINDRIGHT_LOG "$value" off error warn info debug
	done
}

@test "the smallest and the largest allowed numbers" {
	local number

	for number in 16 16777216; do
		BINDRIGHT_PEERS=$number with_library start_server echo_recvfrom :: "$PORT"
		default_behaviour
		said_nothing_else
	done
	for number in 1 31536000; do
		BINDRIGHT_EXPIRY=$number with_library start_server echo_recvfrom :: "$PORT"
		default_behaviour
		said_nothing_else
	done
}

@test "BINDRIGHT=off: all as bare" {
	bare start_server echo_recvfrom :: "$PORT"
	bare_behaviour
	cp answers bare.answers

	BINDRIGHT=off with_library start_server echo_recvfrom :: "$PORT"
	bare_behaviour
	same_text bare.answers answers
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "BINDRIGHT_REPLY=off: replies as bare, but not listeners" {
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	cp answers bare.answers

	BINDRIGHT_REPLY=off with_library start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 1 ]
	ask_client "$PORT" "${V6[@]}"
	same_text bare.answers answers
}

# The server answers the first of two requests after the second has come, so from the peer table.
@test "BINDRIGHT_EXPIRY: a peer that is forgotten is answered as bare" {
	bare start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 0
	some_wrong

	BINDRIGHT_EXPIRY=30 with_library start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 2.1
	every_line_is right

	# The test is about time, so a fixed sleep is right here.
	BINDRIGHT_EXPIRY=1 with_library start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 2.1
	some_wrong
}

# answer_after SECONDS: the second request comes so long after the first has.
answer_after() {
	local before

	before=$(received_datagrams)
	ask_client_meanwhile -t 5000 "$PORT" "${V4[1]}"
	wait_until has_received_more "$before"
	sleep "$1"
	"${client_host[@]}" "$servers/ask" "$PORT" "${V4[0]}" >second.answers
	client_is_done
}

received_datagrams() {
	"${server_host[@]}" sed -n "s/^Udp: \([0-9]*\) .*/\1/p" /proc/net/snmp
}

has_received_more() {
	[ "$(received_datagrams)" -gt "$1" ]
}

@test "BINDRIGHT_EXPIRY: an unanswered last datagram of the thread does not expire" {
	BINDRIGHT_EXPIRY=1 with_library start_server echo_wait 0.0.0.0 "$PORT"
	ask_client_meanwhile -t 5000 "$PORT" "${V4[1]}"
	server_says request
	sleep 2.1
	tell_server go
	client_is_done
	every_line_is right
}

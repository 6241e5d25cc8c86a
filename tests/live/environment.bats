#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The environment: what each BINDRIGHT_* variable does, and what a wrong word in it does: one line
# that names the variable, the word and what is allowed, and the program runs on with the default.
# When that line comes, environment_late.bats tells.

load lab

# default_behaviour: a listener on :: is set, and replies are right.
default_behaviour() {
	[ "$(v6only_of u)" = 1 ] || fail "IPV6_V6ONLY is not set"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

# bare_behaviour: neither.
bare_behaviour() {
	[ "$(v6only_of u)" = 0 ] || fail "IPV6_V6ONLY is set"
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	some_wrong
}

# said_nothing_else: nothing of any setting. That IPv4 is lost where nobody chose a word is another
# matter (listen_ipv4_lost.bats).
said_nothing_else() {
	! grep -v 'no socket takes IPv4' server.err || fail "something was said"
}

# wrong_keyword VARIABLE WORD TEXT...: each TEXT, of what is allowed and of which piece of a list is
# wrong, is in the one line.
wrong_keyword() {
	local variable=$1 word=$2 allowed

	shift 2
	local -x BINDRIGHT_V6ONLY=force
	local -x "$variable=$word"
	with_library start_server echo_recvfrom :: "$PORT"
	[ "$(grep -vc 'no socket takes IPv4' server.err)" -eq 1 ] ||
		fail "not one line on stderr for $variable=$word"
	grep -q "^bindright: echo_recvfrom\[$server_pid\]: error: $variable: .*; the default is used\$" \
		server.err ||
		fail "the line does not name $variable"
	[ "${word#*,}" != "$word" ] || grep -qF -e "'$word'" server.err ||
		fail "the line does not name the word $word"
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

@test "BINDRIGHT: a wrong word" {
	wrong_keyword BINDRIGHT offf on off
	wrong_keyword BINDRIGHT OFF on off
}

@test "BINDRIGHT_V6ONLY: a wrong word" {
	wrong_keyword BINDRIGHT_V6ONLY yes force off
	wrong_keyword BINDRIGHT_V6ONLY forced force off
}

@test "BINDRIGHT_REPLY: a wrong word" {
	wrong_keyword BINDRIGHT_REPLY 1 on off
}

# Nothing of a list counts if a piece of it is wrong.
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

@test "BINDRIGHT_CHILDREN: a wrong word" {
	wrong_keyword BINDRIGHT_CHILDREN no on off
}

@test "BINDRIGHT_FOLLOW: a wrong word" {
	wrong_keyword BINDRIGHT_FOLLOW 1 on off
}

@test "BINDRIGHT_PEERS: a wrong number" {
	local word

	for word in 15 16777217 -64 64k 0x40 99999999999999999999 many; do
		wrong_keyword BINDRIGHT_PEERS "$word" 16 16777216
	done
}

@test "BINDRIGHT_EXPIRY: a wrong number" {
	local word

	for word in 0 31536001 -1 5m 1.5 99999999999999999999 never; do
		wrong_keyword BINDRIGHT_EXPIRY "$word" 1 31536000
	done
}

@test "BINDRIGHT_LOG: a wrong word" {
	local word

	for word in loud info:relative/file info: info:stdout:; do
		wrong_keyword BINDRIGHT_LOG "$word" off error warn info debug
	done
}

@test "numbers at both ends of what is allowed" {
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
	[ ! -s server.err ] || fail "something was said"
}

@test "BINDRIGHT_REPLY=off: replies as bare, listeners not" {
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	cp answers bare.answers

	BINDRIGHT_REPLY=off with_library start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 1 ]
	ask_client "$PORT" "${V6[@]}"
	same_text bare.answers answers
}

# The first of two requests is answered when the second has come, from what the table knows.
@test "BINDRIGHT_EXPIRY: a peer that is forgotten is answered as bare" {
	bare start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 0
	some_wrong

	BINDRIGHT_EXPIRY=30 with_library start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 2.1
	every_line_is right

	# Time itself is what is tested.
	BINDRIGHT_EXPIRY=1 with_library start_server echo_late -n 2 0.0.0.0 "$PORT"
	answer_after 2.1
	some_wrong
}

answer_after() {
	ask_client_meanwhile -t 5000 "$PORT" "${V4[1]}"
	sleep "$1"
	"${client_host[@]}" "$servers/ask" "$PORT" "${V4[0]}" >second.answers
	client_is_done
}

@test "BINDRIGHT_EXPIRY: what the thread has not answered yet does not expire" {
	BINDRIGHT_EXPIRY=1 with_library start_server echo_wait 0.0.0.0 "$PORT"
	ask_client_meanwhile -t 5000 "$PORT" "${V4[1]}"
	server_says request
	sleep 2.1
	tell_server go
	client_is_done
	every_line_is right
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Inherited listeners, as from inetd, a systemd socket unit or across exec. The kernel does not
# permit a change of IPV6_V6ONLY then: the sockets stay as bare, and if the keyword requires another
# value, one line is logged, once.

load lab

# inherits FLAG... -- COMMAND...: the binder is bare, the command has the library or not.
inherits() {
	local flags=() with=()

	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	[ -z "$preload" ] || with=(env "LD_PRELOAD=$preload")
	bare launch_server "$servers/inherit" "${flags[@]}" :: "$PORT" "${with[@]}" "$@"
	wait_until server_is_ready || fail "not ready"
}

# says_once TEXT: the log is one line with this text.
says_once() {
	[ "$(wc -l <server.err)" -eq 1 ] || fail "expected one line"
	grep -q -e "$1" server.err || fail "not: $1"
}

@test "TCP, takes both families: force and default warn, the others are silent" {
	local keyword

	bare inherits -t -- "$servers/listeners" -i
	[ "$(v6only_of t)" = 0 ]
	serves_both
	for keyword in force default; do
		BINDRIGHT_V6ONLY=$keyword with_library inherits -t -- "$servers/listeners" -i
		[ "$(v6only_of t)" = 0 ]
		serves_both
		says_once "warn: fd 0 tcp \[::\]:$PORT: inherited already bound.*=$keyword"
	done
	for keyword in auto dual off; do
		BINDRIGHT_V6ONLY=$keyword with_library inherits -t -- "$servers/listeners" -i
		[ "$(v6only_of t)" = 0 ]
		serves_both
		[ ! -s server.err ] || fail "the log is not empty under $keyword"
	done
}

@test "TCP, IPv6 only: dual warns, the others are silent" {
	local keyword

	bare inherits -t -6 -- "$servers/listeners" -i
	cannot_connect "${V4[@]}"
	BINDRIGHT_V6ONLY=dual with_library inherits -t -6 -- "$servers/listeners" -i
	[ "$(v6only_of t)" = 1 ]
	cannot_connect "${V4[@]}"
	can_connect "${V6[@]}"
	says_once "warn: fd 0 tcp \[::\]:$PORT: inherited already bound.*takes no IPv4"
	for keyword in force default auto off; do
		BINDRIGHT_V6ONLY=$keyword with_library inherits -t -6 -- "$servers/listeners" -i
		[ "$(v6only_of t)" = 1 ]
		[ ! -s server.err ] || fail "the log is not empty under $keyword"
	done
}

@test "UDP: one warning, at the first datagram; both families served, and replies right" {
	bare inherits -- "$servers/echo_recvfrom" -i
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	some_wrong
	for keyword in force default; do
		BINDRIGHT_V6ONLY=$keyword with_library inherits -- "$servers/echo_recvfrom" -i
		ask_client -r 5 "$PORT" "${V4[@]}" "${V6[@]}"
		every_line_is right
		[ "$(v6only_of u)" = 0 ]
		says_once "warn: fd 0 udp \[::\]:$PORT: inherited already bound.*=$keyword"
	done
	for keyword in auto dual off; do
		BINDRIGHT_V6ONLY=$keyword with_library inherits -- "$servers/echo_recvfrom" -i
		ask_client -r 5 "$PORT" "${V4[@]}" "${V6[@]}"
		every_line_is right
		[ ! -s server.err ] || fail "the log is not empty under $keyword"
	done
}

@test "a rule for its port decides" {
	bare inherits -t -- "$servers/listeners" -i
	can_connect "${V4[@]}"
	BINDRIGHT_V6ONLY=force,tcp/5300=off with_library inherits -t -- "$servers/listeners" -i
	[ ! -s server.err ] || fail "the log is not empty"
	BINDRIGHT_V6ONLY=off,tcp/5300=force with_library inherits -t -- "$servers/listeners" -i
	says_once "rule tcp/5300=force"
}

@test "an invalid setting is logged at an inherited listener, too" {
	BINDRIGHT_REPLY=maybe BINDRIGHT_V6ONLY=off with_library inherits -t -- "$servers/listeners" -i
	serves_both
	says_once "error: BINDRIGHT_REPLY: unknown keyword 'maybe'"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Hosts without IPv6, or with no IPv6 addresses: servers do there what they do bare.

load lab
load puppet

# as_bare WORDS COMMAND...: "listeners" says the same bare and under each word.
as_bare() {
	local words=$1 word

	shift
	bare launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	cp server.out bare.out
	can_connect "${V4[@]}"
	for word in $words; do
		BINDRIGHT_V6ONLY=$word with_library launch_server "$@"
		wait_until server_is_ready || fail "not ready under $word"
		same_text bare.out server.out
		[ ! -s server.err ] || fail "something was said"
		can_connect "${V4[@]}"
	done
}

@test "no AF_INET6 at all: a walk of getaddrinfo's addresses" {
	"$servers/without_ipv6" true || skip "no filter of system calls here"
	# getaddrinfo leaves :: out where there is no IPv6; this one server dies of it instead.
	as_bare "force default auto dual off" "$servers/without_ipv6" "$servers/listeners" -f 4 "$PORT"
	bare launch_server "$servers/without_ipv6" "$servers/puppet"
	wait_until server_is_ready
	no_ipv6
	for word in force default auto dual; do
		BINDRIGHT_V6ONLY=$word with_library launch_server "$servers/without_ipv6" "$servers/puppet"
		wait_until server_is_ready
		no_ipv6
	done
}

no_ipv6() {
	plays <<-END
		open six tcp6 -> EAFNOSUPPORT
		open six udp6 -> EAFNOSUPPORT
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open again tcp4
		bind again 0.0.0.0 $PORT -> EADDRINUSE
		get again reuseport -> 0
		open udp udp4
		bind udp 0.0.0.0 $PORT
	END
	comes_in_at four tcp "${V4[1]}"
	comes_in_at udp udp "${V4[1]}"
	[ ! -s server.err ] || fail "something was said"
}

@test "net.ipv6.conf.all.disable_ipv6=1: a socket on :: is all that a server has" {
	server_sysctl net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	as_bare "auto dual off" "$servers/listeners" -f 6 "$PORT"
	# Forced to IPv6 only it would serve nobody; the word is the administrator's.
	with_library start_server listeners -f 6 "$PORT"
	cannot_connect "${V4[@]}"
}

@test "net.ipv6.conf.all.disable_ipv6=1: both listeners of a pair" {
	server_sysctl net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	bare start_server listeners -6first "$PORT"
	server_said "bind 0.0.0.0 EADDRINUSE"
	for word in force default auto dual; do
		BINDRIGHT_V6ONLY=$word with_library start_server listeners -6first "$PORT"
		server_said "listen 0.0.0.0 ok"
		server_said "listen :: ok"
		can_connect "${V4[@]}"
	done
}

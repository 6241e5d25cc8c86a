#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# On hosts without IPv6, or without IPv6 addresses, servers do what they do bare.

load lab
load puppet

# as_bare KEYWORDS COMMAND...: "listeners" prints the same bare and under each keyword.
as_bare() {
	local keywords=$1 keyword

	shift
	bare launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	cp server.out bare.out
	can_connect "${V4[@]}"
	for keyword in $keywords; do
		BINDRIGHT_V6ONLY=$keyword with_library launch_server "$@"
		wait_until server_is_ready || fail "not ready under $keyword"
		same_text bare.out server.out
		[ ! -s server.err ] || fail "the log is not empty"
		can_connect "${V4[@]}"
	done
}

@test "no AF_INET6: a loop over getaddrinfo's addresses" {
	"$servers/without_ipv6" true || skip "no system call filters"
	# getaddrinfo omits :: if there is no IPv6; this server fails instead.
	as_bare "force default auto dual off" "$servers/without_ipv6" "$servers/listeners" -f 4 "$PORT"
	bare launch_server "$servers/without_ipv6" "$servers/puppet"
	wait_until server_is_ready
	no_ipv6
	for keyword in force default auto dual; do
		BINDRIGHT_V6ONLY=$keyword with_library launch_server "$servers/without_ipv6" "$servers/puppet"
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
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "net.ipv6.conf.all.disable_ipv6=1: a server with only a socket on ::" {
	server_sysctl net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	as_bare "auto dual off" "$servers/listeners" -f 6 "$PORT"
	# Under force it would serve no client; the administrator chose that keyword.
	with_library start_server listeners -f 6 "$PORT"
	cannot_connect "${V4[@]}"
}

@test "net.ipv6.conf.all.disable_ipv6=1: both listeners of a pair" {
	server_sysctl net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	bare start_server listeners -6first "$PORT"
	server_said "bind 0.0.0.0 EADDRINUSE"
	for keyword in force default auto dual; do
		BINDRIGHT_V6ONLY=$keyword with_library start_server listeners -6first "$PORT"
		server_said "listen 0.0.0.0 ok"
		server_said "listen :: ok"
		can_connect "${V4[@]}"
	done
}

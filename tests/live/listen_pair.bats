#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server that binds the addresses of getaddrinfo(AI_PASSIVE) one after the other. Bare, the second
# one fails, because an AF_INET6 socket on :: takes the IPv4 port too; with the library both work,
# in either order, and each family reaches its own.

load lab

# pair_fails_bare CALL ADDRESS FLAG...: the fault shows at this call for this address.
pair_fails_bare() {
	local call=$1 address=$2

	shift 2
	bare start_server listeners "$@" "$PORT"
	server_said "$call $address EADDRINUSE"
}

# pair_works FLAG...: with the library no call fails, and :: is IPv6 only.
pair_works() {
	with_library start_server listeners "$@" "$PORT"
	server_said "bind 0.0.0.0 ok"
	server_said "bind :: ok"
	! grep -v -e ' ok$' -e '^ready$' server.out || fail "something failed"
}

tcp_pair_works() {
	pair_works "$@"
	server_said "listen 0.0.0.0 ok"
	server_said "listen :: ok"
	[ "$(v6only_of t)" = 1 ]
	can_connect "${V4[@]}" "${V6[@]}"
}

udp_pair_works() {
	pair_works -u "$@"
	[ "$(v6only_of u)" = 1 ]
}

@test "TCP, IPv4 first: bare the second bind fails" {
	pair_fails_bare bind :: -4first
	tcp_pair_works -4first
}

@test "TCP, IPv6 first: bare the second bind fails" {
	pair_fails_bare bind 0.0.0.0 -6first
	tcp_pair_works -6first
}

@test "TCP, IPv4 first, SO_REUSEADDR: bare the second bind fails" {
	pair_fails_bare bind :: -4first -r
	tcp_pair_works -4first -r
}

@test "TCP, IPv6 first, SO_REUSEADDR: bare the second bind fails" {
	pair_fails_bare bind 0.0.0.0 -6first -r
	tcp_pair_works -6first -r
}

@test "TCP, IPv4 first, all bound before any listens: bare the second bind fails" {
	pair_fails_bare bind :: -4first -a
	tcp_pair_works -4first -a
}

@test "TCP, IPv6 first, all bound before any listens: bare the second bind fails" {
	pair_fails_bare bind 0.0.0.0 -6first -a
	tcp_pair_works -6first -a
}

@test "TCP, IPv4 first, SO_REUSEADDR, all bound before any listens: bare the second listen fails" {
	pair_fails_bare listen :: -4first -r -a
	tcp_pair_works -4first -r -a
}

@test "TCP, IPv6 first, SO_REUSEADDR, all bound before any listens: bare the second listen fails" {
	pair_fails_bare listen 0.0.0.0 -6first -r -a
	tcp_pair_works -6first -r -a
}

@test "TCP, the program itself makes :: dual-stack" {
	pair_fails_bare bind 0.0.0.0 -6first -d
	tcp_pair_works -6first -d
}

@test "UDP, IPv4 first: bare the second bind fails" {
	pair_fails_bare bind :: -u -4first
	udp_pair_works -4first
}

@test "UDP, IPv6 first: bare the second bind fails" {
	pair_fails_bare bind 0.0.0.0 -u -6first
	udp_pair_works -6first
}

@test "UDP, SO_REUSEADDR, both orders: works bare and with the library" {
	local order

	# On Linux SO_REUSEADDR lets any two UDP sockets share a port, so there is no fault to see.
	for order in -4first -6first; do
		bare start_server listeners -u -r "$order" "$PORT"
		cp server.out bare.out
		[ "$(v6only_of u)" = 0 ]
		udp_pair_works -r "$order"
		same_text bare.out server.out
	done
}

@test "BINDRIGHT_V6ONLY=off: the pair fails as bare" {
	pair_fails_bare bind 0.0.0.0 -6first
	cp server.out bare.out
	BINDRIGHT_V6ONLY=off with_library start_server listeners -6first "$PORT"
	same_text bare.out server.out
}

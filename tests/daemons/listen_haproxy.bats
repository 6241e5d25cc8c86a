#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# haproxy, which clears IPV6_V6ONLY itself, or sets it for v6only. As Debian starts it, a master holds
# the listeners too, and re-executes itself when it has a worker, which changes its root.

load listeners
packages=haproxy

# start_haproxy BIND...
start_haproxy() {
	mkdir -p jail
	{
		printf '%s\n' global "chroot $PWD/jail" 'user haproxy' 'group haproxy'
		printf '%s\n' 'frontend demo' 'mode tcp' 'timeout client 1s'
		printf 'bind %s\n' "$@"
	} >haproxy.conf
	launch_server haproxy -Ws -f "$PWD/haproxy.conf"
}

@test "haproxy, bind :::port" {
	start() {
		start_haproxy ":::$port"
	}
	keeps_ipv4 default auto
}

# Its sockets have SO_REUSEPORT, so in either order dual finds the port's IPv4 side free.
@test "haproxy, v6only" {
	start() {
		local lines=("${@/%/:$port}")

		start_haproxy "${lines[@]/#:::$port/:::$port v6only}"
	}
	is_unchanged_but_dual 0.0.0.0 ::
	is_unchanged_but_dual ::
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# haproxy, which clears the option itself, unless v6only has it set. As Debian starts it, a master holds
# the listeners, too, and starts itself again when it has a worker, which locks itself in.

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

# Its sockets have SO_REUSEPORT, so nobody is in dual's way, in whichever order.
@test "haproxy, v6only" {
	start() {
		local lines=("${@/%/:$port}")

		start_haproxy "${lines[@]/#:::$port/:::$port v6only}"
	}
	is_unchanged_but_dual 0.0.0.0 ::
	is_unchanged_but_dual ::
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nbd-server, which binds what getaddrinfo returns, and goes on with what it can bind. It becomes a
# daemon with its listeners open.

load listeners
packages=nbd-server

start() {
	local IFS=,

	truncate -s 64K export
	cat >nbd.conf <<-END
		[generic]
		port = $port
		${1:+listenaddr = $*}
		[export]
		exportname = $PWD/export
	END
	launch_server nbd-server -C "$PWD/nbd.conf" -p "$PWD/pid"
}

@test "nbd-server" {
	is_pair_cured
}

@test "nbd-server, listenaddr = ::" {
	serves_ipv6_only
}

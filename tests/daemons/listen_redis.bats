#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# redis-server, which sets IPV6_V6ONLY itself.

load listeners
packages=redis-server

start() {
	launch_as redis redis-server --port "$port" --bind "$@" --protected-mode no --save '' --dir "$PWD"
}

@test "redis-server" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
	is_unchanged_but_dual ::
}

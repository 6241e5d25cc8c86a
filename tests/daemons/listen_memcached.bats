#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# memcached by TCP, which sets IPV6_V6ONLY itself.

load listeners
packages=memcached

start() {
	local addresses=$*

	open_directory
	launch_server memcached -u memcache -l "${addresses/ /,}" -p "$port"
}

@test "memcached" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
	is_unchanged_but_dual ::
}

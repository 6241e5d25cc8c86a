#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# minetest, which clears IPV6_V6ONLY itself.

load listeners
load minetest
packages=minetest-server
protocol=udp

@test "minetest" {
	keeps_ipv4 default auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# minetest, a game server: one thread receives, another sends.

load minetest
packages=minetest-server

@test "minetest" {
	is_cured V4 V6
}

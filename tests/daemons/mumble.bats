#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mumble-server, for voice chat, which names the source of its answers itself.

load mumble
packages=mumble-server

@test "mumble-server" {
	stays_right V4 V6
}

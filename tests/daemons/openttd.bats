#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openttd -D, a game; IPv4 only.

load daemons
packages='openttd openttd-opengfx'
# PACKET_UDP_CLIENT_FIND_SERVER
question='\3\0\0'

start() {
	HOME=$PWD XDG_DATA_HOME=$PWD XDG_CONFIG_HOME=$PWD \
		launch_server /usr/games/openttd -D "0.0.0.0:$port" -x
}

@test "openttd" {
	is_cured V4
}

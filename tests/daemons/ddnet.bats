#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# DDNet's server, a game: it receives many datagrams at once and answers one by one, on one socket for
# both families.

load daemons
packages=ddnet-server
v6only=auto
# "gie3", sent without a connection, asks for the server's information.
question='\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffgie3\0'

start() {
	HOME=$PWD launch_server /usr/games/DDNet-Server \
		"sv_port $port; sv_register 0; bindaddr [::]"
}

@test "DDNet" {
	is_cured V4 V6
}

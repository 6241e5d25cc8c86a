# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Variables and functions for the tests of minetest, a game server.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# It opens one socket for both families.
v6only=auto
# The protocol's number, no peer ID yet, channel 0; an empty reliable packet.
question='\x4f\x45\x74\x03\0\0\0\3\xff\xdc\1\0\0'
asking=(-n 216)

start() {
	mkdir -p world games/demo/mods
	echo 'title = demo' >games/demo/game.conf
	printf '%s\n' 'gameid = demo' 'backend = dummy' >world/world.mt
	printf '%s\n' 'ipv6_server = true' 'bind_address = ::' 'enable_ipv6 = true' >minetest.conf
	HOME=$PWD MINETEST_SUBGAME_PATH=$PWD/games launch_server /usr/games/minetestserver \
		--config minetest.conf --world "$PWD/world" --port "$port" --logfile log
}

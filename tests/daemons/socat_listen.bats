#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat UDP-LISTEN: a forked child connects the socket to the peer and from then on reads and writes;
# the parent opens the next socket.

load daemons
packages=socat
# Each peer has a child of its own, so it must keep to its address. What another peer sends before
# the child is connected goes to that child and is lost.
asking=(-n 36 -a 1 -w 10 -r 6)

start() {
	launch_server sh -c "socat -T 20 UDP4-LISTEN:$port,fork,reuseaddr EXEC:cat &
		exec socat -T 20 UDP6-LISTEN:$port,ipv6only,fork,reuseaddr EXEC:cat"
}

@test "socat UDP-LISTEN" {
	is_cured V4 V6
}

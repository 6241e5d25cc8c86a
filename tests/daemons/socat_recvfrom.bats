#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat UDP-RECVFROM: the parent peeks at each datagram, a forked child receives and answers it.

load daemons
packages=socat
# Bare too, socat loses some of many simultaneous datagrams.
asking=(-n 36 -a 1 -r 6 -R)

start() {
	launch_server sh -c "socat UDP4-RECVFROM:$port,fork EXEC:cat &
		exec socat UDP6-RECVFROM:$port,ipv6only,fork EXEC:cat"
}

@test "socat UDP-RECVFROM" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# netcat -u -l: it peeks at the first datagram, connects the socket to its sender, and then reads and
# writes. A pipe makes an echo of it.

load daemons
packages=netcat-openbsd
one_peer=yes

start() {
	rm -f pipe4 pipe6
	mkfifo pipe4 pipe6
	launch_server sh -c "nc.openbsd -4 -u -l $port <>pipe4 >pipe4 &
		exec nc.openbsd -6 -u -l $port <>pipe6 >pipe6"
}

is_ready() {
	is_bound
}

@test "netcat-openbsd" {
	is_cured V4 V6
}

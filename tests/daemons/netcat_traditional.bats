#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# netcat-traditional -u -l. It opens only IPv4 sockets: -s goes to gethostbyname.

load daemons
packages=netcat-traditional
one_peer=yes

start() {
	launch_server nc.traditional -u -l -p "$port" -e /bin/cat
}

is_ready() {
	is_bound
}

@test "netcat-traditional" {
	is_cured V4
}

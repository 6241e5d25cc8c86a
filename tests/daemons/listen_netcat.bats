#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nc -6 -l, which leaves IPV6_V6ONLY at the system default.

load listeners
packages=netcat-openbsd

start() {
	launch_server nc.openbsd -6 -l -k "$port"
}

@test "nc -6 -l" {
	serves_ipv6_only
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# iperf -s -u (version 2): it receives a first datagram and connects the socket to its sender.

load daemons
packages=iperf
question=none
# One dual-stack socket is all that it opens.
v6only=auto
# Version 2.1.8 crashes, bare as well, when a second one asks.
one_peer=yes

start() {
	launch_server iperf -s -u -V -p "$port"
}

is_ready() {
	is_bound
}

# Three hundred datagrams, and the server's report at the end, which travels back by UDP.
client() {
	local is_ipv6=${1//[!:]/}

	from_client timeout 3 iperf ${is_ipv6:+-V} -c "$1" -p "$port" -u -n 30000 -l 100 -b 10M |
		grep 'Server Report'
}

@test "iperf -u" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# iperf -s -u (version 2): it receives a first datagram and connects the socket to its sender.

load daemons
packages=iperf
question=none
# It opens one dual-stack socket.
v6only=auto
# Version 2.1.8 crashes, bare too, when a second client asks.
one_peer=yes

start() {
	launch_server iperf -s -u -V -p "$port"
}

is_ready() {
	is_bound
}

# Sends 300 datagrams; the server's report at the end comes back by UDP.
client() {
	local is_ipv6=${1//[!:]/}

	from_client timeout 3 iperf ${is_ipv6:+-V} -c "$1" -p "$port" -u -n 30000 -l 100 -b 10M |
		grep 'Server Report'
}

@test "iperf -u" {
	is_cured V4 V6
}

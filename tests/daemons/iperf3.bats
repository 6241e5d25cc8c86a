#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# iperf3 -s, asked to measure by UDP: it receives a first datagram, connects the socket to its sender,
# and opens another one for the next stream.

load daemons
packages=iperf3
question=none
# It opens one dual-stack socket.
v6only=auto

start() {
	launch_server iperf3 -s -p "$port"
}

is_ready() {
	[ -n "$("${server_host[@]}" ss -Htln "sport = :$port")" ]
}

# Three streams of 100 datagrams, in both directions.
client() {
	from_client timeout 3 iperf3 -c "$1" -p "$port" -u -P 3 -k 300 -l 100 -b 10M &&
		from_client timeout 3 iperf3 -c "$1" -p "$port" -u -P 3 -k 300 -l 100 -b 10M -R
}

@test "iperf3 -u" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# dnsmasq, a forwarder that names the source of its answers itself.

load dns
load listeners
packages='dnsmasq-base bind9-dnsutils'

start() {
	launch_server dnsmasq --keep-in-foreground --conf-file=/dev/null --user=dnsmasq --pid-file= \
		--local-service --port="$port" --no-resolv --no-hosts \
		--address=/demo.example/203.0.113.1
}

@test "dnsmasq" {
	stays_right V4 V6
}

@test "dnsmasq, UDP" {
	protocol=udp
	listeners=2
	is_unchanged_but_dual
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# pdns-recursor, which names the source of its answers itself.

load dns
load listeners
packages='pdns-recursor bind9-dnsutils'

start() {
	echo '203.0.113.1 demo.example' >hosts
	launch_as pdns pdns_recursor --config-dir="$PWD" --daemon=no --socket-dir="$PWD" \
		--local-address=0.0.0.0,:: --local-port="$port" --allow-from=0.0.0.0/0,::/0 \
		--export-etc-hosts=yes --etc-hosts-file="$PWD/hosts" --setuid= --setgid=
}

@test "pdns-recursor" {
	stays_right V4 V6
}

@test "pdns-recursor, UDP" {
	protocol=udp
	listeners=2
	is_unchanged
}

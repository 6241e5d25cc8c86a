#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# pdns-server, an authoritative name server that names the source of its answers itself.

load dns
load listeners
packages='pdns-server pdns-backend-bind bind9-dnsutils'

start() {
	write_zone
	echo "zone \"demo.example\" { type master; file \"$PWD/demo.zone\"; };" >named.conf
	launch_as pdns pdns_server --no-config --daemon=no --guardian=no --disable-syslog \
		--socket-dir="$PWD" --launch=bind --bind-config="$PWD/named.conf" \
		--local-address=0.0.0.0,:: --local-port="$port"
}

@test "pdns-server" {
	stays_right V4 V6
}

@test "pdns-server, UDP" {
	protocol=udp
	listeners=2
	is_unchanged
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd, an authoritative name server.

load dns
load listeners
packages='nsd bind9-dnsutils tcpdump'
remark='its own way: ip-address with the name of an interface'

start() {
	write_zone
	cat >nsd.conf <<-END
		server:
		$(for address in ${switch:-0.0.0.0 ::}; do echo "ip-address: $address"; done)
			port: $port
			username: ""
			zonesdir: "$PWD"
			database: ""
			pidfile: ""
			zonelistfile: "zone.list"
			xfrdfile: "xfrd.state"
			xfrdir: "$PWD"
		remote-control:
			control-enable: no
		zone:
			name: demo.example
			zonefile: demo.zone
	END
	launch_server nsd -d -c nsd.conf
}

@test "nsd" {
	is_cured V4 V6
}

@test "nsd's answers are those of a socket for each address" {
	equals_switch wire0 V4 V6
}

@test "nsd, UDP" {
	protocol=udp
	listeners=2
	is_unchanged
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd, an authoritative name server.

load dns
packages='nsd bind9-dnsutils'

start() {
	write_zone
	cat >nsd.conf <<-END
		server:
			ip-address: 0.0.0.0
			ip-address: ::
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

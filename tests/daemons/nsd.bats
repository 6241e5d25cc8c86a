#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd, an authoritative name server.

load daemons
packages='nsd bind9-dnsutils'
question='\0\1\1\0\0\1\0\0\0\0\0\0\4demo\4test\0\0\1\0\1'

start() {
	cat >nsd.conf <<-END
		server:
			ip-address: 0.0.0.0
			ip-address: ::
			port: $PORT
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
			name: demo.test
			zonefile: demo.zone
	END
	printf '%s\n' '@ 60 SOA ns admin 1 3600 600 86400 60' '@ 60 NS ns' '@ 60 A 203.0.113.1' \
		'ns 60 A 203.0.113.1' >demo.zone
	launch_server nsd -d -c nsd.conf
}

client() {
	from_client dig +tries=1 +time=1 -p "$PORT" @"$1" demo.test | grep -q 203.0.113.1
}

@test "nsd" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# knot, an authoritative name server that names the source of its answers itself.

load dns
load listeners
packages='knot bind9-dnsutils'

start() {
	write_zone
	mkdir -p run db
	cat >knot.conf <<-END
		server:
		  rundir: $PWD/run
		  listen: [ 0.0.0.0@$port, ::@$port ]
		database:
		  storage: $PWD/db
		zone:
		  - domain: demo.example
		    storage: $PWD
		    file: demo.zone
	END
	launch_as knot knotd -c knot.conf
}

@test "knot" {
	stays_right V4 V6
}

@test "knot, UDP" {
	protocol=udp
	listeners=2
	is_unchanged_but_dual
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd, an authoritative name server. It runs as the user of Debian's package, whose configuration has no
# chroot.

load dns
load listeners
packages='nsd bind9-dnsutils tcpdump'
remark='own option: ip-address with the name of an interface'

# Its chroot.
chroot=

start() {
	open_directory
	write_zone
	mkdir -p state
	chown nsd state
	cat >nsd.conf <<-END
		server:
		$(for address in ${switch:-0.0.0.0 ::}; do echo "ip-address: $address"; done)
			port: $port
			chroot: "$chroot"
			zonesdir: "$PWD"
			database: ""
			pidfile: ""
			zonelistfile: "$PWD/state/zone.list"
			xfrdfile: "$PWD/state/xfrd.state"
			xfrdir: "$PWD/state"
		remote-control:
			control-enable: no
		zone:
			name: demo.example
			zonefile: demo.zone
	END
	launch_server nsd -d -P "" -c "$PWD/nsd.conf"
}

@test "nsd" {
	is_cured V4 V6
}

@test "nsd, chroot" {
	chroot=$PWD
	is_cured V4 V6
}

@test "nsd answers as with a socket for each address" {
	equals_switch wire0 V4 V6
}

@test "nsd, UDP" {
	protocol=udp
	listeners=2
	is_unchanged
}

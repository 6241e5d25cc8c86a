#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# unbound, a resolver. Its own option for multihomed hosts is interface-automatic. It runs as the user
# of Debian's package, whose configuration has no chroot.

load dns
load listeners
packages='unbound bind9-dnsutils tcpdump'
remark='own option: interface-automatic'

# Its chroot.
chroot=

start() {
	open_directory
	cat >unbound.conf <<-END
		server:
			interface: 0.0.0.0
			interface: ::
			$switch
			port: $port
			access-control: 0.0.0.0/0 allow
			access-control: ::/0 allow
			chroot: "$chroot"
			directory: "$PWD"
			pidfile: ""
			use-syslog: no
			local-data: "demo.example A 203.0.113.1"
	END
	launch_server unbound -d -p -c "$PWD/unbound.conf"
}

@test "unbound" {
	is_cured V4 V6
}

@test "unbound, chroot" {
	chroot=$PWD
	is_cured V4 V6
}

@test "unbound answers as with interface-automatic" {
	equals_switch 'interface-automatic: yes' V4 V6
}

@test "unbound, UDP" {
	protocol=udp
	listeners=2
	is_unchanged_but_dual
}

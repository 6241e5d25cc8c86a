#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# unbound, a resolver. On a wildcard address it answers from the wrong one.

load daemons
packages='unbound bind9-dnsutils'
question='\0\1\1\0\0\1\0\0\0\0\0\0\4demo\4test\0\0\1\0\1'

start() {
	cat >unbound.conf <<-END
		server:
			interface: 0.0.0.0
			interface: ::
			port: $PORT
			access-control: 0.0.0.0/0 allow
			access-control: ::/0 allow
			username: ""
			chroot: ""
			pidfile: ""
			use-syslog: no
			local-data: "demo.test A 203.0.113.1"
	END
	launch_server unbound -d -p -c "$PWD/unbound.conf"
}

client() {
	from_client dig +tries=1 +time=1 -p "$PORT" @"$1" demo.test | grep -q 203.0.113.1
}

@test "unbound" {
	is_cured V4 V6
}

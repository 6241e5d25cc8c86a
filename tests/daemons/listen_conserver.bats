#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# conserver on ::, which leaves IPV6_V6ONLY at the system default.

load listeners
packages=conserver-server

start() {
	cat >conserver.cf <<-END
		config * { }
		default * { master localhost; rw *; }
		console demo { type exec; exec "cat"; }
		access * { trusted 0.0.0.0/0, ::/0; }
	END
	: >passwd
	launch_as conservr conserver -C conserver.cf -P passwd -M :: -p "$port" -b $((port + 10))
}

@test "conserver, -M ::" {
	keeps_ipv4 auto
}

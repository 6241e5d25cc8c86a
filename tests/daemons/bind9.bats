#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bind9, which opens a socket for each address of the host.

load dns
packages='bind9 bind9-dnsutils'

start() {
	open_directory
	chown bind .
	write_zone
	cat >named.conf <<-END
		options {
			directory "$PWD";
			pid-file none;
			session-keyfile none;
			listen-on port $port { any; };
			listen-on-v6 port $port { any; };
			recursion no;
		};
		controls { };
		zone "demo.example" { type primary; file "demo.zone"; };
	END
	launch_server named -g -u bind -c "$PWD/named.conf"
}

@test "bind9" {
	stays_right V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# syslog-ng with a network source for each family, which ends if it does not get both.

load listeners
packages=syslog-ng-core

start() {
	local address family

	for address; do
		family=4
		[ "$address" != :: ] || family=6
		echo "network(ip-protocol($family) ip(\"$address\") port($port) transport(tcp));"
	done >sources
	cat >syslog-ng.conf <<-END
		@version: 3.38
		source s { $(cat sources) };
		destination d { file("$PWD/log"); };
		log { source(s); destination(d); };
	END
	launch_server syslog-ng --foreground --no-caps --cfgfile="$PWD/syslog-ng.conf" \
		--persist-file="$PWD/persist" --pidfile="$PWD/pid" --control="$PWD/control"
}

@test "syslog-ng" {
	is_pair_cured
}

@test "syslog-ng, ip-protocol(6)" {
	serves_ipv6_only
}

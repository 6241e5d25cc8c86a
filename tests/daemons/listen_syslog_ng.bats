#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# syslog-ng with a network source for each family, which ends if it cannot bind both.

load listeners
packages='libcap2 libglib2.0-0 libivykis0 libjson-c5 libnet1 libpcre3 libssl3 libwrap0'
unpacked=syslog-ng-core

start() {
	local address family own=$results/unpacked/syslog-ng-core/usr/lib/syslog-ng

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
	LD_LIBRARY_PATH=$own launch_server syslog-ng --foreground --no-caps \
		--module-path="$(echo "$own"/*/)" --cfgfile="$PWD/syslog-ng.conf" \
		--persist-file="$PWD/persist" --pidfile="$PWD/pid" --control="$PWD/control"
}

@test "syslog-ng" {
	is_pair_cured
}

@test "syslog-ng, ip-protocol(6)" {
	serves_ipv6_only
}

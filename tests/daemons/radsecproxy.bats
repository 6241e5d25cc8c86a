#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# radsecproxy: one thread peeks, reads and gets the destination, another answers with a plain
# sendto.

load radius
packages='radsecproxy freeradius-utils openssl'

start() {
	cat >radsecproxy.conf <<-END
		ListenUDP 0.0.0.0:$port
		ListenUDP [::]:$port
		client all4 {
			host 0.0.0.0/0
			type udp
			secret secret
		}
		client all6 {
			host [::]/0
			type udp
			secret secret
		}
		realm * {
			replymessage "no"
		}
	END
	launch_as radsecproxy radsecproxy -f -c radsecproxy.conf
}

@test "radsecproxy" {
	is_cured V4 V6
}

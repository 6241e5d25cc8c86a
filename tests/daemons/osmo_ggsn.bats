#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# osmo-ggsn, a gateway of mobile networks, at its GTP port; IPv4 only.

load daemons
packages=osmo-ggsn
port=2123
# GTP version 1, Echo Request, sequence number 1.
question='\x32\1\0\4\0\0\0\0\0\1\0\0'

start() {
	need_tunnel
	cat >ggsn.conf <<-END
		ggsn ggsn0
		 gtp state-dir $PWD
		 gtp bind-ip 0.0.0.0
		 apn demo
		  gtpu-mode tun
		  tun-device tun0
		  type-support v4
		  ip prefix dynamic 10.8.0.0/24
		  ip ifconfig 10.8.0.0/24
		  no shutdown
		 no shutdown ggsn
	END
	launch_server osmo-ggsn -c ggsn.conf
}

@test "osmo-ggsn" {
	is_cured V4
}

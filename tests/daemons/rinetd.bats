#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rinetd, which forwards datagrams to another server and the answers back.

load daemons
packages='rinetd socat'
asking=(-n 36 -a 1)

start() {
	printf '%s\n' "0.0.0.0 $port/udp 127.0.0.1 7/udp" ":: $port/udp 127.0.0.1 7/udp" >rinetd.conf
	launch_server sh -c 'socat UDP4-RECVFROM:7,fork EXEC:cat & exec rinetd -f -c rinetd.conf'
}

@test "rinetd" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# xl2tpd, an L2TP server. It opens only an IPv4 socket: listen-addr goes to gethostbyname.

load daemons
packages=xl2tpd
# SCCRQ: message type, protocol version, framing, host name, tunnel ID.
question='\xc8\x02\0\x34\0\0\0\0\0\0\0\0'
question+='\x80\x08\0\0\0\0\0\1\x80\x08\0\0\0\2\1\0\x80\x0a\0\0\0\3\0\0\0\3'
question+='\x80\x06\0\0\0\7\x80\x08\0\0\0\x09\0\1'
asking=(-n 216)

start() {
	cat >xl2tpd.conf <<-END
		[global]
		port = $port
		[lns default]
		ip range = 10.0.0.2-10.0.0.9
		local ip = 10.0.0.1
	END
	: >secrets
	launch_server xl2tpd -D -c xl2tpd.conf -s secrets -p pid -C control
}

@test "xl2tpd" {
	is_cured V4
}

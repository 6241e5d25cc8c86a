#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# kamailio, a SIP proxy: forked workers share the socket.

load daemons
packages='kamailio tcpdump'
remark='own option, IPv4 only: listen with the name of an interface'
question='OPTIONS sip:demo.test SIP/2.0\r
Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK1;rport\r
From: <sip:a@demo.test>;tag=1\r
To: <sip:b@demo.test>\r
Call-ID: 1@demo.test\r
CSeq: 1 OPTIONS\r
Content-Length: 0\r
\r
'

start() {
	cat >kamailio.cfg <<-END
		$(for address in ${switch:-0.0.0.0 [::]}; do echo "listen=udp:$address:$port"; done)
		children=4
		disable_tcp=yes
		loadmodule "sl.so"
		request_route { sl_send_reply("200", "OK"); }
	END
	launch_as kamailio kamailio -DD -E -f "$PWD/kamailio.cfg" -Y "$PWD"
}

@test "kamailio" {
	is_cured V4 V6
}

@test "kamailio answers as with a socket for each address" {
	equals_switch wire0 V4
}

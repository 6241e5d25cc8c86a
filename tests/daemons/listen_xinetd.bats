#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# xinetd, which clears IPV6_V6ONLY itself for services with the flag IPv6.

load listeners
packages='netbase libwrap0 libtirpc3 libselinux1'
unpacked='xinetd'

start() {
	local address family

	for address; do
		family=4
		[ "$address" != :: ] || family=6
		cat <<-END
			service discard
			{
				id = discard-$family
				type = INTERNAL UNLISTED
				flags = IPv$family
				bind = $address
				socket_type = stream
				protocol = tcp
				wait = no
				user = root
				port = $port
			}
		END
	done >xinetd.conf
	launch_server xinetd -dontfork -f "$PWD/xinetd.conf" -pidfile "$PWD/pid"
}

@test "xinetd, flags = IPv4 and IPv6" {
	is_pair_cured
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openbsd-inetd, which sets IPV6_V6ONLY for tcp6, and clears it for tcp46, one socket for both.

load listeners
packages='netbase libbsd0 libevent-2.1-7 libtirpc3 libwrap0'
unpacked='openbsd-inetd'

# start_inetd PROTOCOL...: starts it with a service for each.
start_inetd() {
	printf "$port stream %s nowait root /bin/cat cat\n" "$@" >inetd.conf
	launch_server inetd -i inetd.conf
}

@test "openbsd-inetd, tcp46" {
	start() {
		start_inetd tcp46
	}
	keeps_ipv4 default auto
}

@test "openbsd-inetd, tcp4 and tcp6" {
	start() {
		local address protocols=()

		for address; do
			[ "$address" = :: ] && protocols+=(tcp6) || protocols+=(tcp4)
		done
		start_inetd "${protocols[@]}"
	}
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
}

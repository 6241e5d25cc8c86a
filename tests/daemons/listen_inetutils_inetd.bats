#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# inetutils-inetd, with a service for tcp4 and one for tcp6. It clears IPV6_V6ONLY itself, because
# its tcp6 means both families if there is no tcp4.

load listeners
packages='netbase libwrap0'
unpacked='inetutils-inetd'

start() {
	local address

	for address in "${@:-dual}"; do
		case $address in
		0.0.0.0) echo "$port stream tcp4 nowait root /bin/cat cat" ;;
		*) echo "$port stream tcp6 nowait root /bin/cat cat" ;;
		esac
	done >inetd.conf
	launch_server inetutils-inetd -d inetd.conf
}

@test "inetutils-inetd, tcp4 and tcp6" {
	is_pair_cured
}

@test "inetutils-inetd, tcp6" {
	keeps_ipv4 default auto
}

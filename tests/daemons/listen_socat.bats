#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat TCP6-LISTEN, which leaves IPV6_V6ONLY at the system default.

load listeners
packages=socat

listen_at() {
	case $1 in
	::) launch_one socat "TCP6-LISTEN:$port,fork,reuseaddr" PIPE ;;
	*) launch_one socat "TCP4-LISTEN:$port,bind=$1,fork,reuseaddr" PIPE ;;
	esac
}

@test "socat TCP6-LISTEN and TCP4-LISTEN" {
	is_pair_cured
}

@test "socat TCP6-LISTEN" {
	serves_ipv6_only
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# inetutils-inetd, which passes LD_PRELOAD to its services.

load inetd
packages='netbase libwrap0 perl'
unpacked='inetutils-inetd'

start_inetd() {
	local family

	for family in 4 6; do
		echo "$1 dgram udp$family wait root ${*:2}" | sed 's/ $/ internal/'
	done >inetd.conf
	launch_server inetutils-inetd -d inetd.conf
}

@test "inetutils-inetd, echo" {
	internal_is_cured echo 7
}

@test "inetutils-inetd, daytime" {
	internal_is_cured daytime 13
}

@test "inetutils-inetd, time" {
	internal_is_cured time 37
}

@test "inetutils-inetd, chargen" {
	internal_is_cured chargen 19
}

@test "inetutils-inetd, a program" {
	program_is_cured
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openbsd-inetd. It removes LD_PRELOAD from its services' environment; its sockets are in its own
# control group, so all its services are cured, without a change to inetd.conf.

load kernel
load inetd
packages='netbase libbsd0 libevent-2.1-7 libtirpc3 libwrap0 perl'
unpacked='openbsd-inetd'
remark='removes LD_PRELOAD from the environment of its services'

start_inetd() {
	start_openbsd_inetd "$@"
}

# internal_is_cured_by_kernel SERVICE PORT
internal_is_cured_by_kernel() {
	local service=$1 port=$2 question='\n'

	start() {
		start_inetd "$service"
	}
	is_cured_by_kernel V4 V6
}

@test "openbsd-inetd, echo" {
	internal_is_cured_by_kernel echo 7
}

@test "openbsd-inetd, daytime" {
	internal_is_cured_by_kernel daytime 13
}

@test "openbsd-inetd, time" {
	internal_is_cured_by_kernel time 37
}

@test "openbsd-inetd, chargen" {
	internal_is_cured_by_kernel chargen 19
}

@test "openbsd-inetd, a program" {
	start() {
		write_service
		start_inetd "$port" "$PWD/service" service
	}
	is_cured_by_kernel V4 V6
}

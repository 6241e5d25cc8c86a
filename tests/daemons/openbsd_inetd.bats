#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openbsd-inetd. It removes LD_PRELOAD from its services' environment, so the wrapper goes into their
# lines of inetd.conf.

load inetd
packages='netbase libbsd0 libevent-2.1-7 libtirpc3 libwrap0 perl'
unpacked='openbsd-inetd'

start_inetd() {
	start_openbsd_inetd "$@"
}

@test "openbsd-inetd, echo" {
	internal_is_cured echo 7
}

@test "openbsd-inetd, daytime" {
	internal_is_cured daytime 13
}

@test "openbsd-inetd, time" {
	internal_is_cured time 37
}

@test "openbsd-inetd, chargen" {
	internal_is_cured chargen 19
}

@test "openbsd-inetd, a program" {
	program_is_cured "$wrapper"
}

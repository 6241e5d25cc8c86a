#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# beanstalkd on ::, which leaves IPV6_V6ONLY at the system default.

load listeners
packages=beanstalkd

start() {
	launch_as beanstalkd beanstalkd -l :: -p "$port"
}

@test "beanstalkd, -l ::" {
	keeps_ipv4 auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mini_httpd, which opens :: and then 0.0.0.0 by default. Bare it complains about the second one,
# and IPv4 arrives at the first.

load listeners
packages=mini-httpd

start() {
	launch_server mini_httpd -D -p "$port" -d "$PWD" ${1:+-h "$1"}
}

@test "mini_httpd" {
	gets_both
}

@test "mini_httpd, -h ::" {
	serves_ipv6_only
}

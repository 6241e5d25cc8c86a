#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# squid's http_port, one socket for both.

load listeners
packages=squid

start() {
	open_directory
	chmod a+w .
	printf '%s\n' "http_port $port" "pid_filename $PWD/pid" 'cache_log /dev/null' 'access_log none' \
		'pinger_enable off' 'netdb_filename none' 'visible_hostname demo.example' \
		"coredump_dir $PWD" >squid.conf
	launch_server squid -N -f "$PWD/squid.conf"
}

@test "squid, http_port" {
	keeps_ipv4 default auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# squid, which clears the option itself, whether it is told :: or nothing but a port.

load listeners
packages=squid

start() {
	local address

	for address in "${@:-$port}"; do
		case $address in
		::) echo "http_port [::]:$port" ;;
		0.0.0.0) echo "http_port 0.0.0.0:$port" ;;
		*) echo "http_port $port" ;;
		esac
	done >listen.conf
	cat >squid.conf <<-END
		include $PWD/listen.conf
		visible_hostname demo
		access_log none
		cache_log /dev/null
		pid_filename none
		netdb_filename none
		pinger_enable off
		shutdown_lifetime 0 seconds
	END
	open_directory
	launch_server squid -N -f "$PWD/squid.conf"
}

@test "squid" {
	is_pair_cured
}

@test "squid, http_port PORT" {
	keeps_ipv4 default auto
}

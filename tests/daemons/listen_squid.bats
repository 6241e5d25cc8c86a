#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# squid, which clears IPV6_V6ONLY itself, whether it gets :: or only a port. With -N it does all in
# one process. As Debian's unit starts it, a master starts a worker whose real and effective users
# differ, so the loader ignores the library there (AT_SECURE).

load listeners
packages=squid
way=-N

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
	# shellcheck disable=SC2086 # one or two options
	launch_server squid $way -f "$PWD/squid.conf"
}

@test "squid, -N" {
	is_pair_cured
}

@test "squid, as Debian starts it" {
	way='--foreground -YC'
	worker_is_not_reached 0.0.0.0 ::
	worker_is_not_reached :: 0.0.0.0
}

@test "squid, -N, http_port PORT" {
	keeps_ipv4 default auto
}

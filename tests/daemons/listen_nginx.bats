#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nginx, which sets IPV6_V6ONLY by default; with ipv6only=off it clears it.

load listeners
packages=nginx

start() {
	local address

	for address; do
		case $address in
		::) echo "listen [::]:$port $of_ipv6;" ;;
		*) echo "listen $address:$port;" ;;
		esac
	done >listen.conf
	cat >nginx.conf <<-END
		daemon off;
		pid $PWD/pid;
		error_log stderr;
		events { }
		http {
			access_log off;
			server {
				include $PWD/listen.conf;
				return 204;
			}
		}
	END
	launch_server nginx -p "$PWD" -c "$PWD/nginx.conf"
}

# It retries for three seconds, then ends.
has_settled() {
	has_all_or_ended
}

@test "nginx" {
	of_ipv6=
	is_unchanged 0.0.0.0 ::
}

@test "nginx, ipv6only=off" {
	of_ipv6=ipv6only=off
	is_pair_cured
}

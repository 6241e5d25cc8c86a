#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nginx, whose own default is to set the option: ipv6only=off has it left as it is.

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

# It goes on trying for three seconds, and ends then.
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

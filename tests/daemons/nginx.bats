#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nginx as a datagram proxy, which names the source of its answers itself.

load daemons
packages='nginx libnginx-mod-stream socat'
asking=(-n 36 -a 1)

start() {
	cat >nginx.conf <<-END
		daemon off;
		user www-data;
		worker_processes 2;
		pid $PWD/pid;
		error_log stderr;
		load_module modules/ngx_stream_module.so;
		events {}
		stream {
			server {
				listen $port udp $switch;
				listen [::]:$port udp $switch;
				proxy_pass 127.0.0.1:7;
			}
		}
	END
	launch_server sh -c "socat UDP4-RECVFROM:7,fork EXEC:cat &
		exec nginx -c '$PWD/nginx.conf'"
}

@test "nginx" {
	stays_right V4 V6
}

@test "nginx, reuseport" {
	switch=reuseport
	stays_right V4 V6
}

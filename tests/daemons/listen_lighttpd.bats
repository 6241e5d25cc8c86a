#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lighttpd, which sets IPV6_V6ONLY itself. It opens [::] first in either order.

load listeners
packages=lighttpd

start() {
	cat >lighttpd.conf <<-END
		server.document-root = "$PWD"
		server.username = "www-data"
		server.groupname = "www-data"
		server.port = $port
		server.bind = "0.0.0.0"
		\$SERVER["socket"] == "[::]:$port" { }
	END
	launch_server lighttpd -D -f lighttpd.conf
}

@test "lighttpd" {
	listeners=2
	is_unchanged_but_dual
}

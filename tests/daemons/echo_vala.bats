#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Vala on GLib's GSocket, on a dual-stack socket.

load daemons
packages='valac libglib2.0-dev'
v6only=auto

start() {
	cat >echo.vala <<-END
		void main() {
			try {
				var socket = new Socket(SocketFamily.IPV6, SocketType.DATAGRAM,
					SocketProtocol.UDP);
				var wildcard = new InetAddress.any(SocketFamily.IPV6);
				socket.bind(new InetSocketAddress(wildcard, $port), false);
				uint8 datagram[9000];
				while (true) {
					SocketAddress peer;
					var length = socket.receive_from(out peer, datagram);
					socket.send_to(peer, datagram[0:length]);
				}
			} catch (Error error) {
				stderr.printf("%s\n", error.message);
			}
		}
	END
	[ -x echo ] || valac --pkg gio-2.0 echo.vala
	launch_server ./echo
}

@test "Vala" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java, which clears IPV6_V6ONLY itself on each of its sockets.

load listeners
load java
packages=default-jdk-headless

@test "Java, ServerSocket" {
	start() {
		launch_java "
			ServerSocket listener = new ServerSocket($port);
			while (true)
				listener.accept().close();"
	}
	keeps_ipv4 default auto
}

# Java makes a socket on :: even for 0.0.0.0.
@test "Java, ServerSocket on 0.0.0.0" {
	start() {
		launch_java "
			ServerSocket listener = new ServerSocket($port, 5, InetAddress.getByName(\"0.0.0.0\"));
			while (true)
				listener.accept().close();"
	}
	keeps_ipv4 default auto
}

@test "Java, DatagramSocket" {
	protocol=udp
	start() {
		launch_java "$datagram_socket"
	}
	keeps_ipv4 default auto
}

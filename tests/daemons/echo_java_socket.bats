#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's DatagramSocket: one dual-stack socket.

load daemons
packages=default-jdk-headless
v6only=auto

start() {
	cat >Echo.java <<-END
		import java.net.*;

		class Echo {
			public static void main(String[] arguments) throws Exception {
				DatagramSocket socket = new DatagramSocket($port);
				DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
				while (true) {
					packet.setLength(9000);
					socket.receive(packet);
					socket.send(packet);
				}
			}
		}
	END
	launch_server java -Xint Echo.java
}

@test "Java, DatagramSocket" {
	is_cured V4 V6
}

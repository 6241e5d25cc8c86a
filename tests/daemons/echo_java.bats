#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's DatagramSocket and DatagramChannel: one dual-stack socket each.

load daemons
packages=default-jdk-headless
v6only=off

@test "Java, DatagramSocket" {
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

	is_cured V4 V6
}

@test "Java, DatagramChannel" {
	start() {
		cat >Echo.java <<-END
			import java.net.*;
			import java.nio.*;
			import java.nio.channels.*;

			class Echo {
				public static void main(String[] arguments) throws Exception {
					DatagramChannel channel = DatagramChannel.open();
					ByteBuffer buffer = ByteBuffer.allocateDirect(9000);
					channel.bind(new InetSocketAddress($port));
					while (true) {
						SocketAddress peer = channel.receive(buffer.clear());
						channel.send(buffer.flip(), peer);
					}
				}
			}
		END
		launch_server java -Xint Echo.java
	}

	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's DatagramChannel: one dual-stack socket.

load daemons
packages=default-jdk-headless
v6only=auto

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

@test "Java, DatagramChannel" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java, which clears the option itself on each of its sockets.

load listeners
packages=default-jdk-headless

# start_java STATEMENTS
start_java() {
	[ -f Listen.class ] || compile "$1"
	launch_server java -Xint Listen
}

compile() {
	cat >Listen.java <<-END
		import java.net.*;

		class Listen {
			public static void main(String[] arguments) throws Exception {
				$1
			}
		}
	END
	javac Listen.java
}

@test "Java, ServerSocket" {
	start() {
		start_java "
			ServerSocket listener = new ServerSocket($port);
			while (true)
				listener.accept().close();"
	}
	keeps_ipv4 default auto
}

# It is a socket on :: all the same.
@test "Java, ServerSocket on 0.0.0.0" {
	start() {
		start_java "
			ServerSocket listener = new ServerSocket($port, 5, InetAddress.getByName(\"0.0.0.0\"));
			while (true)
				listener.accept().close();"
	}
	keeps_ipv4 default auto
}

@test "Java, DatagramSocket" {
	protocol=udp
	start() {
		start_java "
			DatagramSocket socket = new DatagramSocket($port);
			DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
			while (true) {
				packet.setLength(9000);
				socket.receive(packet);
				socket.send(packet);
			}"
	}
	keeps_ipv4 default auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's DatagramChannel: one dual-stack socket.

load java
packages=default-jdk-headless
v6only=auto

start() {
	launch_java "
		DatagramChannel channel = DatagramChannel.open();
		ByteBuffer buffer = ByteBuffer.allocateDirect(9000);
		channel.bind(new InetSocketAddress($port));
		while (true) {
			SocketAddress peer = channel.receive(buffer.clear());
			channel.send(buffer.flip(), peer);
		}"
}

@test "Java, DatagramChannel" {
	is_cured V4 V6
}

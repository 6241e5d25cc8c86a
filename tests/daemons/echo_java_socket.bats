#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's DatagramSocket: one dual-stack socket.

load java
packages=default-jdk-headless
v6only=auto

start() {
	launch_java "$datagram_socket"
}

@test "Java, DatagramSocket" {
	is_cured V4 V6
}

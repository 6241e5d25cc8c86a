#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's ServerSocket, which clears the option itself.

load listeners
packages=default-jdk-headless

start() {
	cat >Listen.java <<-END
		import java.net.*;

		class Listen {
			public static void main(String[] arguments) throws Exception {
				ServerSocket listener = new ServerSocket($port);
				while (true)
					listener.accept().close();
			}
		}
	END
	launch_server java -Xint Listen.java
}

@test "Java, ServerSocket" {
	keeps_ipv4 default auto
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of Java programs.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# shellcheck disable=SC2034 # The tests run it.
datagram_socket="
	DatagramSocket socket = new DatagramSocket($port);
	DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
	while (true) {
		packet.setLength(9000);
		socket.receive(packet);
		socket.send(packet);
	}"

# launch_java STATEMENTS: launches a program of these statements; one program per test.
launch_java() {
	[ -f Program.class ] || compile_java "$1"
	launch_server java -Xint Program
}

compile_java() {
	cat >Program.java <<-END
		import java.net.*;
		import java.nio.*;
		import java.nio.channels.*;

		class Program {
			public static void main(String[] arguments) throws Exception {
				$1
			}
		}
	END
	javac Program.java
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# C# in Mono, on a dual-stack socket.

load daemons
packages='mono-mcs mono-runtime'
v6only=auto

start() {
	cat >echo.cs <<-END
		using System.Net;
		using System.Net.Sockets;

		class Echo {
			static void Main() {
				var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram,
					ProtocolType.Udp);
				socket.DualMode = true;
				socket.Bind(new IPEndPoint(IPAddress.IPv6Any, $port));
				var datagram = new byte[9000];
				for (;;) {
					EndPoint peer = new IPEndPoint(IPAddress.IPv6Any, 0);
					int length = socket.ReceiveFrom(datagram, ref peer);
					socket.SendTo(datagram, length, SocketFlags.None, peer);
				}
			}
		}
	END
	[ -f echo.exe ] || mcs echo.cs
	launch_server mono echo.exe
}

@test "Mono" {
	is_cured V4 V6
}

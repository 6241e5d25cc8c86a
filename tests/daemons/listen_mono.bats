#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Mono's TcpListener, which clears IPV6_V6ONLY itself.

load listeners
packages='mono-runtime mono-mcs libmono-system4.0-cil'

start() {
	cat >listen.cs <<-END
		using System.Net;
		using System.Net.Sockets;

		class Listen {
			static void Main() {
				var listener = $listener;
				listener.Start();
				while (true)
					listener.AcceptTcpClient().Close();
			}
		}
	END
	[ -f listen.exe ] || mcs listen.cs
	launch_server mono listen.exe
}

@test "Mono, TcpListener.Create(port)" {
	listener="TcpListener.Create($port)"
	keeps_ipv4 default auto
}

@test "Mono, TcpListener(IPv6Any, port)" {
	listener="new TcpListener(IPAddress.IPv6Any, $port)"
	keeps_ipv4 default auto
}

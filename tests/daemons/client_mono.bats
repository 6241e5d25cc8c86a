#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Mono's clients: sockets in dual mode.

load clients
packages='mono-runtime mono-mcs libmono-system4.0-cil memcached'
program=(mono client.exe)

prepare() {
	cat >client.cs <<-'END'
		using System;
		using System.Net;
		using System.Net.Sockets;
		using System.Text;

		class Client {
			static IPEndPoint server;

			static Socket Make(SocketType type, ProtocolType protocol) {
				var socket = new Socket(AddressFamily.InterNetworkV6, type, protocol);

				socket.DualMode = true;
				socket.ReceiveTimeout = 2000;
				socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
				return socket;
			}

			static string Stream() {
				var socket = Make(SocketType.Stream, ProtocolType.Tcp);
				var answer = new byte[100];

				socket.Connect(server);
				socket.Send(Encoding.ASCII.GetBytes("version\r\n"));
				return Encoding.ASCII.GetString(answer, 0, socket.Receive(answer));
			}

			static string Datagram(bool connects) {
				var socket = Make(SocketType.Dgram, ProtocolType.Udp);
				var question = Encoding.ASCII.GetBytes("\0\x1\0\0\0\x1\0\0version\r\n");
				var answer = new byte[100];
				EndPoint peer = new IPEndPoint(IPAddress.IPv6Any, 0);
				int length;

				if (connects) {
					socket.Connect(server);
					socket.Send(question);
					length = socket.Receive(answer);
				} else {
					socket.SendTo(question, server);
					length = socket.ReceiveFrom(answer, ref peer);
					if (!peer.Equals(server))
						return "from " + peer;
				}
				return Encoding.ASCII.GetString(answer, 8, length - 8);
			}

			static void Show(string name, Func<string> ask) {
				string answer;

				try {
					answer = ask().Trim();
				} catch (Exception exception) {
					answer = exception.GetType() + " " + exception.Message;
				}
				Console.WriteLine(name + ": " + answer);
			}

			static void Main(string[] arguments) {
				server = new IPEndPoint(
					IPAddress.Parse("::ffff:" + arguments[0]), int.Parse(arguments[1]));
				Show("TCP", Stream);
				Show("UDP", () => Datagram(false));
				Show("UDP connected", () => Datagram(true));
			}
		}
	END
	mcs client.cs
}

@test "Mono's clients work under every keyword" {
	works_under_every_keyword
}

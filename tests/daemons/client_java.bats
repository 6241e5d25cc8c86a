#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Java's clients: sockets and channels. Java makes AF_INET6 sockets for addresses of both families.

load clients
packages='default-jdk-headless memcached'
program=(java -Xint -cp . Client)

prepare() {
	cat >Client.java <<-'END'
		import java.io.*;
		import java.net.*;
		import java.nio.ByteBuffer;
		import java.nio.channels.*;

		class Client {
			static final byte[] STREAM = "version\r\n".getBytes();
			static final byte[] DATAGRAM = "\0\1\0\0\0\1\0\0version\r\n".getBytes();
			static InetSocketAddress server;

			interface Way {
				String ask() throws Exception;
			}

			static void show(String name, Way way) {
				String answer;

				try {
					answer = way.ask().trim();
				} catch (Exception exception) {
					answer = exception.toString();
				}
				System.out.println(name + ": " + answer);
			}

			static String askStream(Socket socket) throws IOException {
				socket.setSoTimeout(2000);
				socket.getOutputStream().write(STREAM);
				return new BufferedReader(
					new InputStreamReader(socket.getInputStream())).readLine();
			}

			static String boundSocket() throws IOException {
				Socket socket = new Socket();

				socket.bind(new InetSocketAddress(0));
				socket.connect(server, 2000);
				return askStream(socket);
			}

			static String boundChannel() throws IOException {
				SocketChannel channel = SocketChannel.open();

				channel.bind(new InetSocketAddress(0));
				channel.connect(server);
				return askStream(channel.socket());
			}

			static String askDatagram(DatagramSocket socket, boolean connects)
					throws IOException {
				byte[] answer = new byte[100];
				DatagramPacket packet = new DatagramPacket(answer, answer.length);

				if (connects)
					socket.connect(server);
				socket.setSoTimeout(2000);
				socket.send(new DatagramPacket(DATAGRAM, DATAGRAM.length, server));
				socket.receive(packet);
				if (!packet.getSocketAddress().equals(server))
					return "from " + packet.getSocketAddress();
				return new String(answer, 8, packet.getLength() - 8);
			}

			static String datagramChannel() throws IOException {
				DatagramChannel channel = DatagramChannel.open();

				channel.bind(null);
				channel.send(ByteBuffer.wrap(DATAGRAM), server);
				return askDatagram(channel.socket(), false);
			}

			public static void main(String[] arguments) throws Exception {
				server = new InetSocketAddress(
					arguments[0], Integer.parseInt(arguments[1]));
				show("Socket", () -> boundSocket());
				show("SocketChannel", () -> boundChannel());
				show("DatagramSocket", () -> askDatagram(new DatagramSocket(), false));
				show("DatagramSocket connected",
					() -> askDatagram(new DatagramSocket(0), true));
				show("DatagramChannel", () -> datagramChannel());
			}
		}
	END
	javac Client.java
}

@test "Java's clients work under every keyword" {
	works_under_every_keyword
}

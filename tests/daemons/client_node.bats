#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's clients: dgram by udp6, and net with a local address.

load clients
packages='nodejs memcached'
program=(node client.js)

prepare() {
	cat >client.js <<-'END'
		const { createSocket } = require('dgram');
		const { connect } = require('net');

		const server = '::ffff:' + process.argv[2];
		const port = Number(process.argv[3]);
		const question = Buffer.from('\0\x01\0\0\0\x01\0\0version\r\n');

		function askDatagram(socket, connects, answered) {
			socket.on('error', answered);
			socket.on('message', (datagram, peer) =>
				answered(peer.address === server ? datagram.subarray(8) : peer.address));
			if (connects)
				socket.connect(port, server, error =>
					error ? answered(error) : socket.send(question));
			else
				socket.send(question, port, server, error => error && answered(error));
		}

		const ways = {
			'dgram bound': answered => {
				const socket = createSocket('udp6');
				socket.bind(0, () => askDatagram(socket, false, answered));
			},
			'dgram bound to all': answered => {
				const socket = createSocket('udp6');
				socket.bind(0, '::', () => askDatagram(socket, false, answered));
			},
			'dgram': answered => askDatagram(createSocket('udp6'), false, answered),
			'dgram connected': answered => askDatagram(createSocket('udp6'), true, answered),
			'net': answered => {
				const socket = connect({ host: server, port, localAddress: '::' });
				socket.on('error', answered);
				socket.on('data', answered);
				socket.write('version\r\n');
			},
		};

		async function main() {
			for (const [name, ask] of Object.entries(ways)) {
				const late = new Promise(done => setTimeout(done, 2000, 'nothing'));
				const answer = await Promise.race([new Promise(ask), late]);
				console.log(name + ': ' + String(answer).trim());
			}
			process.exit();
		}

		main();
	END
}

@test "Node's clients work under every keyword" {
	works_under_every_keyword
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of Node programs.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# write_echo: writes echo.js, an echo server by dgram with a socket for each family.
write_echo() {
	cat >echo.js <<-END
		const { createSocket } = require('dgram');

		for (const type of ['udp4', 'udp6']) {
			const socket = createSocket({ type, ipv6Only: type === 'udp6' });
			socket.on('message', (datagram, peer) =>
				socket.send(datagram, peer.port, peer.address));
			socket.bind($port);
		}
	END
}

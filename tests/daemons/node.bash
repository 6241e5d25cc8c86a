# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of programs in Node.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# write_echo: an echo server by dgram, with a socket for each family, in echo.js.
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

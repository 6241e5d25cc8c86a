#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Python's asyncio. Bare it cannot bind both wildcard addresses.

load daemons
packages=python3-minimal

start() {
	cat >echo.py <<-END
		import asyncio

		class Echo(asyncio.DatagramProtocol):
		    def connection_made(self, transport):
		        self.transport = transport
		    def datagram_received(self, datagram, peer):
		        self.transport.sendto(datagram, peer)

		async def serve():
		    loop = asyncio.get_running_loop()
		    for address in ("0.0.0.0", "::"):
		        await loop.create_datagram_endpoint(Echo, (address, $port))
		    await asyncio.Event().wait()

		asyncio.run(serve())
	END
	launch_server python3 echo.py
}

@test "Python, asyncio" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Python's ways to serve both: create_server clears the option for one dual-stack listener; asyncio
# always sets it, for two.

load listeners
packages=python3

@test "Python, socket.create_server(dualstack_ipv6=True)" {
	start() {
		cat >serve.py <<-END
			import socket

			listener = socket.create_server(
			    ("", $port), family=socket.AF_INET6, dualstack_ipv6=True)
			while True:
			    listener.accept()[0].close()
		END
		launch_server /usr/bin/python3 serve.py
	}
	keeps_ipv4 default auto
}

@test "Python, asyncio.start_server" {
	start() {
		cat >serve.py <<-END
			import asyncio
			import sys

			async def serve():
			    for host in sys.argv[1:]:
			        await asyncio.start_server(
			            lambda reader, writer: writer.close(), host, $port)
			    await asyncio.Event().wait()

			asyncio.run(serve())
		END
		launch_server /usr/bin/python3 serve.py "$@"
	}
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
}

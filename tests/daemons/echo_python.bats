#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Python's socketserver.

load daemons
packages=python3-minimal

start() {
	cat >echo.py <<-END
		import socket, socketserver, threading

		class Echo(socketserver.BaseRequestHandler):
		    def handle(self):
		        datagram, own_socket = self.request
		        own_socket.sendto(datagram, self.client_address)

		class IPv6Server(socketserver.ThreadingUDPServer):
		    address_family = socket.AF_INET6
		    def server_bind(self):
		        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
		        super().server_bind()

		ipv4 = socketserver.ThreadingUDPServer(("0.0.0.0", $port), Echo)
		threading.Thread(target=ipv4.serve_forever, daemon=True).start()
		IPv6Server(("::", $port), Echo).serve_forever()
	END
	launch_server python3 echo.py
}

@test "Python" {
	is_cured V4 V6
}

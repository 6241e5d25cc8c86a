#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Ruby's UDPSocket.

load daemons
packages=ruby

start() {
	cat >echo.rb <<-END
		require 'socket'

		ipv4 = UDPSocket.new(Socket::AF_INET)
		ipv4.bind('0.0.0.0', $port)
		ipv6 = UDPSocket.new(Socket::AF_INET6)
		ipv6.setsockopt(Socket::IPPROTO_IPV6, Socket::IPV6_V6ONLY, true)
		ipv6.bind('::', $port)
		loop do
		  IO.select([ipv4, ipv6]).first.each do |socket|
		    datagram, peer = socket.recvfrom(9000)
		    socket.send(datagram, 0, peer[3], peer[1])
		  end
		end
	END
	launch_server ruby echo.rb
}

@test "Ruby" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Ruby's sockets: plain ones leave IPV6_V6ONLY at the system default, servers for both set it.

load listeners
packages=ruby

start() {
	launch_server ruby -r socket -e "
		[$listener].flatten.each { |one| Thread.new { loop { [one.accept].flatten[0].close } } }
		sleep"
}

@test "Ruby, TCPServer.new(port)" {
	listener="TCPServer.new($port)"
	is_unchanged
}

@test "Ruby, TCPServer.new('::', port)" {
	listener="TCPServer.new('::', $port)"
	keeps_ipv4 auto
}

@test "Ruby, Socket.tcp_server_sockets(port)" {
	listener="Socket.tcp_server_sockets($port)"
	listeners=2
	is_unchanged
}

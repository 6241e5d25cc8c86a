#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Go's net package, which makes system calls without the C library.

load daemons
packages='golang-go libc6-dev'
v6only=auto
remark='make it listen on each address separately'

start() {
	cat >echo.go <<-END
		package main

		import "net"

		func main() {
			socket, _ := net.ListenPacket("udp", ":$port")
			datagram := make([]byte, 9000)
			for {
				length, peer, _ := socket.ReadFrom(datagram)
				socket.WriteTo(datagram[:length], peer)
			}
		}
	END
	[ -x echo ] || HOME=$PWD GO111MODULE=off go build -o echo echo.go
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) ./echo
}

@test "Go" {
	is_not_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Go's net package, which makes system calls without the C library.

load listeners
packages='golang-go libc6-dev'

start() {
	cat >listen.go <<-END
		package main

		import "net"

		func main() {
			listener, _ := net.Listen("tcp", ":$port")
			for {
				connection, _ := listener.Accept()
				connection.Close()
			}
		}
	END
	[ -x listen ] || HOME=$PWD GO111MODULE=off go build -o listen listen.go
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) ./listen
}

@test "Go" {
	is_not_reached
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Rust's UdpSocket, on a dual-stack socket.

load daemons
packages=rustc
v6only=auto

start() {
	cat >echo.rs <<-END
		use std::net::UdpSocket;

		fn main() -> std::io::Result<()> {
			let socket = UdpSocket::bind("[::]:$port")?;
			let mut datagram = [0; 9000];
			loop {
				let (length, peer) = socket.recv_from(&mut datagram)?;
				socket.send_to(&datagram[..length], peer)?;
			}
		}
	END
	[ -x echo ] || rustc -o echo echo.rs
	launch_server ./echo
}

@test "Rust" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Rust's TcpListener on [::], which leaves IPV6_V6ONLY at the system default.

load listeners
packages=rustc

start() {
	cat >listen.rs <<-END
		use std::net::TcpListener;

		fn main() -> std::io::Result<()> {
			let listener = TcpListener::bind("[::]:$port")?;
			for connection in listener.incoming() {
				drop(connection);
			}
			Ok(())
		}
	END
	[ -x listen ] || rustc -o listen listen.rs
	launch_server ./listen
}

@test "Rust, TcpListener on [::]" {
	keeps_ipv4 auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# OCaml, a process for each family.

load daemons
packages=ocaml-nox

start() {
	cat >echo.ml <<-END
		let serve address family =
			let socket = Unix.socket family Unix.SOCK_DGRAM 0 in
			if family = Unix.PF_INET6 then Unix.setsockopt socket Unix.IPV6_ONLY true;
			Unix.bind socket (Unix.ADDR_INET (Unix.inet_addr_of_string address, $port));
			let datagram = Bytes.create 9000 in
			while true do
				let length, peer = Unix.recvfrom socket datagram 0 9000 [] in
				ignore (Unix.sendto socket datagram 0 length [] peer)
			done

		let () =
			if Unix.fork () = 0 then serve "0.0.0.0" Unix.PF_INET
			else serve "::" Unix.PF_INET6
	END
	[ -x echo ] || ocamlopt unix.cmxa echo.ml -o echo
	launch_server ./echo
}

@test "OCaml" {
	is_cured V4 V6
}

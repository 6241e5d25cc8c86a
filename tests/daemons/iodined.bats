#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# iodined, a tunnel through DNS: it enables PKTINFO itself and still answers
# with a plain sendto. Version 0.7 opens only IPv4 sockets.

load daemons
packages=iodine
# Asks for the name servers of t.example.
question='\0\1\1\0\0\1\0\0\0\0\0\0\1t\7example\0\0\2\0\1'

start() {
	need_tunnel
	mkdir -p jail
	launch_server iodined -f -u iodine -t "$PWD/jail" -c -P secret -p "$port" 10.0.0.1 t.example
}

@test "iodined" {
	is_cured V4
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rpcbind, which reports the ports of RPC services, and names the source of its answers itself.

load daemons
packages=rpcbind
port=111
# Call 1 of program 100000, version 2, procedure 0, which does nothing, with no credentials.
question='\0\0\0\1\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\0'
question+="$(printf '\\0%.0s' {1..16})"

start() {
	launch_server unshare -m sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/rpcbind &&
		chmod 777 /run/rpcbind && exec rpcbind -f'
}

client() {
	from_client timeout 1 rpcinfo -T "$([[ $1 == *:* ]] && echo udp6 || echo udp)" "$1" 100000
}

@test "rpcbind" {
	stays_right V4 V6
}

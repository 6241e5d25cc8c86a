#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# memcached by UDP: each thread has a duplicate of the socket, receives by recvfrom and answers by
# sendmsg.

load daemons
packages=memcached
# A frame header (request 1, datagram 0 of 1), then a text command.
question='\0\1\0\0\0\1\0\0version\r\n'

start() {
	launch_server memcached -u memcache -l 0.0.0.0,:: -U "$port" -p "$port" -t 4
}

@test "memcached" {
	is_cured V4 V6
}

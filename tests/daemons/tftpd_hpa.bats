#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tftpd-hpa, which answers from a new socket, and binds that to the address asked itself.
# It forgets that for the first IPv6 request after one by IPv4.

load daemons
packages='tftpd-hpa tftp-hpa'
question='\0\1greeting\0octet\0'
already_right=V4
client_looks=no
asking=(-P -n 36 -r 6)

start() {
	mkdir -p files
	echo hello >files/greeting
	open_directory
	chmod -R a+rX .
	launch_server in.tftpd -L -a ":$port" -u tftp -s "$PWD/files"
}

# It goes on sending to those who do not acknowledge, and so it is not asked before its time.
is_ready() {
	is_bound
}

client() {
	rm -f greeting
	from_client timeout 1 tftp -m binary "$1" "$port" -c get greeting && [ "$(cat greeting)" = hello ]
}

@test "tftpd-hpa" {
	is_cured V4 V6
}

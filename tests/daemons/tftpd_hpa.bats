#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tftpd-hpa, which answers from a new socket bound to the request destination.
# It forgets to bind for the first IPv6 request after one by IPv4.

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

# It resends to clients that do not acknowledge, so no early question must check that it is ready.
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

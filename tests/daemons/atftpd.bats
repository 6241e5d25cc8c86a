#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# atftpd, which answers from a new socket and binds it to the address asked itself; by IPv4 only.

load daemons
packages='libwrap0 tftp-hpa'
unpacked=atftpd
question='\0\1greeting\0octet\0'
asking=(-P -n 36 -r 6)

start() {
	mkdir -p files
	echo hello >files/greeting
	launch_server atftpd --daemon --no-fork --maxthread 500 --port "$port" --user root --group root "$PWD/files"
}

# It goes on sending to those who do not acknowledge, and so it is not asked before its time.
is_ready() {
	is_bound
}

client() {
	rm -f greeting
	from_client timeout 1 tftp -m binary "$1" "$port" -c get greeting && [ "$(cat greeting)" = hello ]
}

@test "atftpd" {
	stays_right V4
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# atftpd, which answers from a new socket bound to the request destination. It learns that for
# IPv4 only, and its own socket is IPv4 even if --bind-address is ::. The socket that it gets
# from inetd, as Debian starts it, may be IPv6.

load daemons
packages='libwrap0 netbase tftp-hpa'
unpacked='atftpd inetutils-inetd'
question='\0\1greeting\0octet\0'
client_looks=no
asking=(-P -n 36 -r 6)

make_files() {
	open_directory
	mkdir -p files
	echo hello >files/greeting
}

# It resends to clients that do not acknowledge, so no early question must check that it is ready.
is_ready() {
	is_bound
}

client() {
	rm -f greeting
	from_client timeout 1 tftp -m binary "$1" "$port" -c get greeting && [ "$(cat greeting)" = hello ]
}

@test "atftpd" {
	start() {
		make_files
		launch_server atftpd --daemon --no-fork --maxthread 500 --port "$port" \
			--user root --group root "$PWD/files"
	}
	stays_right V4
}

@test "atftpd, by inetd" {
	already_right=V4
	start() {
		make_files
		for family in 4 6; do
			echo "$port dgram udp$family wait root $(command -v atftpd) atftpd --maxthread 500 $PWD/files"
		done >inetd.conf
		launch_server inetutils-inetd -d inetd.conf
	}
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# chrony, which names the source of its answers itself.

load daemons
packages='libcap2 libedit2 libgnutls30 libnettle8 libseccomp2'
unpacked=chrony
# A client's request, version 4.
question="\\x23$(printf '\\0%.0s' {1..47})"

start() {
	cat >chrony.conf <<-END
		port $port
		cmdport 0
		local stratum 8
		allow
	END
	launch_server chronyd -d -x -u root -f "$PWD/chrony.conf"
}

client() {
	from_client chronyd -Q -u root -t 3 "server $1 port $port iburst maxsamples 1"
}

@test "chrony" {
	stays_right V4 V6
}

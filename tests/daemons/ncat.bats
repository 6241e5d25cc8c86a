#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ncat -u -l of nmap: it peeks at the first datagram, connects the socket to its sender, and starts
# a program that reads and writes.

load daemons
packages=ncat
one_peer=yes

start() {
	launch_server sh -c "ncat -4 -u -l $port -e /bin/cat & exec ncat -6 -u -l $port -e /bin/cat"
}

is_ready() {
	is_bound
}

@test "ncat" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ptserver of the AFS file system, which has its own transport (Rx); IPv4 only.

load daemons
packages=openafs-dbserver
port=7002
# An Rx header: epoch, connection, call, sequence, serial; RX_PACKET_TYPE_VERSION, from a client.
question="$(printf '\\0%.0s' {1..19})"'\1\x0d\1'"$(printf '\\0%.0s' {1..42})"

start() {
	# Its configuration has a fixed place, and it needs its host's address.
	echo "${V4[0]} $(uname -n)" >hosts
	launch_server unshare -m sh -c "mount --bind hosts /etc/hosts &&
		mount -t tmpfs tmpfs /etc/openafs && cd /etc/openafs &&
		mkdir server && echo demo.test >server/ThisCell &&
		printf '>demo.test\n${V4[0]} #demo\n' >server/CellServDB &&
		exec /usr/lib/openafs/ptserver -database '$PWD/prdb'"
}

@test "openafs, ptserver" {
	is_cured V4
}

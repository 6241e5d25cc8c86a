#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat UDP-SENDTO, which has never received anything: no address was asked that could be the right
# one, so it is the kernel's choice.

load daemons
packages=socat
question=none
remark='bind it to the address wanted'

start() {
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) sh -c "while echo data && sleep 0.1; do :; done |
		socat -u - UDP4-SENDTO:$CLIENT_V4:6000,sourceport=$port"
}

is_ready() {
	is_bound
}

client() {
	# shellcheck disable=SC2016 # For the shell that socat starts.
	from_client timeout 1 socat -u UDP4-RECVFROM:6000 SYSTEM:'echo $SOCAT_PEERADDR' |
		grep -x "$1"
}

@test "a program that only sends" {
	is_not_cured V4
}

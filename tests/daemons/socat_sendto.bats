#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat UDP-SENDTO, which has received nothing: there is no request destination that could be the
# source, so the kernel chooses.

load daemons
packages=socat
question=none
remark='bind it to the wanted source address'

start() {
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) sh -c "
		send() { while echo data && sleep 0.1; do :; done | socat -u - \$1,sourceport=$port; }
		send UDP4-SENDTO:$CLIENT_V4:6000 &
		send UDP6-SENDTO:[$CLIENT_V6]:6000,ipv6only"
}

is_ready() {
	is_bound
}

client() {
	local receiver="UDP4-RECVFROM:6000,range=$1/32"

	[[ $1 != *:* ]] || receiver="UDP6-RECVFROM:6000,ipv6only,range=[$1]/128"
	from_client timeout 1 socat -u "$receiver" - | grep -x data
}

@test "a program that only sends" {
	is_not_cured V4 V6
}

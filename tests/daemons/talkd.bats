#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# in.ntalkd, which inetd gives its socket as descriptors 0, 1 and 2: it receives from 0 and
# answers by 1.

load daemons
packages='netbase libbsd0 libevent-2.1-7 libtirpc3 libwrap0'
unpacked='openbsd-inetd talkd'
port=518
# CTL_MSG: version 1, LOOK_UP; an empty address, the address for the answer, a process, two users.
question='\1\1\0\0\0\0\0\1\0\2'"$(printf '\\0%.0s' {1..14})"'\0\2'"$(printf '\\0%.0s' {1..14})"
question+='\0\0\0\1root\0\0\0\0\0\0\0\0root\0\0\0\0\0\0\0\0'"$(printf '\\0%.0s' {1..16})"

start() {
	local command

	command=$(command -v in.ntalkd)
	[ -z "$preload" ] && command+=' in.ntalkd' || command="$wrapper bindright $command"
	echo "$port dgram udp4 wait root $command" >inetd.conf
	launch_server inetd -i inetd.conf
}

@test "in.ntalkd" {
	is_cured V4
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rtpengine, a relay of calls, at the port by which a SIP proxy commands it.

load daemons
packages=rtpengine-daemon
# It answers a cookie that it has seen already by what it has said then.
question='cookie d7:command4:pinge'

start() {
	launch_as rtpengine rtpengine --foreground --log-stderr --table=-1 --pidfile="$PWD/pid" \
		--interface="${V4[0]}" --listen-ng="$port"
}

@test "rtpengine" {
	is_cured V4 V6
}

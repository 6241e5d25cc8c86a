#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rtpengine, a media relay, at its control port for SIP proxies.

load daemons
packages=rtpengine-daemon
# It repeats its earlier answer to a cookie that it has seen.
question='cookie d7:command4:pinge'

start() {
	launch_as rtpengine rtpengine --foreground --log-stderr --table=-1 --pidfile="$PWD/pid" \
		--interface="${V4[0]}" --listen-ng="$port"
}

@test "rtpengine" {
	is_cured V4 V6
}

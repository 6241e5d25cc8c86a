#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat with the set-user-ID bit: the loader takes no LD_PRELOAD with a path from whoever starts it.

load daemons
packages=socat
v6only=auto
remark='start it by a service manager as that user instead of by the bit'
asking=(-n 36 -a 1 -r 6 -R)

start() {
	open_directory
	cp "$(command -v socat)" .
	chown nobody socat
	chmod u+s socat
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) ./socat "UDP6-RECVFROM:$port,ipv6only=0,fork" EXEC:cat
}

@test "a set-user-ID program" {
	is_not_cured V4 V6
}

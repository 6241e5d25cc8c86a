#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# socat with the set-user-ID bit: the loader ignores an LD_PRELOAD with a path.

load daemons
packages=socat
v6only=auto
remark='have a service manager start it as that user, without the set-user-ID bit'
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

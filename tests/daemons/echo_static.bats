#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A statically linked program.

load daemons
packages='gcc libc6-dev'
v6only=auto
remark='link it dynamically, or make it listen on each address separately'

start() {
	[ -x echo ] || gcc -static -w -D_GNU_SOURCE -o echo \
		"$abs_top_srcdir"/tests/servers/{echo_recvfrom,common,option}.c 2>gcc.err ||
		fail "$(cat gcc.err)"
	# shellcheck disable=SC2046 # No word where it is bare.
	launch_server $(by_wrapper) ./echo :: "$port"
}

@test "a static program" {
	is_not_cured V4 V6
}

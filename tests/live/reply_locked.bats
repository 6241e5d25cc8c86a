#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A daemon that locks its memory, with a limit of 8 MiB: the library must not lock so much that a
# later allocation fails. Bare none fails.

load lab

locked_is_as_bare() {
	local how

	for how in bare with_library; do
		"$how" start_server locked "$@" 0.0.0.0 "$PORT"
		! grep -qx 'rights kept' server.out ||
			skip "cannot limit a user's locked memory"
		server_said "lock ok"
		server_said "allocate ok"
	done
}

@test "mlockall, then bind" {
	locked_is_as_bare
}

@test "bind, then mlockall" {
	locked_is_as_bare -b
}

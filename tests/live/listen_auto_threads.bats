#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto where two threads open the two sockets of a pair at the same moment. Bare, at
# most one of them can; under auto both can, and nobody's SO_REUSEPORT is left behind.

load lab

# race MODE FLAG...: what is printed in the end.
race() {
	local mode=$1

	shift
	"$mode" launch_server "$servers/listen_race" "$@"
	wait_until grep -q '^changed' server.out || fail "the race does not end"
	wait "$server_pid"
	server_pid=
}

all_races_won() {
	local word

	race bare "$@" 50 "$PORT"
	[ "$(cat server.out)" = $'both 0\nchanged 0' ] || fail "bare, both can"
	for word in auto dual; do
		BINDRIGHT_V6ONLY=$word race with_library "$@" 100 "$PORT"
		[ "$(cat server.out)" = $'both 100\nchanged 0' ] || fail "under $word, not both can"
	done
}

@test "TCP" {
	all_races_won
}

@test "TCP, SO_REUSEADDR" {
	all_races_won -r
}

@test "UDP" {
	all_races_won -u
}

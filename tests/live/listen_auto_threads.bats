#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto where two threads, or two processes, bind at the same moment. One on 0.0.0.0
# and one on ::, of which bare only one can be: both can. Two on 0.0.0.0 beside one on ::, of which
# bare none can be: one can. Nobody's SO_REUSEPORT is left behind.

load lab

# race MODE FLAG...: what is printed in the end is in server.out.
race() {
	local mode=$1

	shift
	"$mode" launch_server "$servers/listen_race" "$@"
	wait_until grep -q '^changed' server.out || fail "the race does not end"
	wait "$server_pid"
	server_pid=
}

# races_end BARE AUTO FLAG...: what each of 30 races ends in.
races_end() {
	local bare=$1 auto=$2 word

	shift 2
	race bare "$@" 30 "$PORT"
	[ "$(cat server.out)" = "$bare" ] || fail "not so bare"
	for word in auto dual; do
		BINDRIGHT_V6ONLY=$word race with_library "$@" 30 "$PORT"
		[ "$(cat server.out)" = "$auto" ] || fail "not so under $word"
	done
}

readonly ALL_BOTH=$'both 30\none 0\nchanged 0'
readonly ALL_ONE=$'both 0\none 30\nchanged 0'
readonly ALL_NONE=$'both 0\none 0\nchanged 0'

@test "one on 0.0.0.0 and one on ::, TCP" {
	races_end "$ALL_ONE" "$ALL_BOTH"
}

@test "one on 0.0.0.0 and one on ::, TCP, SO_REUSEADDR" {
	races_end "$ALL_ONE" "$ALL_BOTH" -r
}

@test "one on 0.0.0.0 and one on ::, UDP" {
	races_end "$ALL_ONE" "$ALL_BOTH" -u
}

@test "two on 0.0.0.0 beside one on ::, TCP" {
	races_end "$ALL_NONE" "$ALL_ONE" -s
	races_end "$ALL_NONE" "$ALL_ONE" -s -p
}

@test "two on 0.0.0.0 beside one on ::, TCP, SO_REUSEADDR" {
	races_end "$ALL_NONE" "$ALL_ONE" -s -r
	races_end "$ALL_NONE" "$ALL_ONE" -s -r -p
}

@test "two on 0.0.0.0 beside one on ::, UDP" {
	races_end "$ALL_NONE" "$ALL_ONE" -s -u
	races_end "$ALL_NONE" "$ALL_ONE" -s -u -p
}

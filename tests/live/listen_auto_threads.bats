#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto if two threads, or two processes, bind at the same moment. One on 0.0.0.0
# and one on ::: bare one succeeds, here both. Two on 0.0.0.0 beside one on ::: bare none of the two
# succeeds, here one. No socket keeps a SO_REUSEPORT that it did not have.

load lab

# race MODE FLAG...: runs a race; its result is in server.out.
race() {
	local mode=$1

	shift
	"$mode" launch_server "$servers/listen_race" "$@"
	wait_until grep -q '^changed' server.out || fail "the race does not end"
	wait "$server_pid"
	server_pid=
}

# races_end BARE AUTO FLAG...: each of 30 races has this result.
races_end() {
	local bare=$1 auto=$2 keyword

	shift 2
	race bare "$@" 30 "$PORT"
	[ "$(cat server.out)" = "$bare" ] || fail "another result bare"
	for keyword in auto dual; do
		BINDRIGHT_V6ONLY=$keyword race with_library "$@" 30 "$PORT"
		[ "$(cat server.out)" = "$auto" ] || fail "another result under $keyword"
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

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A client asks at two of the server's addresses from one port before it is answered: in order, each
# answer leaves from where its own request came in. The server is stopped while it is asked, so that
# all requests wait for it.

load lab

# ask_both_at_once ARGUMENT...
ask_both_at_once() {
	local asker

	kill -STOP "$server_pid"
	"${client_host[@]}" "$servers/ask_both" "$@" >answers 2>ask.err 3>&- {server_in}>&- &
	asker=$!
	wait_until grep -qx asked ask.err || fail "ask_both: $(cat ask.err)"
	kill -CONT "$server_pid"
	wait "$asker"
}

# both_are_cured ADDRESS ADDRESS NAME ARGUMENT...
both_are_cured() {
	local addresses=("$1" "$2")

	shift 2
	bare start_server "$@"
	ask_both_at_once -n 3 "$PORT" "${addresses[@]}"
	some_wrong

	with_library start_server "$@"
	ask_both_at_once -n 3 "$PORT" "${addresses[@]}"
	every_line_is right
	# Once more, the other way round, with nothing left over from before.
	ask_both_at_once -n 3 "$PORT" "${addresses[1]}" "${addresses[0]}"
	every_line_is right
}

@test "answered by one thread, later: IPv4" {
	both_are_cured "${V4[1]}" "${V4[2]}" echo_late -q -n 6 0.0.0.0 "$PORT"
}

@test "answered by one thread, later: IPv6" {
	both_are_cured "${V6[0]}" "${V6[1]}" echo_late -q -n 6 -6 :: "$PORT"
}

@test "answered by another thread" {
	both_are_cured "${V4[2]}" "${V4[1]}" echo_threads 0.0.0.0 "$PORT"
}

@test "answered by a forked process" {
	both_are_cured "${V4[1]}" "${V4[2]}" echo_forked -a 0.0.0.0 "$PORT"
}

@test "answered in a batch" {
	both_are_cured "${V4[1]}" "${V4[2]}" echo_recvmmsg 0.0.0.0 "$PORT"
}

@test "one after the other, each answered before the next is asked" {
	with_library start_server echo_threads 0.0.0.0 "$PORT"
	for _ in 1 2 3; do
		ask_client -p 5311 "$PORT" "${V4[1]}"
		every_line_is right
		ask_client -p 5311 "$PORT" "${V4[2]}"
		every_line_is right
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Workers are killed at any moment while clients keep asking. A worker's current request is lost,
# bare and with the library. Nothing else may be lost: the others go on, and no answer comes from a
# wrong address, then or later.

load lab

readonly KILLS=150

# A client that moves waits until its last request can no longer be answered; others use a short
# timeout, so a lost request does not delay them.

# ask_while_killing "ASK_ON'S OPTIONS" ADDRESSES "ECHO_KILLED'S OPTIONS" ADDRESS: "bare" or
# "with_library" before it is for the server. Sets asked, answered and wrong.
ask_while_killing() {
	local -n at=$2
	local client_pid options lost

	echo "under test: $*"
	read -ra options <<<"$3 $4"
	start_server echo_killed "${options[@]}" "$PORT" "$KILLS"
	read -ra options <<<"$1"
	"${client_host[@]}" "${dying_with_us[@]}" "$servers/ask_on" "${options[@]}" "$PORT" \
		"${at[@]}" >totals 2>ask.err 3>&- {server_in}>&- &
	client_pid=$!
	wait_for_kills || fail "not all are killed"
	kill "$client_pid"
	wait "$client_pid" || fail "ask_on: $(cat ask.err)"
	asked=$(sed -n 's/^asked //p' totals)
	answered=$(sed -n 's/^answered //p' totals)
	wrong=$(sed -n 's/^wrong //p' totals)
	[ "$asked" -gt "$KILLS" ] || fail "asked only $asked times: the test proves nothing"
	lost=$((asked - answered))
	echo "asked $asked, lost $lost, wrong $wrong"
	[ "$lost" -ge 0 ] || fail "more answers than requests"
	[ "$lost" -le "$KILLS" ] || fail "$KILLS kills have cost $lost answers"
}

# A loaded machine may take ten times LIMIT_S for that.
wait_for_kills() {
	local end=$((SECONDS + 10 * LIMIT_S))

	while [ "$SECONDS" -lt "$end" ]; do
		wait_until grep -qx "killed $KILLS" server.out && return
	done
	return 1
}

# kills_are_survived: takes the same arguments.
kills_are_survived() {
	local -n all=$2

	bare ask_while_killing "$@"
	[ "$wrong" -gt 0 ] || fail "no answer came from a wrong address: no fault to cure"

	with_library ask_while_killing "$@"
	[ "$wrong" -eq 0 ] || fail "$wrong of $answered answers are wrong: $(head ask.err)"
	# The remaining workers go on.
	ask_client -n 100 -r 3 "$PORT" "${all[@]}"
	every_line_is right
}

@test "killed at any moment: each receives and answers, IPv4" {
	kills_are_survived "-n 30 -t 50" V4 "" 0.0.0.0
}

@test "killed at any moment: each receives and answers, IPv6" {
	kills_are_survived "-n 30 -t 50" V6 -6 ::
}

@test "killed at any moment: each receives and answers, clients move" {
	kills_are_survived "-n 100 -m" V4 "" 0.0.0.0
}

@test "killed at any moment: each receives and answers, a small memory" {
	export BINDRIGHT_PEERS=16
	kills_are_survived "-n 30 -t 50" V4 "" 0.0.0.0
}

@test "killed at any moment: they receive, another answers, IPv4" {
	kills_are_survived "-n 30 -t 50" V4 -a 0.0.0.0
}

@test "killed at any moment: they receive, another answers, both families" {
	# shellcheck disable=SC2034 # Used by name.
	local both=("${V4[@]}" "${V6[@]}")

	export BINDRIGHT_V6ONLY=off
	kills_are_survived "-n 30 -t 50" both "-a -d" ::
}

@test "killed at any moment: they receive, another answers, clients move" {
	kills_are_survived "-n 100 -m" V4 -a 0.0.0.0
}

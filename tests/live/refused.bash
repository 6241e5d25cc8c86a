# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests of sources that the kernel refuses when the answer is sent. Loaded after
# lab.bash. The server is echo_wait, which answers on command, so a test can change the host between
# request and answer.

# The calls by which echo_wait can answer.
CALLS=(sendto sendmsg sendmmsg connect)

# wait_server SOCKET CALL COUNT [OPTION]...: starts echo_wait for COUNT requests at a time. SOCKET
# is its options and address in one argument, such as '-6 ::'.
wait_server() {
	local call=$2 count=$3 words

	read -ra words <<<"$1"
	shift 3
	start_server echo_wait -c "$call" -n "$count" "$@" "${words[@]}" "$PORT"
}

# What cures the server.
cured_by=with_library

# More options for ask, and the time limit if no answer is expected.
ask_options=() ask_limit_ms=

# answer_after COMMAND ADDRESS...: asks at each, runs COMMAND when the server has all requests, and
# makes it answer.
answer_after() {
	local between=$1

	shift
	ask_client_meanwhile -t "${ask_limit_ms:-$((LIMIT_S * 1000))}" "${ask_options[@]}" "$PORT" "$@"
	wait_until server_has "$#" || fail "the server does not have the requests"
	"$between"
	tell_server go
	client_is_done
	server_says answered
}

server_has() {
	[ "$(grep -cx request server.out)" -ge "$1" ]
}

# refused_is_as_bare SOCKET REFUSE ALLOW ADDRESS...: by each call, the program sees what it sees
# bare if the command REFUSE runs between request and answer: results, errors, the local address of
# a connected socket, and what the client gets. ALLOW restores the host.
#
# A first answer, with nothing refused, shows that the library names the source.
refused_is_as_bare() {
	local socket=$1 refuse=$2 allow=$3 call

	shift 3
	for call in "${CALLS[@]}"; do
		bare wait_server "$socket" "$call" "$#"
		answer_after true "$@"
		some_wrong
		bare wait_server "$socket" "$call" "$#"
		answer_after "$refuse" "$@"
		cp server.out bare.out
		cp answers bare.answers
		"$allow"

		"$cured_by" wait_server "$socket" "$call" "$#"
		answer_after true "$@"
		every_line_matches '^right'
		[ ! -s server.err ] || fail "a warning although nothing is refused"
		"$cured_by" wait_server "$socket" "$call" "$#"
		answer_after "$refuse" "$@"
		same_text bare.out server.out || fail "by $call"
		same_text bare.answers answers || fail "by $call"
		cp server.err "$call.err"
		"$allow"
	done
}

# warned_of COUNT FILE: the log has COUNT lines about refusals, and no others.
warned_of() {
	if [ "$(grep -c 'warn: .* the kernel refused ' "$2")" != "$1" ] ||
		[ "$(wc -l <"$2")" != "$1" ]; then
		fail "expected $1 warnings: $(cat "$2")"
	fi
}

# traced_sends: prints the server's sending calls from strace, "NAME RESULT" each; "probe RESULT"
# for those that send nothing, by which the library checks whether the source, or sendmsg itself, is
# refused.
traced_sends() {
	stop_server
	wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
	sed -E 's/^([0-9]+ +)sendmsg\((.*(MSG_PROBE|msg_iov=NULL).*)/\1probe(\2/' trace |
		sed -nE 's/^[0-9]+ +(sendto|sendmsg|sendmmsg|probe)\(.* = (-?[0-9]+)( E[A-Z]+)?.*/\1 \2\3/p'
}

# these_sends LINE...
these_sends() {
	traced_sends >sends
	printf '%s\n' "$@" >expected
	same_text expected sends
}

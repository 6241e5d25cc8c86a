# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for tests of sources that the kernel refuses when the answer is to be sent. They load it
# after lab.bash. The server is echo_wait, which answers when it is told to, so that a test can
# change the host between request and answer.

# The calls by which echo_wait can answer.
CALLS=(sendto sendmsg sendmmsg connect)

# wait_server SOCKET CALL COUNT [OPTION]...: starts echo_wait for so many requests at a time. SOCKET
# is its options and address in one word, as '-6 ::'.
wait_server() {
	local call=$2 count=$3 words

	read -ra words <<<"$1"
	shift 3
	start_server echo_wait -c "$call" -n "$count" "$@" "${words[@]}" "$PORT"
}

# More options for ask, and a time limit of a test's own, where no answer is to come.
ask_options=() ask_limit_ms=

# answer_after COMMAND ADDRESS...: asks at each, runs COMMAND when the server has the requests, and
# lets it answer.
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

# refused_is_as_bare SOCKET REFUSE ALLOW ADDRESS...: whatever the call, the program sees what it
# would have seen bare if the command REFUSE runs between request and answer: results, errors, the
# local address of a connected socket, and what the client gets. ALLOW makes the host as before.
#
# That the library would have named the source refused is shown first, with nothing refused.
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

		with_library wait_server "$socket" "$call" "$#"
		answer_after true "$@"
		every_line_matches '^right'
		[ ! -s server.err ] || fail "a warning, and nothing refused"
		with_library wait_server "$socket" "$call" "$#"
		answer_after "$refuse" "$@"
		same_text bare.out server.out || fail "by $call"
		same_text bare.answers answers || fail "by $call"
		cp server.err "$call.err"
		"$allow"
	done
}

# warned_of COUNT FILE: the log has so many lines of refusals, and nothing else.
warned_of() {
	if [ "$(grep -c 'warn: .* the kernel refused ' "$2")" != "$1" ] ||
		[ "$(wc -l <"$2")" != "$1" ]; then
		fail "not $1 warnings: $(cat "$2")"
	fi
}

# traced_sends: the calls that strace saw the server make to send, "NAME RESULT" each; "probe RESULT"
# for those that send nothing, by which the library asks whether it is the source, or sendmsg, that is
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

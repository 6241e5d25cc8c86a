#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Servers with the library under valgrind's memcheck: replies are right, and memcheck finds nothing. Run by
# `scripts/test --analysis`.

# memcheck is slow to start.
export LIMIT_S=30

load ../live/lab

# answers_clean ADDRESSES SERVER ARGUMENT...: each of these addresses is answered from.
answers_clean() {
	local -n addresses=$1
	# shellcheck disable=SC2034 # launch_server uses it
	local prefix=(valgrind -q --error-exitcode=99 --log-file=memcheck.%p --trace-children=yes)

	shift
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	with_library start_server "$@"
	ask_client -r 2 "$PORT" "${addresses[@]}"
	every_line_is right
	stop_server
	# The library asks for an impossible mask to learn whether memory can be read (runtime/readable.c).
	grep -hv "sigprocmask: unknown 'how' field" memcheck.* >said || true
	[ ! -s said ] || fail "memcheck: $(cat said)"
}

@test "memcheck: recvfrom, sendto" {
	answers_clean V4 echo_recvfrom 0.0.0.0 "$PORT"
	answers_clean V6 echo_recvfrom -6 :: "$PORT"
}

@test "memcheck: recvmsg, sendmsg" {
	answers_clean V4 echo_recvmsg 0.0.0.0 "$PORT"
}

@test "memcheck: recvmmsg, sendmmsg" {
	answers_clean V4 echo_recvmmsg 0.0.0.0 "$PORT"
}

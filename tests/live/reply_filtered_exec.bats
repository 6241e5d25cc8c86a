#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Filters installed before exec, as by service managers and containers: the library cannot read
# them, so it has to try. If they refuse a call that it makes in place of the server's own, it makes
# the server's own from then on.

load lab
load filtered

# under_filter ARGUMENT...: runs a server of tests/servers under the filter.
under_filter() {
	local -n ret_command=command

	ret_command=(filtered)
	while [ "$1" != -- ]; do
		ret_command+=("$1")
		shift
	done
	ret_command+=("$servers/$2" "${@:3}")
}

# falls_back ACTION CALL: a server that calls recvfrom and sendto still works.
falls_back() {
	local command

	under_filter -A -a "$1" -n "$2" -- echo_recvfrom 0.0.0.0 "$PORT"
	answered_as_bare "${command[@]}"
	under_filter -A -a "$1" -n "$2" -- echo_recvfrom -6 :: "$PORT"
	bare start_server "${command[@]}"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	with_library start_server "${command[@]}"
	ask_client -r 2 "$PORT" "${V6[@]}"
	every_line_matches '^(right|wrong)'
}

@test "a filter that permits what is needed" {
	local command

	under_filter -A -a eperm -n ptrace -- echo_recvfrom 0.0.0.0 "$PORT"
	replies_are_cured V4 "${command[@]}"
}

@test "recvmsg is refused: the server's own recvfrom from then on" {
	falls_back eperm recvmsg
	falls_back eacces recvmsg
	falls_back trace recvmsg
	falls_back user_notif recvmsg
}

@test "sendmsg is refused: the server's own sendto from then on" {
	falls_back eperm sendmsg
	falls_back eacces sendmsg
	falls_back trace sendmsg
	falls_back user_notif sendmsg
}

@test "a refused call is tried only once per socket" {
	local call command most

	# EPERM may also come from the firewall, which takes one more probe.
	for call in recvmsg sendmsg; do
		most=1
		[ "$call" = recvmsg ] || most=2
		under_filter -A -a eperm -n "$call" -- echo_recvfrom 0.0.0.0 "$PORT"
		with_library under_strace "$PWD/calls" start_server "${command[@]}"
		ask_client -r 5 "$PORT" "${V4[@]}"
		some_wrong
		stop_server
		[ "$(grep -c "$call(.*EPERM" calls)" -le "$most" ] ||
			fail "$(grep -c "$call(" calls) times $call"
	done
}

@test "any other call is refused" {
	local action call command

	for action in eperm user_notif; do
		for call in setsockopt getsockopt getsockname connect fcntl getpid gettid getrandom lseek \
			madvise ppoll poll recvmmsg sendmmsg rt_sigpending rt_sigprocmask rt_sigtimedwait clock_gettime; do
			"$servers/echo_filtered" -L | grep -qx "$call" || continue
			under_filter -A -a "$action" -n "$call" -- echo_recvfrom 0.0.0.0 "$PORT"
			is_unharmed "${command[@]}"
		done
	done
}

@test "the server's own recvmsg and sendmsg fail as bare" {
	local call command

	for call in recvmsg sendmsg; do
		under_filter -A -a eperm -n "$call" -- echo_recvmsg 0.0.0.0 "$PORT"
		ends_as_bare "$servers/${command[0]}" "${command[@]:1}"
	done
}

@test "one filter from before exec, and one of the server's own" {
	local command

	under_filter -A -a eperm -n recvmsg -- echo_filtered 0.0.0.0 "$PORT"
	answered_as_bare "${command[@]}"
	under_filter -A -a eperm -n ptrace -- echo_filtered 0.0.0.0 "$PORT"
	replies_are_cured V4 "${command[@]}"
}

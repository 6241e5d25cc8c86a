#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Filters that permit everything but one system call, which kills. If the server does not make that
# call itself, it survives, at every log level.

load lab
load filtered

# The server's own calls under the filter, which is installed after it has started.
readonly OWN='recvfrom|sendto|read|write|exit_group'

# without_each COMMAND ARGUMENT...: runs COMMAND once for each call that the server does not make
# itself.
without_each() {
	local call

	for call in $("$servers/echo_filtered" -L | grep -vxE "$OWN"); do
		echo "without $call: $*"
		"$@" -A -n "$call" 0.0.0.0 "$PORT"
	done
}

# lives ARGUMENT...: it survives, and its answers come from any address.
lives() {
	BINDRIGHT_LOG=debug with_library start_server echo_filtered "$@"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_matches '^(right|wrong)'
}

# lives_and_is_cured ARGUMENT...: a watched socket needs only recvmsg and sendmsg.
lives_and_is_cured() {
	lives "$@"
	[[ " $* " =~ ' -n '(recvmsg|sendmsg)' ' ]] || every_line_is right
}

shows_fault_bare() {
	bare start_server echo_filtered "$@" -A 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
}

@test "bound, then filtered" {
	shows_fault_bare
	without_each lives_and_is_cured
}

@test "the first datagram answered, then filtered" {
	shows_fault_bare -t first
	without_each lives_and_is_cured -t first
}

@test "filtered, then bound" {
	shows_fault_bare -t early
	# The server makes these two itself then.
	OWN_EARLY='socket|bind'
	without_each lives_early -t early
}

lives_early() {
	[[ " $* " =~ ' -n '($OWN_EARLY)' ' ]] || lives "$@"
}

# connects ARGUMENT...: connects to its first peer after the filter is installed.
connects() {
	[[ " $* " != *' -n connect '* ]] || return 0
	BINDRIGHT_LOG=debug with_library start_server echo_filtered -c "$@"
	ask_client -n 1 -r 2 "$PORT" "${V4[1]}"
	every_line_matches '^(right|wrong)'
}

@test "it connects under the filter" {
	bare start_server echo_filtered -c -A 0.0.0.0 "$PORT"
	ask_client -n 1 "$PORT" "${V4[1]}"
	some_wrong
	without_each connects
}

# is_refused ARGUMENT...: a source is refused and a warning due, at the highest log level.
is_refused() {
	BINDRIGHT_LOG=debug with_library goes_from_address "$@"
}

@test "the request destination is removed" {
	without_each is_refused
}

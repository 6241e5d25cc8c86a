# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests of servers under a seccomp filter (tests/servers/filter.h).

setup_file() {
	[ -n "$("$servers/echo_filtered" -L 2>/dev/null)" ] || skip_file "echo_filtered does not run here"
}

# is_cured_if_filtered ARGUMENT...: by both families, and no log line is about a filter.
is_cured_if_filtered() {
	echo "under test: echo_filtered $*"
	replies_are_cured V4 echo_filtered "$@" 0.0.0.0 "$PORT"
	! grep seccomp server.err || fail "a complaint about a filter, although the server is cured"
	replies_are_cured V6 echo_filtered "$@" -6 :: "$PORT"
	! grep seccomp server.err || fail "a complaint about a filter, although the server is cured"
}

# answered_as_bare COMMAND...: a server of tests/servers answers as bare; twice.
answered_as_bare() {
	local how

	echo "under test: $*"
	for how in bare with_library; do
		"$how" start_server "$@"
		ask_client -r 2 "$PORT" "${V4[@]}"
		some_wrong
		cp answers "$how.answers"
	done
	same_text bare.answers with_library.answers
}

# is_unharmed COMMAND...: bare the fault shows; with the library and a full log each request gets an
# answer, from any address.
is_unharmed() {
	echo "under test: $*"
	bare start_server "$@"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	BINDRIGHT_LOG=debug:$PWD/log with_library start_server "$@"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_matches '^(right|wrong)'
	BINDRIGHT_LOG=debug with_library start_server "$@"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_matches '^(right|wrong)'
}

# ends_as_bare COMMAND...: it ends at its first receive or answer, with the same status and output
# as bare.
ends_as_bare() {
	local how status

	echo "under test: $*"
	for how in bare with_library; do
		"$how" launch_server "$@"
		wait_until has_begun || fail "$* is not ready"
		ask_client -t 300 "$PORT" "${V4[1]}"
		wait_until server_is_over || fail "$how it goes on"
		status=0
		wait "$server_pid" || status=$?
		server_pid=
		exec {server_in}>&-
		{
			echo "status $status"
			sed '/^bindright: /d' server.err
		} >"$how.end"
	done
	! grep -qx 'status 0' bare.end || fail "bare it does not fail"
	same_text bare.end with_library.end
}

has_begun() {
	grep -qx ready server.out || server_is_over
}

server_is_over() {
	! kill -0 "$server_pid" 2>/dev/null
}

# goes_from_address ARGUMENT...: removes the request destination before the answer, so a warning is
# due.
goes_from_address() {
	start_server echo_filtered -w "$@"
	ask_client_meanwhile -t $((LIMIT_S * 1000)) "$PORT" "${V4[1]}"
	server_says request
	server_ip addr del "${V4[1]}/24" dev wire0
	tell_server go
	client_is_done
	every_line_is "wrong ${V4[0]}"
	server_ip addr add "${V4[1]}/24" brd 192.0.2.255 dev wire0
}

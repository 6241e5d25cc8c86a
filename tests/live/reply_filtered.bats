#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Servers that a seccomp filter kills for every system call but their own. Sockets that are bound
# before the filter goes in are cured, for they are watched before that; all others are as bare. No
# filter ever ends the server.

load lab

setup_file() {
	local status=0

	"$servers/echo_filtered" -x 2>/dev/null || status=$?
	[ "$status" -eq 2 ] || skip_file "echo_filtered does not run here"
}

# answered_as_bare ARGUMENT...: twice, and the server is alive at the end.
answered_as_bare() {
	local how

	for how in bare with_library; do
		"$how" start_server echo_filtered "$@"
		ask_client -r 2 "$PORT" "${V4[@]}"
		some_wrong
		cp answers "$how.answers"
	done
	same_text bare.answers with_library.answers
}

@test "bound, then filtered by prctl" {
	replies_are_cured V4 echo_filtered 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_filtered -6 :: "$PORT"
}

@test "bound, then filtered by syscall(SYS_seccomp)" {
	replies_are_cured V4 echo_filtered -s 0.0.0.0 "$PORT"
	replies_are_cured V6 echo_filtered -s -6 :: "$PORT"
}

@test "bound, moved to descriptor 2, then filtered" {
	replies_are_cured V4 echo_filtered -2 0.0.0.0 "$PORT"
}

@test "filtered, then bound: as bare" {
	answered_as_bare -l 0.0.0.0 "$PORT"
	answered_as_bare -l -s 0.0.0.0 "$PORT"
}

@test "the address asked is gone, and a warning is due" {
	local how

	for how in bare with_library; do
		"$how" start_server echo_filtered -w 0.0.0.0 "$PORT"
		ask_client_meanwhile -t $((LIMIT_S * 1000)) "$PORT" "${V4[1]}"
		server_says request
		server_ip addr del "${V4[1]}/24" dev wire0
		tell_server go
		client_is_done
		every_line_is "wrong ${V4[0]}"
		server_ip addr add "${V4[1]}/24" brd 192.0.2.255 dev wire0
	done
}

@test "while all is logged" {
	BINDRIGHT_LOG=debug with_library start_server echo_filtered 0.0.0.0 "$PORT"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_matches '^(right|wrong)'
}

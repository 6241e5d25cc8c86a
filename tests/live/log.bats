#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The log: one line per event, to the sink in BINDRIGHT_LOG, and never into a file of the program.
# Bare there is no log; the tests compare where the lines go.

load lab
load puppet

# The default keyword, but set: this prevents the warning about lost IPv4 (listen_ipv4_lost.bats).
export BINDRIGHT_V6ONLY=force

line() {
	printf '^bindright: %s\\[%s\\]: %s: ' "$1" "$server_pid" "$2"
}

@test "BINDRIGHT_LOG=info: a line for each listener set and each socket watched" {
	bare start_server echo_recvfrom :: "$PORT"
	[ ! -s server.err ]

	BINDRIGHT_LOG=info with_library start_server echo_recvfrom :: "$PORT"
	grep "$(line echo_recvfrom info)" server.err | grep -i v6only | grep -q "$PORT" ||
		fail "no line for the listener"
	grep "$(line echo_recvfrom info)" server.err | grep -iE 'watch|repl' | grep -q "$PORT" ||
		fail "no line for the watched socket"
	grep -qv "$(line echo_recvfrom info)" server.err && fail "lines of another format"
	cp server.err before.err
	ask_client -r 20 "$PORT" "${V6[@]}"
	every_line_is right
	same_text before.err server.err
}

@test "BINDRIGHT_LOG=info: both listeners of a pair" {
	bare start_server listeners -6first "$PORT"
	server_said "bind 0.0.0.0 EADDRINUSE"

	BINDRIGHT_LOG=info with_library start_server listeners -6first "$PORT"
	[ "$(grep -c "$(line listeners info).*$PORT" server.err)" -ge 1 ]
}


@test "BINDRIGHT_LOG=off: no line, not even about invalid settings" {
	BINDRIGHT_LOG=off BINDRIGHT_REPLY=maybe with_library start_server listeners -f 6 -d "$PORT"
	[ ! -s server.err ] || fail "the log is not empty"
	[ "$(v6only_of t)" = 1 ]
}

@test "BINDRIGHT_LOG=info:/file: in the file, not on stderr" {
	BINDRIGHT_LOG=info:$PWD/log with_library start_server echo_recvfrom :: "$PORT"
	[ ! -s server.err ] || fail "standard error is not empty"
	grep -q "$(line echo_recvfrom info)" log || fail "nothing in the file"
	cp log first.log

	# Appended, never overwritten.
	BINDRIGHT_LOG=info:$PWD/log with_library start_server echo_recvfrom :: "$PORT"
	head -n "$(wc -l <first.log)" log >beginning.log
	same_text first.log beginning.log
	[ "$(wc -l <log)" -gt "$(wc -l <first.log)" ]
}

@test "a log file that cannot be opened: the program runs on" {
	BINDRIGHT_LOG=info:$PWD/nowhere/log with_library start_server echo_recvfrom :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

@test "descriptor 2 closed from the start: the socket that becomes 2 gets no lines" {
	need strace
	# shellcheck disable=SC2016 # The inner shell expands it.
	under_strace trace bare launch_server bash -c 'exec "$@" 2>&-' - env \
		LD_PRELOAD="$library" BINDRIGHT_LOG=debug "$servers/echo_recvfrom" :: "$PORT"
	wait_until server_is_ready || fail "not ready"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
	grep -q 'socket(AF_INET6.* = 2$' trace || fail "the socket is not descriptor 2"
	! grep -E '(write|writev|sendto|sendmsg)\(2, .*bindright:' trace || fail "a line on the socket"
}

@test "descriptor 2 given to another file later: that file gets nothing" {
	: >own.data
	BINDRIGHT_LOG=debug with_library start_server echo_recvfrom -e "$PWD/own.data" :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
	[ ! -s own.data ] || fail "the library wrote into the program's file: $(cat own.data)"
}

# Its socket is connected while it answers, so a line written there would be a datagram to the
# client.
@test "descriptor 2 given to a socket later: the client gets its answers and nothing else" {
	local sink

	bare start_server echo_connect -2 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[1]}"
	grep -q -e '^wrong ' -e '^silent' answers || fail "no fault to cure"

	# A sink that cannot be written causes one line on standard error, before that.
	for sink in stderr "$PWD/nowhere/log"; do
		BINDRIGHT_V6ONLY=off BINDRIGHT_LOG=debug:$sink with_library start_server \
			echo_connect -2 -n 3 -d :: "$PORT"
		[ -s server.err ] || fail "no complaint before"
		cp server.err before.err
		ask_client -r 3 "$PORT" "${V4[1]}"
		every_line_is right
		ask_client -r 3 "$PORT" "${V4[2]}"
		every_line_is right
		same_text before.err server.err
	done
}

# close(2) is not seen, so the number is still a server's UDP socket until accept makes it another.
@test "BINDRIGHT_LOG=info: a connection is not a watched socket, whatever its number was before" {
	local how

	for how in accept4 wait; do
		BINDRIGHT_LOG=info with_library start_server puppet
		plays <<-END
			open l tcp4 reuseaddr
			bind l 127.0.0.1 $PORT
			listen l
			open u udp4
			bind u 0.0.0.0 $PORT
			open c tcp4
			connect c 127.0.0.1 $PORT
			close u
			accept l a $how
			send c 127.0.0.1 $PORT text
			hear a -> text
			close a
			close c
		END
		! grep watched server.err || fail "accept, $how"
	done
}

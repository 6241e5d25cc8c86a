#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_LOG=LEVEL:syslog. The server has a private /dev, in a mount namespace; the test chooses
# what its /dev/log is. Bare the server writes nothing there: the tests show where lines go, and
# that no failure of the log harms the server.

load lab
load syslog

# The default keyword, but set: this prevents the warning about lost IPv4 (listen_ipv4_lost.bats).
export BINDRIGHT_V6ONLY=force

# logs_to_syslog LEVEL NAME ARGUMENT...
logs_to_syslog() {
	BINDRIGHT_LOG=$1:syslog with_library with_own_dev start_server "${@:2}"
}

replies_are_right() {
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

nothing_on_stderr() {
	[ ! -s server.err ] || fail "standard error is not empty"
}

# one_complaint TEXT: stderr is one line, about /dev/log, with this text.
one_complaint() {
	echo "bindright: echo_recvfrom[$server_pid]: error: BINDRIGHT_LOG: cannot write /dev/log: $1" \
		>expected.err
	same_text expected.err server.err
}

@test "a line is a message for syslog: priority, program, process, level" {
	hear_log
	bare with_own_dev start_server echo_recvfrom :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	[ "$(cat heard)" = ready ]

	logs_to_syslog info echo_recvfrom :: "$PORT"
	nothing_on_stderr
	printf '<30>bindright: echo_recvfrom[%s]: info: fd 3 udp [::]:%s: %s\n' \
		"$server_pid" "$PORT" "IPV6_V6ONLY set (BINDRIGHT_V6ONLY=force)" \
		"$server_pid" "$PORT" "watched; replies leave from the request destination" >expected
	wait_until test "$(wc -l <heard)" -ge 3
	sed 1d heard >lines
	same_text expected lines
	replies_are_right
}

@test "each level has its priority, of the facility daemon" {
	hear_log
	# An error, a warning (of an unknown variable), an info and a debug line.
	BINDRIGHT_EXPIRY=never BINDRIGHT_EXPYRI=1 BINDRIGHT_LOG=debug:syslog with_library \
		with_own_dev start_server echo_recvfrom :: "$PORT"
	replies_are_right
	nothing_on_stderr
	wait_until grep -q 'debug: ' heard
	sed -nE 's/^<([0-9]+)>bindright: echo_recvfrom\[[0-9]+\]: ([a-z]+): .*/\2 \1/p' heard |
		sort -u >levels
	printf '%s\n' 'debug 31' 'error 27' 'info 30' 'warn 28' >expected
	same_text expected levels
	[ "$(grep -c '\\x' heard)" -eq 0 ] || fail "a line ends with more than its text"
}

@test "lines above the level are not logged" {
	hear_log
	logs_to_syslog warn echo_recvfrom :: "$PORT"
	replies_are_right
	logs_to_syslog off listeners -d -f 6 "$PORT"
	logs_to_syslog error listeners -d -f 6 "$PORT"
	[ "$(cat heard)" = ready ]
	logs_to_syslog warn listeners -d -f 6 "$PORT"
	wait_until grep -q '^<28>bindright: listeners' heard
}

@test "no descriptor stays open, and none is inherited" {
	# descriptors_of FILE: lists the server's descriptors.
	descriptors_of() {
		find "/proc/$server_pid/fd" -type l -printf '%f %l\n' | sed 's/:\[[0-9]*\]//' | sort >"$1"
	}

	hear_log
	bare with_own_dev start_server echo_recvfrom :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	descriptors_of bare.fds
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	wait_until grep -q 'debug: ' heard
	descriptors_of with.fds
	same_text bare.fds with.fds
}

@test "each line is a socket, a send and a close, none of which can block" {
	need strace
	hear_log
	under_strace trace logs_to_syslog info echo_recvfrom :: "$PORT"
	stop_server
	grep -A 2 'socket(AF_UNIX' trace >calls
	[ "$(grep -c 'socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = ' calls)" -eq 2 ]
	[ "$(grep -c 'sendto(.*MSG_DONTWAIT|MSG_NOSIGNAL.*"/dev/log"}' calls)" -eq 2 ]
	[ "$(grep -c 'close(' calls)" -eq 2 ]
}

@test "no daemon listens: one complaint, and the server is unharmed" {
	# The file does not exist.
	rm -f log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	replies_are_right
	one_complaint "No such file or directory"

	# The file exists, but its daemon has ended.
	hear_log
	stop_hearing
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	one_complaint "Connection refused"
}

@test "the daemon is restarted: it gets lines again" {
	hear_log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	stop_hearing
	replies_are_right
	one_complaint "Connection refused"
	hear_log
	replies_are_right
	wait_until grep -q "^<31>bindright: echo_recvfrom\[$server_pid\]: debug: .*${V6[1]}" heard ||
		fail "no line arrives any more: $(cat heard)"
}

@test "a slow daemon: lines are lost, no call blocks, no complaint" {
	hear_log -w
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	# Two lines per request and reply: far more than any queue holds.
	ask_client -n 60 -r 15 "$PORT" "${V6[@]}"
	every_line_is right
	[ "$(wc -l <answers)" -eq 900 ]
	nothing_on_stderr

	echo >&"$hear_in"
	wait_until grep -q debug heard
	[ "$(wc -l <heard)" -lt 1800 ] || fail "no line was lost: the queue was not full"
	# Lines arrive again, now that the daemon reads.
	ask_client -p 4000 "$PORT" "${V6[1]}"
	every_line_is right
	wait_until grep -q ']:4000 from' heard || fail "no line arrives any more"
	nothing_on_stderr
}

@test "/dev/log is another kind of file: one complaint, and the file is unchanged" {
	echo precious >log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	one_complaint "Connection refused"
	[ "$(cat log)" = precious ]

	rm log
	mkdir log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	one_complaint "Connection refused"

	# A fifo is no socket, and no open waits for its reader.
	rmdir log
	mkfifo log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	one_complaint "Connection refused"
}

@test "/dev/log takes streams only: one complaint" {
	need socat
	rm -f log
	"${dying_with_us[@]}" socat UNIX-LISTEN:log,fork - >heard 2>/dev/null 3>&- &
	wait_until test -S log
	logs_to_syslog debug echo_recvfrom :: "$PORT"
	replies_are_right
	one_complaint "Protocol wrong type for socket"
	[ ! -s heard ]
	kill $!
}

# A daemon closes what it inherited, and gives descriptor 2 to another file.
@test "standard error is gone: warnings, and only these, go to syslog" {
	hear_log
	: >own.data
	BINDRIGHT_LOG=debug with_library with_own_dev start_server echo_recvfrom -e "$PWD/own.data" \
		-d :: "$PORT"
	wait_until grep -q '^<28>bindright: echo_recvfrom.* although the program cleared it' heard
	replies_are_right
	[ ! -s own.data ] || fail "the library wrote into the program's file: $(cat own.data)"
	! grep -v -e '^<28>' -e '^ready' heard || fail "other lines in syslog"
}

is_listening() {
	[ -n "$("${server_host[@]}" ss -Hltn "sport = :$PORT")" ]
}

@test "standard error is a connection, as under inetd: the client gets no log lines" {
	need socat
	hear_log
	BINDRIGHT_V6ONLY=wrong with_library with_own_dev launch_server socat \
		"TCP-LISTEN:$PORT,reuseaddr,fork" \
		"EXEC:$servers/listeners -f 6 -d $((PORT + 1)),stderr,nofork"
	wait_until is_listening
	"${client_host[@]}" timeout "$LIMIT_S" socat -t 1 - "TCP:${V4[0]}:$PORT" </dev/null \
		>answers || true
	wait_until grep -q '^<27>bindright: listeners.*BINDRIGHT_V6ONLY' heard
	grep -qx ready answers || fail "the service did not start"
	! grep -q bindright: answers || fail "the client reads: $(cat answers)"
}

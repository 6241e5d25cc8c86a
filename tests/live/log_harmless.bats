#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# If writing would raise a signal, stop the program, or allocate memory, the log does not. Bare,
# another program that writes there is ended or stopped.

load lab

# The default keyword, but set: this prevents the warning about lost IPv4 (listen_ipv4_lost.bats).
export BINDRIGHT_V6ONLY=force

replies_are_right() {
	ask_client -r 4 "$PORT" "${V4[@]}"
	every_line_is right
}

@test "a file that has reached RLIMIT_FSIZE: no SIGXFSZ" {
	local prefix=(bash -c 'ulimit -f 1; exec "$@"' -) status=0

	need_no_counters # which are in a larger file
	"${prefix[@]}" seq 10000 >numbers || status=$?
	[ "$status" -eq 153 ] || fail "seq ended with status $status, not by SIGXFSZ"

	BINDRIGHT_LOG=debug with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	replies_are_right
	[ "$(wc -c <server.err)" -eq 1024 ] || fail "the file is not full"

	: >log
	BINDRIGHT_LOG=debug:$PWD/log with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	replies_are_right
	[ "$(wc -c <log)" -eq 1024 ] || fail "the file is not full"
	grep -q "BINDRIGHT_LOG: cannot write $PWD/log: File too large" server.err
}

@test "a background job on a terminal with tostop: it is not stopped, and the lines are there" {
	timeout "$LIMIT_S" "$servers/with_stderr" terminal heard sh -c 'echo hello >&2' >bare.out
	[ "$(cat bare.out)" = stopped ] || fail "bare the job is not stopped"

	BINDRIGHT_LOG=debug with_library launch_server "$servers/with_stderr" terminal heard \
		"$servers/echo_recvfrom" 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
	replies_are_right
	wait_until grep -q 'debug: .* request from' heard
	if grep -q stopped server.out; then
		fail "it was stopped"
	fi
}

@test "a full pipe, and one without a reader: lines are lost, and nothing else" {
	local lost

	mkfifo lost
	exec {lost}<>lost
	BINDRIGHT_LOG=debug with_library launch_server bash -c 'exec "$@" 2>lost' - \
		"$servers/echo_recvfrom" 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
	ask_client -n 60 -r 15 "$PORT" "${V4[@]}"
	every_line_is right
	exec {lost}>&-
	replies_are_right
}

@test "no malloc, in any locale, even if the kernel refuses a source" {
	local counted="$servers/.libs/count_malloc.so" way

	[ -f "$counted" ] || skip "count_malloc is not built for this C library"
	! nm -D "$library" | grep -q __asan_ || skip "the sanitizer has its own malloc"
	: >mallocs
	LD_PRELOAD=$counted bash -c 'exec 9>>mallocs; exec ls' >/dev/null
	[ -s mallocs ] || fail "no calls are counted"
	for way in bare with_library; do
		: >mallocs
		# shellcheck disable=SC2016 # The inner shell expands it.
		LANG=C.UTF-8 LC_ALL=C.UTF-8 BINDRIGHT_LOG=debug "$way" launch_server bash -c '
			exec env LD_PRELOAD="$1 $LD_PRELOAD" "${@:2}" 9>>mallocs' - "$counted" \
			"$servers/echo_wait" 0.0.0.0 "$PORT"
		wait_until server_is_ready || fail "not ready"
		ask_client_meanwhile -t $((LIMIT_S * 1000)) "$PORT" "${V4[1]}"
		server_says request
		server_ip addr del "${V4[1]}/24" dev wire0
		stat -c %s mallocs >"$way.before"
		tell_server go
		client_is_done
		server_ip addr add "${V4[1]}/24" brd 192.0.2.255 dev wire0
		stat -c %s mallocs >"$way.after"
		same_text "$way.before" "$way.after"
	done
	grep -q 'the kernel refused .*Network is unreachable' server.err
}

@test "standard error is the journal: each line begins with its priority" {
	BINDRIGHT_LOG=debug with_library launch_server "$servers/with_stderr" journal heard \
		"$servers/echo_recvfrom" :: "$PORT"
	wait_until server_is_ready || fail "not ready"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
	wait_until grep -q '^<7>bindright: .* debug: .* request from' heard
	grep -q '^<6>bindright: .* info: .* watched' heard
	! grep -qvE '^(<4>bindright: .* warn|<6>bindright: .* info|<7>bindright: .* debug): ' heard || fail "other lines: $(cat heard)"

	BINDRIGHT_LOG=debug with_library launch_server "$servers/with_stderr" other heard \
		"$servers/echo_recvfrom" :: "$PORT"
	wait_until server_is_ready || fail "not ready"
	wait_until grep -q '^bindright: .* info: .* watched' heard
	! grep -q '^<' heard || fail "a priority without the journal"
}

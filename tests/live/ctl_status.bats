#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl status: what the library shows of itself, read from outside.

load lab
load flood

ctl=$abs_top_builddir/shim/ctl/bindrightctl

# status ARGUMENT...: runs bindrightctl status on the server host, where units are of no interest.
status() {
	run_apart "${server_host[@]}" "$ctl" status "$@"
}

# shows PATTERN: a line of the output matches this extended regular expression.
shows() {
	grep -qE -e "$1" <<<"$output" || fail "no line '$1' in: $output $stderr"
}

# json_has PATH VALUE: the member of the JSON, as Python writes both.
json_has() {
	local found

	found=$(python3 -c 'import json, sys; print(eval("json.load(sys.stdin)" + sys.argv[1]))' \
		"$1" <<<"$output") || fail "no $1 in: $output"
	[ "$found" = "$2" ] || fail "$1 is $found, not $2"
}

@test "what was learnt and answered, and at which addresses" {
	with_library start_server echo_recvfrom "$PORT"
	ask_client "$PORT" "${V4[0]}" "${V4[1]}" "${V4[1]}"
	every_line_is right
	status "$server_pid"
	[ "$status" -eq 0 ]
	shows "^echo_recvfrom\\[$server_pid\\]  bindright [0-9.]+  v6only=force reply=on log=warn$"
	shows '^    listeners 0 \(set 0, cleared 0, left 0\)  watched 1  learnt 3  answered 3, 0 unknown$'
	shows '^    peers 3 of 16,384 \(evicted 0\)  refused sources 0  warnings 0$'
	shows "^    asked at ${V4[1]}: 2 peers, ${V4[0]}: 1$"
	status --json "$server_pid"
	json_has '["version"]' 1
	json_has '["services"][0]["learnt"]' 3
	json_has "[\"services\"][0][\"asked_at\"][\"${V4[1]}\"]" 2
	json_has '["services"][0]["processes"][0]["settings"]["v6only"]' force
	status --prometheus "$server_pid"
	shows "^bindright_learnt_datagrams_total\{unit=\"\",process=\"echo_recvfrom\",pid=\"$server_pid\"\} 3$"
}

@test "settings that are not the default, and listeners" {
	BINDRIGHT_V6ONLY=auto BINDRIGHT_PEERS=64 BINDRIGHT_LOG=off \
		with_library start_server echo_recvfrom :: "$PORT"
	status "$server_pid"
	shows '  v6only=auto reply=on log=off peers=64$'
	shows '^    listeners 1 \(set 0, cleared 0, left 1\)  watched'
	with_library start_server echo_recvfrom :: "$PORT"
	status "$server_pid"
	shows '^    listeners 1 \(set 1, cleared 0, left 0\)  watched'
}

@test "a flood shows in the peers and in what was evicted" {
	BINDRIGHT_PEERS=64 with_library start_server echo_recvfrom "$PORT"
	ask_client -n 500 "$PORT" "${V4[1]}"
	status --json "$server_pid"
	json_has '["services"][0]["capacity"]' 64
	json_has '["services"][0]["peers"]' 64
	json_has '["services"][0]["evicted"] > 0' True
	json_has '["services"][0]["learnt"] > 100' True
}

@test "forked workers are one line, and their datagrams are added up" {
	with_library start_server echo_forked 0.0.0.0 "$PORT"
	ask_client -n 100 "$PORT" "${V4[1]}"
	every_line_is right
	status "$server_pid"
	shows "^echo_forked\[$server_pid\] and [0-9]+ more  bindright "
	shows '  watched [0-9]+  learnt 100  answered 100, 0 unknown$'
	shows "^    asked at ${V4[1]}: 100 peers$"
}

@test "a program that the settings leave out, and one without the library" {
	BINDRIGHT_SKIP=echo_recvfrom with_library start_server echo_recvfrom "$PORT"
	status "$server_pid"
	shows '^    off in this program, by BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP$'
	status --json "$server_pid"
	json_has '["services"][0]["processes"][0]["state"]' off
	bare start_server echo_recvfrom "$PORT"
	status "$server_pid"
	[ "$status" -eq 1 ]
	[ "$output" = "echo_recvfrom[$server_pid]: runs without the library" ]
	status -q "$server_pid"
	[ "$status" -eq 1 ] && [ "$output$stderr" = '' ]
}

@test "a library that was replaced since, and one that was removed" {
	cp "$library" libbindright.so
	library=$PWD/libbindright.so with_library start_server echo_recvfrom "$PORT"
	cp libbindright.so new
	mv new libbindright.so
	status "$server_pid"
	shows '^    its file was replaced since: restart it to take the new one$'
	rm libbindright.so
	status "$server_pid"
	shows '^    its file was removed since: the next start will be without it$'
}

@test "a server of 32 bits, and one of musl, show the same" {
	local other

	need_no_sanitizer # which would have to be of the same kind
	for other in "$abs_top_builddir/shim/time64/.libs/libbindright.so=time64/echo_recvmsg" \
		"$abs_top_builddir/shim/musl/libbindright.so=musl/echo_recvfrom"; do
		[ -x "$servers/${other#*=}" ] || continue
		library=${other%%=*} with_library start_server "${other#*=}" "$PORT"
		ask_client "$PORT" "${V4[1]}"
		every_line_is right
		status "$server_pid"
		shows 'learnt 1  answered 1, 0 unknown$'
		shows "^    asked at ${V4[1]}: 1 peer$"
	done
}

@test "a program of another C library" {
	[ -x "$servers/musl/echo_recvfrom" ] || skip "no compiler for musl beside glibc's (Debian: musl-tools)"
	need_no_sanitizer
	need_no_counters # whose runtime musl cannot load
	with_library start_server musl/echo_recvfrom "$PORT"
	status "$server_pid"
	shows '^    does nothing: the program has another C library than the library$'
	status --json "$server_pid"
	json_has '["services"][0]["processes"][0]["state"]' 'other libc'
}

@test "looking costs the server no memory" {
	local before

	with_library start_server echo_recvfrom "$PORT"
	ask_client "$PORT" "${V4[1]}"
	status "$server_pid"
	before=$(grep -E '^(Rss|Pss|Private_Dirty)' "/proc/$server_pid/smaps_rollup")
	status "$server_pid"
	[ "$(grep -E '^(Rss|Pss|Private_Dirty)' "/proc/$server_pid/smaps_rollup" | grep Rss)" = \
		"$(grep Rss <<<"$before")" ]
}

@test "without the right to look: a line, and status 2 for what was asked for" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	with_library start_server echo_recvfrom "$PORT"
	chmod a+rx "$BATS_RUN_TMPDIR" 2>/dev/null || true
	cp "$ctl" . && chmod -R a+rX . && cp "$ctl" "$BATS_RUN_TMPDIR/bindrightctl"
	run_apart setpriv --reuid 54321 --clear-groups "$BATS_RUN_TMPDIR/bindrightctl" status
	[ "$status" -eq 0 ]
	shows '^not seen without root: [0-9,]+ process(es)?$'
	run_apart setpriv --reuid 54321 --clear-groups "$BATS_RUN_TMPDIR/bindrightctl" status "$server_pid"
	[ "$status" -eq 2 ]
	[ "$stderr" = "bindrightctl: echo_recvfrom[$server_pid]: cannot be read: Permission denied" ]
}

# refuses MESSAGE ARGUMENT...: with status 2 and this line.
refuses() {
	local message=$1

	shift
	status "$@"
	if [ "$status" -ne 2 ] || [ "$output" != '' ] || [ "$stderr" != "bindrightctl: $message" ]; then
		fail "$*: status $status, $output, $stderr"
	fi
}

@test "what is not there, and what is no process or unit" {
	refuses 'there is no process 4194304' 4194304
	refuses 'unheard-of.service: no process runs in it' unheard-of
	refuses "'0' is not a process ID" 0
	refuses "'99999999999999999999' is not a process ID" 99999999999999999999
	refuses '+1.service: no process runs in it' +1
	refuses "'a/b' is neither a process ID nor the name of a unit" a/b
	refuses "'' is neither a process ID nor the name of a unit" ''
	refuses "'nsd.socket' is not a service: processes belong to .service units" nsd.socket
	refuses "options '--json' and '--prometheus' exclude each other" --json --prometheus
	refuses "unknown option '--all' (allowed: --json, --quiet, --help, --prometheus)" --all
}

@test "a peer that has expired does not count" {
	BINDRIGHT_EXPIRY=1 with_library start_server echo_recvfrom "$PORT"
	ask_client "$PORT" "${V4[0]}" "${V4[1]}"
	every_line_is right
	wait_until has_no_peers || fail "still there: $output"
}

has_no_peers() {
	status "$server_pid"
	grep -q 'peers 0 of ' <<<"$output"
}

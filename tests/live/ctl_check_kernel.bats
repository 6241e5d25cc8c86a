#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl check, of programs in which the library cannot act and the kernel back end can: the
# command that it names cures what a client finds wrong before.

load lab
load kernel

# check ARGUMENT...: runs bindrightctl check on the server host.
check() {
	run_apart "${server_host[@]}" "$bindrightctl" check "$@"
}

# says STATUS LINE...: the whole output.
says() {
	local expected=$1

	shift
	printf '%s\n' "$@" >expected
	printf '%s\n' "$output" >output
	if [ "$status" -ne "$expected" ] || [ "$stderr" != '' ]; then
		fail "status $status: $output$stderr"
	fi
	same_text expected output
}

compile_static() {
	need "${CC:-gcc}"
	"${CC:-gcc}" -D_GNU_SOURCE -static -o echo_static \
		"$abs_top_srcdir"/tests/servers/{echo_recvfrom,common,option}.c 2>/dev/null ||
		skip "no static C library"
}

start_static() {
	compile_static
	bare launch_server ./echo_static 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
}

@test "a program: bindright --kernel" {
	compile_static
	check ./echo_static
	says 1 './echo_static: no: statically linked' \
		'    instead: bindright --kernel ./echo_static; or one socket for each address: see bindright(7)'
	bare launch_server ./echo_static 0.0.0.0 "$PORT"
	wait_until server_is_ready
	ask_client "$PORT" "${V4[1]}"
	some_wrong
	bare launch_server "$abs_top_builddir/scripts/bindright" --kernel ./echo_static 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
	ask_client "$PORT" "${V4[1]}"
	every_line_is right
}

@test "a process: bindrightctl attach, and then it is yes" {
	start_static
	check "$server_pid"
	says 1 "echo_static[$server_pid]: no: statically linked" \
		"    instead: bindrightctl attach $server_pid; or one socket for each address: see bindright(7)"
	attach_to "$server_pid"
	ask_client "$PORT" "${V4[1]}"
	every_line_is right
	check "$server_pid"
	says 0 "echo_static[$server_pid]: yes: the kernel back end is attached, by process ${attached[0]}; the library cannot act in it: statically linked"
	kill -STOP "${attached[0]}"
	check "$server_pid"
	says 0 "echo_static[$server_pid]: yes: the kernel back end is attached, by process ${attached[0]}, which is stopped; the library cannot act in it: statically linked"
	kill -CONT "${attached[0]}"
	detach
	check "$server_pid"
	[ "$status" -eq 1 ]
}

@test "a process in which the library could act" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach
	check "$server_pid"
	says 0 "echo_recvfrom[$server_pid]: yes: the kernel back end is attached, by process ${attached[0]}; the library is not in it, but could act there"
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	check "$server_pid"
	says 0 "echo_recvfrom[$server_pid]: yes: the kernel back end is attached, by process ${attached[0]}; the library is in it"
}

@test "a process in another network namespace, or another group, is not attached to" {
	start_static
	mkdir "$cgroup/aside"
	attach_to "$cgroup/aside"
	check "$server_pid"
	[ "$status" -eq 1 ]
	# The process by which it is found is of the client host.
	# shellcheck disable=SC2016 # The inner shell expands it.
	"${client_host[@]}" "${dying_with_us[@]}" sh -c 'echo $$ >"$0/cgroup.procs"; exec sleep 60' \
		"$cgroup" 3>&- &
	wait_until is_sleep $!
	attach_to $!
	check "$server_pid"
	[ "$status" -eq 1 ]
	check "$!"
	[ "$status" -eq 0 ]
}

is_sleep() {
	[ "$(cat "/proc/$1/comm")" = sleep ]
}

@test "JSON" {
	need jq
	start_static
	attach
	check --json "$server_pid" ./echo_static
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.checks[] | .verdict, .attached_by, .instead]' <<<"$output")" = \
		"[\"yes\",${attached[0]},\"\",\"no\",null,\"bindright --kernel ./echo_static; or one socket for each address: see bindright(7)\"]" ]
}

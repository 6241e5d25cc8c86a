#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl status, of what the kernel back end is attached to.

load lab
load kernel

# status ARGUMENT...: runs bindrightctl status on the server host.
status() {
	run_apart "${server_host[@]}" "$bindrightctl" status "$@"
}

# shows PATTERN: a line of the output matches this extended regular expression.
shows() {
	grep -qE -e "$1" <<<"$output" || fail "no line '$1' in: $output $stderr"
}

shows_not() {
	! grep -E -e "$1" <<<"$output" || fail "there is a line '$1'"
}

# ends_with STATUS: and without a message.
ends_with() {
	if [ "$status" -ne "$1" ] || [ "$stderr" != '' ]; then
		fail "status $status: $output$stderr"
	fi
}

@test "what is attached, its settings and what it has done" {
	# Each processor counts for itself; on the last one, none may be left out.
	taskset -pc "$(($(nproc --all) - 1))" $BASHPID >/dev/null || true
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	status "$server_pid"
	ends_with 1
	[ "$output" = "echo_recvfrom[$server_pid]: runs without the library" ]

	attach BINDRIGHT_PEERS=64
	status "$server_pid"
	ends_with 0
	shows "^$cgroup  bindrightctl\\[${attached[0]}\\]  in the kernel  v6only=auto reply=on log=warn peers=64$"
	shows '^    shared listeners 0  learnt 0  answered 0 \(followed 0\)  pinned 0  not ours 0$'
	shows_not 'runs without'
	ask_client "$PORT" "${V4[0]}" "${V4[1]}" "${V4[1]}"
	every_line_is right
	status
	ends_with 0
	shows "^$cgroup  bindrightctl"
	shows '^    shared listeners 0  learnt 3  answered 3 \(followed 0\)  pinned 0  not ours 0$'
	# The process that has it attached stands for it, too.
	status "${attached[0]}"
	ends_with 0
	shows "^$cgroup  bindrightctl"

	detach
	status
	shows_not "^$cgroup"
	status "$server_pid"
	ends_with 1
}

@test "a listener that may share its port" {
	attach BINDRIGHT_REPLY=off
	start_server echo_recvfrom :: "$PORT"
	status "$server_pid"
	shows "^$cgroup  .*  v6only=auto reply=off log=warn$"
	shows '^    shared listeners 1  learnt 0 '
}

@test "a group below counts, and one aside does not" {
	mkdir "$cgroup/first" "$cgroup/first/below" "$cgroup/second"
	enter_cgroup "$cgroup/first/below"
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach_to "$cgroup/second"
	status "$server_pid"
	ends_with 1
	shows_not "$cgroup"
	attach_to "$cgroup/first"
	status "$server_pid"
	ends_with 0
	shows "^$cgroup/first  bindrightctl"
	shows_not "^$cgroup/second"
	status
	shows "^$cgroup/second  bindrightctl"
}

@test "a process that is stopped" {
	attach
	status "${attached[0]}"
	shows_not 'is stopped'
	kill -STOP "${attached[0]}"
	status "${attached[0]}"
	shows '^    this process is stopped: no reply gets a source until it goes on$'
	kill -CONT "${attached[0]}"
}

@test "JSON and metrics" {
	need jq
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach BINDRIGHT_REPLY=on,udp/0=off
	ask_client "$PORT" "${V4[1]}"
	every_line_is right
	status --json "$server_pid"
	ends_with 0
	[ "$(jq -c '.attached[0] | [.unit, .control_group, .pid, .stopped, .settings.reply,
		.settings.v6only, .counts.learnt, .counts.answered]' <<<"$output")" = \
		"[\"\",\"$cgroup\",${attached[0]},false,\"on,udp/0=off\",\"auto\",1,1]" ]
	[ "$(jq -c '[.services, .without]' <<<"$output")" = '[[],[]]' ]
	status --prometheus
	ends_with 0
	shows "^bindright_kernel_info\{unit=\"\",control_group=\"$cgroup\",v6only=\"auto\",reply=\"on,udp/0=off\",.*\} 1$"
	shows "^bindright_kernel_answered_datagrams_total\{unit=\"\",control_group=\"$cgroup\"\} 1$"
}

@test "a service's group has the service's name" {
	need jq
	mkdir "$cgroup/talkd.service" "$cgroup/talkd.service/below"
	attach_to "$cgroup/talkd.service"
	attach_to "$cgroup/talkd.service/below"
	status
	shows "^talkd\.service  bindrightctl\\[${attached[0]}\\]  in the kernel  "
	shows "^$cgroup/talkd\.service/below  bindrightctl\\[${attached[1]}\\]  in the kernel  "
	status --json
	[ "$(jq -c '[.attached[] | select(.control_group | startswith($own)) | .unit]' \
		--arg own "$cgroup" <<<"$output")" = '["talkd.service","talkd.service"]' ]
}

@test "without the right to read the counts, it says so" {
	attach
	# A container's filter may refuse the call that takes a descriptor of the process.
	need strace
	run_apart "${server_host[@]}" strace -f -qq -o trace -e inject=pidfd_getfd:error=EPERM \
		"$bindrightctl" status
	ends_with 0
	shows "^$cgroup  bindrightctl"
	shows '^    not seen: its counts$'
	run_apart "${server_host[@]}" setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace \
		"$bindrightctl" status
	shows_not "^$cgroup"
	shows '^not seen: [0-9,]+ process(es)?$'
}

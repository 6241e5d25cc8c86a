#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl audit, of what the kernel back end cures: what it says of a socket is what a client
# finds, before attach, while attached and after detach.

load lab
load puppet
load kernel
load audit

# start_static ADDRESS: a server that no preload reaches.
start_static() {
	need "${CC:-gcc}"
	[ -x echo_static ] || "${CC:-gcc}" -D_GNU_SOURCE -static -o echo_static \
		"$abs_top_srcdir"/tests/servers/{echo_recvfrom,common,option}.c 2>/dev/null ||
		skip "no static C library"
	bare launch_server ./echo_static "$1" "$PORT"
	wait_until server_is_ready || fail "not ready"
}

# is_wrong [REMARK], is_cured: what audit says, and what a client finds.
is_wrong() {
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "^udp +$PORT .*WRONG: .* \(${1-static: no preload reaches it}\)$"
	ask_client "$PORT" "${V4[1]}"
	some_wrong
}

is_cured() {
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says "^udp +$PORT .* cured by bindright, in the kernel$"
	says 'Replies leave from the address that was asked: there is nothing to do'
	says_not 'WRONG|to cure'
	ask_client "$PORT" "${V4[1]}"
	every_line_is right
}

@test "a static program: wrong with its cure, and cured while that is attached" {
	start_static 0.0.0.0
	is_wrong
	says "^1 to cure: bindrightctl attach $server_pid$"
	says "drops it; the cure: bindrightctl attach $server_pid\.$"
	says_not 'that no preload reaches: see'
	attach_to "$server_pid"
	is_cured
	detach
	is_wrong
}

@test "a dual-stack socket, and one in a group below" {
	mkdir "$cgroup/below"
	enter_cgroup "$cgroup/below"
	start_static ::
	is_wrong
	attach
	is_cured
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

@test "a service is enabled; of a socket unit's socket, the socket unit" {
	mkdir "$cgroup/talkd.service" "$cgroup/talkd.socket"
	enter_cgroup "$cgroup/talkd.service"
	start_static 0.0.0.0
	is_wrong
	says '^1 to cure: bindrightctl enable --kernel talkd\.service$'
	enter_cgroup "$cgroup/talkd.socket"
	start_static 0.0.0.0
	echo "$server_pid" >"$cgroup/talkd.service/cgroup.procs"
	is_wrong
	says '^1 to cure: bindrightctl enable --kernel talkd\.socket$'
	attach_to "$cgroup/talkd.socket"
	is_cured
}

@test "JSON says by what a socket is cured" {
	need jq
	start_static 0.0.0.0
	attach
	audit --json --pid "$server_pid" "udp/$PORT"
	ends_with 0
	[ "$(jq -r '.sockets[0].replies | [.verdict, .cured_by, .text] | join("; ")' <<<"$output")" = \
		'cured; kernel; cured by bindright, in the kernel' ]
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[1]}"
	audit --json --pid "$server_pid" "udp/$PORT"
	[ "$(jq -r '.sockets[0].replies | [.verdict, .cured_by] | join("; ")' <<<"$output")" = \
		'cured; library' ]
}

@test "the group in which the socket was made counts, not that of the process" {
	mkdir "$cgroup/first" "$cgroup/second"
	enter_cgroup "$cgroup/first"
	start_static 0.0.0.0
	echo "$server_pid" >"$cgroup/second/cgroup.procs"
	attach_to "$cgroup/second"
	is_wrong
	says "^1 to cure: bindrightctl attach $cgroup/first$"
	attach_to "$cgroup/first"
	is_cured
}

@test "a port that the settings turn off" {
	start_static 0.0.0.0
	attach "BINDRIGHT_REPLY=on,udp/$PORT=off"
	is_wrong 'attached, with this port off'
	says_not 'to cure'
	says '^1 that no preload reaches: see bindright\(7\)$'
	says 'drops it; it is attached, with this port off\.$'
	detach
	attach "BINDRIGHT_REPLY=off,udp/$PORT=on"
	is_cured
	detach
	attach BINDRIGHT_REPLY=off
	is_wrong 'attached, with this port off'
}

@test "the rules for port 0 are for ports that the kernel chose" {
	local chosen

	bare start_server puppet
	attach BINDRIGHT_REPLY=on,udp/0=off
	plays <<-END
		open named udp4
		bind named 0.0.0.0 40000
		open other udp4
		bind other 0.0.0.0 0
	END
	audit -a --pid "$server_pid"
	says '^udp +40000 .*cured by bindright, in the kernel$'
	chosen=$(sed -nE '/ 40000 /d; s/^udp +([0-9]+) .*/\1/p' <<<"$said")
	says "^udp +$chosen .*WRONG: .*\(attached, with this port off\)$"
	# Without a look at the socket that is not known.
	audit -a --no-peek --pid "$server_pid"
	says "^udp +$chosen .*not seen$"
	detach
	# The programs that are attached now did not see it being made.
	attach BINDRIGHT_REPLY=on,udp/0=off
	audit -a --pid "$server_pid"
	says "^udp +$chosen .*cured by bindright, in the kernel$"
}

@test "a client's socket is left alone" {
	bare start_server puppet
	attach
	plays <<-END
		open client udp4
		send client $CLIENT_V4 5400 hello
	END
	audit -a --pid "$server_pid"
	says "^udp +[0-9]+ .*WRONG: .*\(attached, and left alone as a client's\)$"
}

@test "attached for another network namespace" {
	start_static 0.0.0.0
	attach_elsewhere
	is_wrong 'attached for another network namespace'
	says_not 'to cure'
	detach
	# To a group above, it leaves this one to a second attach.
	mkdir "$cgroup/below"
	enter_cgroup "$cgroup/below"
	start_static 0.0.0.0
	attach_elsewhere
	is_wrong
	says "^1 to cure: bindrightctl attach $server_pid$"
	attach_to "$server_pid"
	is_cured
}

# attach_elsewhere: to the server's group, by a process of the client host that is in it, too.
attach_elsewhere() {
	local elsewhere

	# shellcheck disable=SC2016 # The inner shell expands it.
	"${client_host[@]}" "${dying_with_us[@]}" sh -c 'echo $$ >"$0/cgroup.procs"; exec sleep 60' \
		"$cgroup" 3>&- &
	elsewhere=$!
	wait_until is_sleep "$elsewhere"
	attach_to "$elsewhere"
}

is_sleep() {
	[ "$(cat "/proc/$1/comm")" = sleep ]
}

@test "a process that is stopped gives no reply a source" {
	start_static 0.0.0.0
	attach
	is_cured
	kill -STOP "${attached[-1]}"
	# It takes about five seconds.
	wait_until client_is_wrong || wait_until client_is_wrong || fail 'still right'
	is_wrong 'attached by a process that is stopped'
	kill -CONT "${attached[-1]}"
	wait_until client_is_right || fail 'still wrong'
	is_cured
}

client_is_wrong() {
	ask_client "$PORT" "${V4[1]}" && grep -q '^wrong' answers
}

client_is_right() {
	ask_client "$PORT" "${V4[1]}" && grep -qx right answers
}

@test "listeners of both families on a port, and one that may share its port" {
	bare start_server puppet
	plays <<-END
		open six tcp6
		bind six :: 5301
		listen six
		open four tcp4
		bind four 0.0.0.0 5301 -> EADDRINUSE
	END
	attach
	audit --pid "$server_pid" 5301
	says '^tcp +5301 +IPv4\+IPv6 +puppet'
	# Bound before attach, it does not share.
	says 'a second bind, to 0.0.0.0:5301, fails with EADDRINUSE unless both'
	plays <<-END
		bind four 0.0.0.0 5301 -> EADDRINUSE
		open six2 tcp6
		bind six2 :: $PORT
		listen six2
	END
	audit --pid "$server_pid" "$PORT"
	says "^tcp +$PORT +IPv4\\+IPv6 +puppet"
	says "'tcp6 :::$PORT' takes IPv4, too, until a program of its user in an attached control group binds 0.0.0.0:$PORT, which works; .* There is nothing to do\.$"
	plays <<-END
		open four2 tcp4
		bind four2 0.0.0.0 $PORT
		listen four2
	END
	comes_in_at four2 tcp "${V4[1]}" six2
	comes_in_at six2 tcp "${V6[1]}" four2
	audit --pid "$server_pid" "$PORT"
	says "^tcp +$PORT +IPv4 +puppet"
	says "^tcp +$PORT +IPv6 +puppet"
	says "'tcp6 :::$PORT' takes IPv6 alone, and IPv4 has its own"
}

@test "UDP sockets of both families on a port" {
	bare start_server puppet
	attach
	plays <<-END
		open six udp6
		bind six :: $PORT
		open four udp4
		bind four 0.0.0.0 $PORT
	END
	comes_in_at four udp "${V4[1]}" six
	comes_in_at six udp "${V6[1]}" four
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says "^udp +$PORT +IPv4 +puppet.*cured by bindright, in the kernel$"
	says "^udp +$PORT +IPv6 +puppet.*cured by bindright, in the kernel$"
}

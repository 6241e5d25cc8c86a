#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Filters with other actions than killing: the library treats all of them as a refusal, except one
# that only logs. A server that may neither receive nor send ends as bare.

load lab
load filtered

# holds_under ACTION
holds_under() {
	local time

	is_cured_if_filtered -a "$1"
	is_cured_if_filtered -a "$1" -t first -b SYS_seccomp
	is_cured_if_filtered -a "$1" -n write
	for time in bound first early; do
		answered_as_bare echo_filtered -a "$1" -t "$time" -n recvmsg 0.0.0.0 "$PORT"
		answered_as_bare echo_filtered -a "$1" -t "$time" -n sendmsg 0.0.0.0 "$PORT"
	done
	answered_as_bare echo_filtered -a "$1" -t early 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -a "$1" 0.0.0.0 "$PORT"
	is_unharmed echo_filtered -a "$1" -t early -p write 0.0.0.0 "$PORT"
	ends_as_bare "$servers/echo_filtered" -a "$1" -n recvfrom -n recvmsg 0.0.0.0 "$PORT"
	ends_as_bare "$servers/echo_filtered" -a "$1" -n sendto -n sendmsg 0.0.0.0 "$PORT"
}

@test "SECCOMP_RET_KILL_PROCESS" {
	holds_under kill_process
}

@test "SECCOMP_RET_KILL_THREAD" {
	holds_under kill_thread
}

@test "SECCOMP_RET_TRAP" {
	holds_under trap
}

@test "SECCOMP_RET_ERRNO" {
	holds_under eperm
	holds_under eacces
}

@test "SECCOMP_RET_TRACE" {
	holds_under trace
}

@test "SECCOMP_RET_USER_NOTIF" {
	holds_under user_notif
}

@test "SECCOMP_RET_LOG permits" {
	is_cured_if_filtered -a log
	is_cured_if_filtered -a log -n recvmsg
	is_cured_if_filtered -a log -n sendmsg -t early
}

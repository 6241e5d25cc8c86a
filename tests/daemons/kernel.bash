# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of daemons that no preload reaches, or that the kernel back end is to cure
# for another reason. Each runs bare all the time: it is asked, then attached to without a restart,
# asked again, detached from and asked once more.
#
# A daemon's file is like those of daemons.bash, and its test calls
#
#	is_cured_by_kernel V4 V6	bare it answers from wrong addresses, while attached from right
#					ones, and after detach from wrong ones again

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"
# shellcheck source=tests/live/kernel.bash
. "$live_dir/kernel.bash"

setup() {
	cgroup='' attached=()
	need_kernel
	set_up_daemon || return
	open_cgroup
}

teardown() {
	local status=0

	detach_all
	tear_down_daemon || status=$?
	close_cgroup
	return "$status"
}

is_cured_by_kernel() {
	families=("$@")
	unset seen audit_said
	declare -gA seen audit_said
	start_daemon bare || fail "the daemon is not ready"
	ask_families bare
	attach_to "$cgroup"
	ask_families attached
	detach
	ask_families detached
	stop_daemon
	exceptions_are_needed
	judge_all bare '^(wrong|fails)$'
	judge_all attached '^right$'
	judge_all detached '^(wrong|fails)$'
	note_row kernel "$BATS_TEST_DESCRIPTION" "$(version)" "$(list_calls)" \
		"${seen["bare V4"]--}" "${seen["bare V6"]--}" \
		"${seen["attached V4"]--}" "${seen["attached V6"]--}" "$remark"
}

# ask_families WHEN: sets seen["WHEN V4"] and so on, and compares them with what audit says.
ask_families() {
	local family verdict

	for family in "${families[@]}"; do
		ask_family "$1" "$family"
		seen["$1 $family"]=$verdict
	done
	audit_port udp
	cp audit audit.before
	for family in "${families[@]}"; do
		audit_agrees "$1" "$family"
	done
}

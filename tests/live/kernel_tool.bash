# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # The tests use what is set here.
#
# Functions for tests of attach and detach themselves, without a lab. Loaded after lab.bash and
# kernel.bash.

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# The tests are of the tool: they need a control group, and no lab.
setup() {
	enter_test_directory || return
	cgroup='' attached=() prefix=() children=()
	need_kernel
	open_cgroup
}

teardown() {
	local pid

	detach_all
	"$bindrightctl" detach "$cgroup" >/dev/null 2>&1 || true
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	close_cgroup
}

# attach_briefly COMMAND...: COMMAND is to end by itself, or to print that it is attached. Its results
# are in status, output and stderr.
attach_briefly() {
	run_apart timeout -s INT "$LIMIT_S" "$@"
}

nothing_is_attached() {
	"$bindrightctl" detach "$cgroup" | grep -q '^nothing is attached' ||
		fail "something is attached"
}

# refuses REGEX COMMAND...: one line on standard error matches, and nothing is attached.
refuses() {
	local regex=$1

	shift
	printf 'under test: %.300s\n' "$*"
	attach_briefly "$@"
	[ "$status" -eq 2 ] || fail "status $status: $output$stderr"
	[ -z "$output" ] || fail "it prints: $output"
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "not one line: $stderr"
	[[ $stderr =~ ^bindrightctl:\ $regex$ ]] || fail "it says: $stderr"
	nothing_is_attached
}

# accepts COMMAND...: it attaches in the background, without a word on standard error but that the group
# is empty.
accepts() {
	printf 'under test: %.300s\n' "$*"
	attach_briefly "$@"
	[[ $status -eq 0 && (-z $stderr || $stderr == *': no process is in '*' yet: '*) ]] ||
		fail "status $status: $stderr"
	[ "$output" = "attached to ${at:-$cgroup}" ] || fail "it says: $output"
	"$bindrightctl" detach "$cgroup" | grep -q '^detached' || fail "it was not attached"
}

# start_child COMMAND...: in the test's control group; sets child.
start_child() {
	"${prefix[@]}" "$@" >child.out 2>&1 3>&- &
	child=$!
	children+=("$child")
	wait_until is_in_cgroup "$child"
}

is_in_cgroup() {
	grep -q "/${cgroup##*/}" "/proc/$1/cgroup" && ! grep -q '^sh' "/proc/$1/comm"
}

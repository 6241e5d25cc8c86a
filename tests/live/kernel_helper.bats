#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What bindrightctl attach says, its helper's life, and what is left when that ends.

# shellcheck disable=SC2034 # start_helper uses from.

load lab
load kernel
load kernel_tool

@test "attach twice; detach twice" {
	local pid

	"$bindrightctl" attach --detach --json "$cgroup" >json
	pid=$(grep -o '"pid": *[0-9]*' json | grep -o '[0-9]*$')
	for how in '' --detach; do
		attach_briefly "$bindrightctl" attach ${how:+"$how"} "$cgroup"
		[ "$status" -eq 2 ]
		[ "$stderr" = "bindrightctl: already attached to '$cgroup', by process $pid" ]
	done
	[ "$("$bindrightctl" detach "$cgroup")" = "detached from $cgroup" ]
	! grep '^State:.*[RSDT] (' "/proc/$pid/status" || fail "its helper has not ended"
	[ "$("$bindrightctl" detach "$cgroup")" = "nothing is attached to $cgroup" ]
}

@test "its helper is killed: another may attach" {
	from=()
	start_helper "$cgroup"
	kill_helper
	nothing_is_attached
	start_helper "$cgroup"
	detach
}

@test "its control group is removed" {
	mkdir "$cgroup/below"
	from=()
	start_helper "$cgroup/below"
	rmdir "$cgroup/below"
	wait_until helper_is_over || fail "it does not end"
	attached=()
}

@test "its control group is removed, and another one made with its path, before it looks" {
	mkdir "$cgroup/below"
	from=()
	start_helper "$cgroup/below"
	kill -STOP "${attached[0]}"
	rmdir "$cgroup/below"
	mkdir "$cgroup/below"
	kill -CONT "${attached[0]}"
	wait_until helper_is_over || fail "it does not end"
	attached=()
}

@test "a group of its own is removed with those that the process has made below it" {
	start_child sleep 60
	attach_briefly "$bindrightctl" attach --detach --move "$child"
	[ "$status" -eq 0 ]
	mkdir -p "$cgroup/bindright-$child/one/two"
	kill "$child"
	wait_until is_gone "$cgroup/bindright-$child" || fail "it is still there"
}

is_gone() {
	[ ! -e "$1" ]
}

helper_is_over() {
	! kill -0 "${attached[0]}"
}

@test "what a helper leaves that is killed, the next one removes" {
	local first

	start_child sleep 60
	first=$child
	from=()
	start_helper --move "$first"
	[ -d "$cgroup/bindright-$first" ]
	kill_helper
	kill "$first"
	wait "$first" || true
	[ -d "$cgroup/bindright-$first" ]
	start_child sleep 60
	start_helper --move "$child"
	[ ! -d "$cgroup/bindright-$first" ]
	[ -d "$cgroup/bindright-$child" ]
	kill "$child"
	wait_until helper_is_over || fail "it does not end with its process"
	[ ! -d "$cgroup/bindright-$child" ]
	attached=()
}

@test "output that cannot be written: not attached" {
	local how error

	for how in attach 'attach --detach' 'attach --json' 'attach --detach --json'; do
		# shellcheck disable=SC2086
		error=$(timeout "$LIMIT_S" "$bindrightctl" $how "$cgroup" 2>&1 >/dev/full) && status=0 || status=$?
		[ "$status" -eq 2 ]
		[ "$error" = "bindrightctl: cannot write to standard output: No space left on device" ]
		nothing_is_attached
	done
}

# What the tool opens must not be in the place of a standard descriptor: it would be written to, or
# closed.
@test "closed standard descriptors" {
	local closed attach=(timeout -s INT "$LIMIT_S" "$bindrightctl" attach)

	"${attach[@]}" --detach "$cgroup" <&- >out
	grep -qx "attached to $cgroup" out
	"$bindrightctl" detach "$cgroup"
	"${attach[@]}" --detach "$cgroup" 2>&- >out
	grep -qx "attached to $cgroup" out
	"$bindrightctl" detach "$cgroup"
	for closed in '>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
		for how in '' --detach; do
			status=0
			eval '"${attach[@]}"' $how '"$cgroup"' "$closed" 2>err || status=$?
			[ "$status" -eq 2 ] || fail "$how $closed: status $status"
			nothing_is_attached
		done
		[[ $closed == *'2>&-' ]] ||
			grep -qx 'bindrightctl: cannot write to standard output: Bad file descriptor' err
	done
	"${attach[@]}" --detach -q "$cgroup" <&- >&- 2>&- && status=0 || status=$?
	echo "quiet: status $status"
	if [ "$status" -eq 0 ]; then
		"$bindrightctl" detach "$cgroup" | grep -q '^detached' || fail "it was not attached"
	fi
}

@test "detach without the right to see who has attached" {
	attach
	run_apart "${nobody[@]}" "$bindrightctl" detach "$cgroup"
	[ "$status" -eq 2 ]
	# Which one it names first, if another test's runs, too, is chance.
	[[ $stderr =~ ^bindrightctl:\ no\ right\ to\ see\ what\ process\ [0-9]+\ has\ attached$ ]] || fail "$stderr"
}

@test "the warnings of attach" {
	local from=()

	attach_briefly "$bindrightctl" attach --detach "$cgroup"
	[ "$stderr" = "bindrightctl: warning: no process is in '$cgroup' yet: only those of this network namespace will be cured" ]
	"$bindrightctl" detach "$cgroup"
	start_child sleep 100
	start_child unshare -n sleep 100
	attach_briefly "$bindrightctl" attach --detach "${children[0]}"
	[ "${stderr_lines[0]}" = "bindrightctl: warning: process ${children[0]} shares its control group '$cgroup' with 1 others, which are cured, too" ]
	[ "${stderr_lines[1]}" = "bindrightctl: warning: 1 of the 2 processes are in other network namespaces, and are not cured" ]
	[ ${#stderr_lines[@]} -eq 2 ]
	"$bindrightctl" detach "$cgroup"
}

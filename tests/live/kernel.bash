# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests of the kernel back end. Loaded after lab.bash. Each test has a cgroup of its
# own, in which its servers start; `attach` cures what is in it, without a restart, and `detach`
# ends that. The servers run without the library.

bindrightctl=$abs_top_builddir/shim/ctl/bindrightctl

setup() {
	cgroup='' attached=()
	need_kernel
	set_up_lab || return
	open_cgroup
}

teardown() {
	local status=0

	detach_all
	tear_down_lab || status=$?
	close_cgroup
	return "$status"
}

# ---- What the tests need ------------------------------------------------------------------------

need_kernel() {
	[ -x "$bindrightctl" ] || fail "no bindrightctl at $bindrightctl: run make first"
	[ "$(id -u)" -eq 0 ] || skip "not root: may not load eBPF programs"
	run_apart "$bindrightctl" attach --help
	[[ $output$stderr != *'built without'* ]] || skip "bindrightctl has no kernel back end"
}

# need_compiler COMMAND PACKAGE
need_compiler() {
	command -v "$1" >/dev/null || skip "$1 is not installed (Debian: $2)"
}

# ---- The cgroup ---------------------------------------------------------------------------------

# open_cgroup: makes a cgroup below the one that this process is in. New servers start in it.
open_cgroup() {
	local mount own

	mount=$(awk '$0 ~ / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	[ -n "$mount" ] || skip "cgroup2 is not mounted"
	own=$(sed -n 's/^0:://p' /proc/self/cgroup)
	cgroup=${mount}${own%/}/bindright-test-$$-$BATS_TEST_NUMBER
	mkdir "$cgroup" || skip "no cgroup can be made here"
	enter_cgroup "$cgroup"
}

# enter_cgroup DIRECTORY: servers that start from now on are in this cgroup.
enter_cgroup() {
	# shellcheck disable=SC2016,SC2034 # The inner shell expands it; lab.bash uses prefix.
	prefix=(sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$1")
}

close_cgroup() {
	[ -d "$cgroup" ] || return 0
	echo 1 2>/dev/null >"$cgroup/cgroup.kill" || true
	wait_until remove_cgroup || fail "$cgroup cannot be removed"
}

remove_cgroup() {
	find "$cgroup" -depth -type d -exec rmdir {} +
}

# ---- Attach and detach --------------------------------------------------------------------------

# attach [SETTING...]: attaches to the test's cgroup, on the server host.
attach() {
	attach_to "$cgroup" "$@"
}

# with_kernel COMMAND...: attaches and then runs COMMAND, as with_library in the other tests.
with_kernel() {
	detach_all
	attach
	"$@"
}

# attach_to TARGET [SETTING...]: the same for any unit, process or cgroup.
attach_to() {
	local from=("${server_host[@]}")

	start_helper "$@"
}

# attach_from_outside TARGET [SETTING...]: the same, run in the test's own network namespace.
attach_from_outside() {
	local from=()

	start_helper "$@"
}

# start_helper: runs bindrightctl attach, and returns when it is attached. "attached" has the process
# IDs of those that run; what the first one says is in attach.0.out and attach.0.err, and so on.
start_helper() {
	local number=${#attached[@]}

	launch_helper "$number" "$@"
	wait_until helper_has_spoken "$number" || fail "attach says nothing"
	[ -s "attach.$number.out" ] || not_attached "$number"
}

launch_helper() {
	local number=$1

	shift
	rm -f "attach.$number".*
	{
		[ -z "${server_in-}" ] || exec {server_in}>&-
		exec "${from[@]}" "${dying_with_us[@]}" "$bindrightctl" attach "$@"
	} >"attach.$number.out" 2>"attach.$number.err" 3>&- &
	attached[number]=$!
}

helper_has_spoken() {
	[ -s "attach.$1.out" ] || ! kill -0 "${attached[$1]}"
}

# not_attached NUMBER: skips the test where the kernel is too old or does not permit it.
not_attached() {
	! grep -qE 'no right to load|need Linux|need bpf|Operation not permitted' "attach.$1.err" ||
		skip "$(cat "attach.$1.err")"
	fail "not attached: $(cat "attach.$1.err")"
}

# detach: ends the last attach that runs, and checks that it ends well.
detach() {
	local number=$((${#attached[@]} - 1)) status=0

	kill "${attached[number]}"
	wait "${attached[number]}" || status=$?
	unset "attached[number]"
	[ "$status" -eq 0 ] ||
		fail "attach ended with status $status: $(cat "attach.$number.err")"
}

# kill_helper: ends it as a crash would.
kill_helper() {
	local number=$((${#attached[@]} - 1))

	kill -KILL "${attached[number]}"
	wait "${attached[number]}" 2>/dev/null || true
	unset "attached[number]"
}

detach_all() {
	while [ ${#attached[@]} -gt 0 ]; do
		kill_helper
	done
}

# ---- Verdicts -----------------------------------------------------------------------------------

# More options for ask in cured_while_attached.
clients=()

# cured_while_attached V4|V6 COMMAND...: the server that COMMAND starts shows the reply fault at
# these addresses, is cured by attach without a restart, and shows the fault again after detach.
cured_while_attached() {
	local -n asked_at=$1

	shift
	"$@"
	ask_client "${clients[@]}" "$PORT" "${asked_at[@]}"
	some_wrong
	cp answers bare.answers
	attach
	# Twice, for the first datagram of a peer and a later one.
	ask_client "${clients[@]}" -r 2 "$PORT" "${asked_at[@]}"
	every_line_is right
	detach
	ask_client "${clients[@]}" "$PORT" "${asked_at[@]}"
	same_text bare.answers answers
}

# ---- With puppet.bash ---------------------------------------------------------------------------

# enter_outside_client: gives the puppet a child "client" on the client host and outside the cgroup.
enter_outside_client() {
	local children pid

	enter_client
	read -ra children <"/proc/$server_pid/task/$server_pid/children" || true
	for pid in "${children[@]}"; do
		echo "$pid" >"${cgroup%/*}/cgroup.procs"
	done
}

# answered_from ADDRESS TEXT: the puppet's client hears this answer.
answered_from() {
	plays <<-END
		in client hear c -> $2
		in client from c -> $1
	END
}

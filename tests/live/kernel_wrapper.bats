#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindright --kernel: the command runs in a control group of its own, cured by the kernel.

load lab
load kernel

readonly sources=$abs_top_srcdir/tests/servers
readonly wrapper=$abs_top_builddir/scripts/bindright

# with_wrapper [OPTION]... -- COMMAND...: starts a server by the wrapper.
with_wrapper() {
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	prefix+=("$wrapper" --kernel "${options[@]}" --)
	start_server "$@"
}

own_group() {
	echo "$cgroup/bindright-$server_pid"
}

no_own_group() {
	[ -z "$(find "$cgroup" -name 'bindright-[0-9]*')" ]
}

# helpers [PID]: the processes that have attached to the group of the server, or of this one.
helpers() {
	local file

	for file in /proc/[0-9]*/cmdline; do
		tr '\0' ' ' 2>/dev/null <"$file" | grep -q "bindrightctl attach .*--move ${1:-$server_pid} " &&
			basename "$(dirname "$file")"
	done
	:
}

no_helper() {
	[ -z "$(helpers "$1")" ]
}

cured() {
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
}

@test "a static program is cured, and all goes when it ends" {
	local pid

	"${CC:-cc}" -static -w -D_GNU_SOURCE -o echo "$sources"/{echo_recvfrom,common,option}.c 2>cc.err ||
		skip "no static programs here: $(tail -n 1 cc.err)"
	launch_server ./echo 0.0.0.0 "$PORT"
	wait_until server_is_ready
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	prefix+=("$wrapper" --kernel)
	launch_server ./echo 0.0.0.0 "$PORT"
	wait_until server_is_ready
	[ -d "$(own_group)" ]
	[ "$(helpers | wc -l)" -eq 1 ]
	cured
	pid=$server_pid
	stop_server
	wait_until no_own_group
	wait_until no_helper "$pid"
}

@test "the command is the wrapper's process, without the library, and the helper is not its child" {
	with_wrapper -- echo_recvfrom 0.0.0.0 "$PORT"
	[ "$(readlink "/proc/$server_pid/exe")" = "$servers/echo_recvfrom" ]
	grep -q libbindright "/proc/$server_pid/maps" && fail "it has the library"
	[ -z "$(cat "/proc/$server_pid/task/$server_pid/children")" ]
	grep -qx "0::.*/bindright-$server_pid" "/proc/$server_pid/cgroup"
}

@test "the helper has none of the command's descriptors" {
	exec {extra}<"$BATS_TEST_FILENAME"
	with_wrapper -- echo_recvfrom 0.0.0.0 "$PORT"
	exec {extra}<&-
	wait_until [ "$(helpers | wc -l)" -eq 1 ]
	[ -z "$(find "/proc/$(helpers)/fd" -lname "$BATS_TEST_FILENAME")" ]
	[ "$(readlink "/proc/$(helpers)/fd/1" "/proc/$(helpers)/fd/2" | sort -u)" = /dev/null ]
	cured
}

@test "the helper that is killed takes the cure along, and the next start its group" {
	local left

	with_wrapper -- echo_recvfrom 0.0.0.0 "$PORT"
	cured
	kill -KILL "$(helpers)"
	wait_until no_helper
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	left=$(own_group)
	stop_server
	[ -d "$left" ]
	prefix=("${prefix[@]:0:4}")
	with_wrapper -- echo_recvfrom 0.0.0.0 "$PORT"
	[ "$(find "$cgroup" -name 'bindright-[0-9]*')" = "$(own_group)" ]
}

@test "settings of options, files and the environment arrive" {
	printf 'BINDRIGHT_REPLY=on\n' >settings
	BINDRIGHT_EXPIRY=77 with_wrapper -c settings --v6only=off "--reply=on,udp/$PORT=off" -- \
		echo_recvfrom 0.0.0.0 "$PORT"
	tr '\0' '\n' <"/proc/$(helpers)/cmdline" >arguments
	grep -qx "BINDRIGHT_REPLY=on,udp/$PORT=off" arguments
	grep -qx BINDRIGHT_V6ONLY=off arguments
	grep -qx BINDRIGHT_EXPIRY=77 arguments
	ask_client "$PORT" "${V4[@]}"
	some_wrong
}

@test "BINDRIGHT=off attaches nothing" {
	BINDRIGHT=off with_wrapper -- echo_recvfrom 0.0.0.0 "$PORT"
	no_own_group
	no_helper "$server_pid"
}

# refused TEXT COMMAND...: the wrapper writes lines that end so, and starts nothing.
refused() {
	local text=$1

	shift
	run_apart "${prefix[@]}" "$wrapper" --kernel "$@" touch started
	[ "$status" -eq 125 ]
	[[ $stderr == *"$text"* ]] || fail "$stderr"
	[ ! -e started ]
	no_own_group
}

@test "what the kernel cannot do is refused, and the command not started" {
	refused "bindright: option '--kernel': BINDRIGHT_V6ONLY: the kernel back end cannot do 'force' (allowed: auto, off)" --v6only=force
	refused "cannot do 'interface' (allowed: on, off)" --reply=interface
	prefix+=(setpriv '--bounding-set=-bpf,-sys_admin')
	refused 'nothing is attached'
	[[ $stderr == *'CAP_BPF is missing'* ]]
}

@test "a caller that ignores SIGCHLD gets the same" {
	# A shell would not hand it on.
	prefix+=(env --ignore-signal=CHLD "$abs_top_builddir/shim/ctl/bindright-exec" "$library" "$PWD"
		"$bindrightctl" --kernel)
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	cured
	grep -q '^SigIgn:.*[1-9a-f]....$' "/proc/$server_pid/status"
}

@test "--print starts nothing" {
	run_apart "${prefix[@]}" "$wrapper" --kernel --print touch started
	[ "$status" -eq 0 ]
	[[ $output == *'acts: yes, by the kernel' ]]
	[[ $output == *'BINDRIGHT_V6ONLY: auto (default)'* ]]
	[ ! -e started ]
	no_own_group
}

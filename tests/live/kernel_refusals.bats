#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What attach and detach refuse, each in one line, with nothing left attached; and what they must not
# be confused by.

# shellcheck disable=SC2016 # What stands in single quotes is for other shells and perl.
# shellcheck disable=SC2034 # start_helper uses from.

load lab
load kernel
load kernel_tool

# ---- Rights -------------------------------------------------------------------------------------

# with_capabilities NAME...: a command before the one that runs as nobody with these.
with_capabilities() {
	local list

	list=$(printf ',+%s' "$@")
	nobody_with=("${nobody[@]}" "--inh-caps=${list:1}" "--ambient-caps=${list:1}")
	"${nobody_with[@]}" true 2>/dev/null || skip "setpriv cannot give $*"
}

@test "the rights that are missing are named" {
	local no='no right to load eBPF programs: ' all='root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN'

	refuses "${no}CAP_BPF is missing \(allowed: $all\)" "${nobody[@]}" "$bindrightctl" attach "$cgroup"
	with_capabilities bpf net_admin
	refuses "${no}CAP_PERFMON is missing .*" "${nobody_with[@]}" "$bindrightctl" attach "$cgroup"
	with_capabilities bpf perfmon
	refuses "${no}CAP_NET_ADMIN is missing .*" "${nobody_with[@]}" "$bindrightctl" attach "$cgroup"
}

@test "these three capabilities are enough, for another user's process too" {
	with_capabilities bpf perfmon net_admin
	accepts "${nobody_with[@]}" "$bindrightctl" attach --detach "$cgroup"
	refuses 'cannot make the control group .*: Permission denied' \
		"${nobody_with[@]}" "$bindrightctl" attach --move $$
	start_child sleep 60
	attach_briefly "${nobody_with[@]}" "$bindrightctl" attach --detach "$child"
	[ "$status" -eq 0 ]
	[[ $stderr == *"warning: no right to see the network namespace of process $child:"* ]]
}

@test "a user namespace" {
	unshare -r true 2>/dev/null || skip "no user namespaces"
	refuses 'no right to load eBPF programs in a user namespace \(allowed: outside it\)' \
		unshare -r "$bindrightctl" attach "$cgroup"
}

@test "a filter of system calls that refuses bpf(2)" {
	local filtered=("$servers/filtered" -A -n bpf)

	refuses 'replies: the kernel refuses to load eBPF programs: Operation not permitted' \
		"${filtered[@]}" -a eperm "$bindrightctl" attach "$cgroup"
	refuses 'replies need bpf\(2\), which this kernel lacks' \
		"${filtered[@]}" -a enosys "$bindrightctl" attach "$cgroup"
}

# is_older_than VERSION: the kernel that runs.
is_older_than() {
	[ "$(printf '%s\n' "$(uname -r)" "$1" | sort -V | head -n 1)" != "$1" ]
}

@test "an old kernel" {
	if is_older_than 5.14; then
		refuses 'replies need Linux 5\.14 or newer, and this is .*' \
			"$bindrightctl" attach "$cgroup"
		return
	fi
	need setarch
	refuses 'replies need Linux 5\.14 or newer, and this is 2\.6\..*' setarch --uname-2.6 \
		"$servers/filtered" -A -n bpf -a einval "$bindrightctl" attach "$cgroup"
	refuses 'listeners \(BINDRIGHT_V6ONLY=auto\) need Linux 6\.1 or newer, and this is 2\.6\..*' \
		setarch --uname-2.6 "$servers/filtered" -A -n bpf -a einval \
		"$bindrightctl" attach "$cgroup" BINDRIGHT_REPLY=off
}

# attach_traced OPTION...: attaches under strace, whose list of calls is in the file calls, and detaches.
attach_traced() {
	rm -f calls traced.out
	strace -I 1 -e trace=bpf -o calls "$@" "$bindrightctl" attach "$cgroup" >traced.out 2>traced.err &
	children+=("$!")
	wait_until test -s traced.out || fail "not attached: $(cat traced.err)"
	"$bindrightctl" detach "$cgroup" | grep -q '^detached' || fail "it was not attached"
}

# The kernel refuses the second program that is loaded, the listeners', as kernels before 6.1 do.
@test "a kernel that is too old for listeners alone: auto is an order if it is set, a wish if it is not" {
	local when old line='listeners (BINDRIGHT_V6ONLY=auto) need Linux 6.1 or newer, and this is 2.6.'

	! is_older_than 5.14 || skip "this kernel is too old for replies"
	need setarch strace
	attach_traced
	when=$(grep -n BPF_PROG_LOAD calls | sed -n '2s/:.*//p')
	old=(-e "inject=bpf:error=EINVAL:when=$when" setarch --uname-2.6)
	refuses 'listeners .BINDRIGHT_V6ONLY=auto. need Linux 6\.1 or newer, and this is 2\.6\..*' \
		strace -I 1 -e trace=bpf -o calls "${old[@]}" "$bindrightctl" attach "$cgroup" BINDRIGHT_V6ONLY=auto
	start_child sleep 60
	attach_traced "${old[@]}"
	[[ $(wc -l <traced.err) -eq 1 && $(cat traced.err) == "bindrightctl: warning: $line"* ]] ||
		fail "it says: $(cat traced.err)"
}

@test "a hook that is held by a program that does not share it" {
	mkdir "$cgroup/below"
	coproc "$servers/hold_hook" "$cgroup"
	children+=("$COPROC_PID")
	read -r -t "$LIMIT_S" <&"${COPROC[0]}"
	for group in "$cgroup" "$cgroup/below"; do
		refuses 'the hook cgroup/sendmsg4 is held by a program that does not share it, here or .*' \
			"$bindrightctl" attach "$group"
	done
}

@test "few descriptors" {
	local count

	for count in 7 12 17; do
		refuses '.*: Too many open files' \
			bash -c "ulimit -n $count && exec \"\$@\"" - "$bindrightctl" attach "$cgroup"
		refuses '.*: Too many open files' \
			bash -c "ulimit -n $count && exec \"\$@\"" - "$bindrightctl" attach --detach "$cgroup"
	done
}

# ---- Where cgroup2 is ---------------------------------------------------------------------------

# Before SCRIPT COMMAND...: runs COMMAND in a mount namespace in which no cgroup2 is mounted but by
# SCRIPT.
elsewhere=(unshare -m sh -ec 'awk "\$0 ~ / - cgroup2 / { print \$5 }" /proc/self/mountinfo | sort -r |
		xargs -n 1 umount -l
	eval "$0"
	exec "$@"')

@test "no cgroup2" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	refuses 'no cgroup2 file system is mounted .*' "${elsewhere[@]}" : "$bindrightctl" attach $$
	refuses 'no cgroup2 file system is mounted .*' "${elsewhere[@]}" : "$bindrightctl" attach --move $$
	refuses 'no cgroup2 file system is mounted .*' "${elsewhere[@]}" : "$bindrightctl" attach /none
}

@test "cgroup2 at /sys/fs/cgroup, and beside version 1" {
	local own

	unshare -m true 2>/dev/null || skip "no mount namespaces"
	start_child sleep 60
	own=$(sed -n 's/^0:://p' "/proc/$child/cgroup")
	at=/sys/fs/cgroup$own accepts "${elsewhere[@]}" 'mount -t cgroup2 none /sys/fs/cgroup' \
		"$bindrightctl" attach --detach "$child"
	at=/sys/fs/cgroup/unified$own accepts "${elsewhere[@]}" \
		'mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified' \
		"$bindrightctl" attach --detach "$own"
}

# ---- What to attach to --------------------------------------------------------------------------

@test "what is no control group" {
	local attach=("$bindrightctl" attach)

	refuses '.*CGROUP missing; .*' "${attach[@]}"
	[ -d /run/systemd/system ] || for unit in nosuch.service a . 1x ''; do
		refuses "'$unit': systemd does not run here \(allowed: PID, or the path of a control group\)" \
			"${attach[@]}" "$unit"
	done
	refuses 'no process can have the number 0' "${attach[@]}" 0
	refuses 'no process can have the number 99999999' "${attach[@]}" 99999999
	refuses "'/tmp' is not the directory of a cgroup2 control group" "${attach[@]}" /tmp
	refuses "'/etc/passwd' is not the directory of a cgroup2 control group" "${attach[@]}" /etc/passwd
	refuses "'$cgroup/cgroup.procs' is not the directory .*" "${attach[@]}" "$cgroup/cgroup.procs"
	refuses "'.*/no-such': No such file or directory" "${attach[@]}" /no-such
	refuses "'no/such': No such file or directory" "${attach[@]}" no/such
	refuses "'.*/a\?b\?\[1m': No such file or directory" "${attach[@]}" "$(printf '/a\nb\033[1m')"
	refuses ".*: File name too long" "${attach[@]}" "/$(head -c 5000 /dev/zero | tr '\0' a)"
	refuses ".*: File name too long" "${attach[@]}" "/$(head -c 9000 /dev/zero | tr '\0' /)"
}

@test "paths to the same control group" {
	local below=${cgroup##*/}

	accepts "$bindrightctl" attach --detach "$cgroup/"
	accepts "$bindrightctl" attach --detach "$cgroup/../$below"
	ln -s "$cgroup" link
	accepts "$bindrightctl" attach --detach ./link
}

@test "processes that have ended" {
	local pid

	true &
	pid=$!
	wait "$pid"
	refuses "there is no process $pid" "$bindrightctl" attach "$pid"
	refuses "there is no process $pid" "$bindrightctl" attach --move "$pid"
	refuses "there is no process $pid" "$bindrightctl" detach "$pid"
	# It has ended, and its parent does not notice.
	start_child perl -e '$| = 1; if ($child = fork) { print "$child\n"; sleep 60 }'
	wait_until grep -q . child.out
	pid=$(cat child.out)
	wait_until is_zombie "$pid"
	refuses "there is no process $pid" "$bindrightctl" attach "$pid"
	refuses "there is no process $pid" "$bindrightctl" attach --move "$pid"
	[ -z "$(find "$cgroup/.." -name "bindright-$pid")" ] || fail "a control group is left"
}

is_zombie() {
	grep -q '^State:.*Z' "/proc/$1/status"
}

@test "--move needs a process, and moves it once" {
	refuses "option '--move': '$cgroup' is no process \(allowed: PID\)" \
		"$bindrightctl" attach --move "$cgroup"
	start_child sleep 60
	attach_briefly "$bindrightctl" attach --detach --move "$child"
	[ "$status" -eq 0 ]
	attach_briefly "$bindrightctl" attach --detach --move "$child"
	[ "$status" -eq 2 ]
	[[ $stderr == "bindrightctl: process $child has a control group of its own already: "* ]]
	"$bindrightctl" detach "$child"
}

# ---- Settings -----------------------------------------------------------------------------------

@test "settings that the kernel cannot do" {
	local setting no='the kernel back end cannot do'

	for setting in REPLY=interface REPLY=off,udp/53=interface; do
		refuses "BINDRIGHT_REPLY: $no 'interface' \(allowed: on, off\)" \
			"$bindrightctl" attach "$cgroup" "BINDRIGHT_$setting"
	done
	for setting in force default dual; do
		refuses "BINDRIGHT_V6ONLY: $no '$setting' \(allowed: auto, off\)" \
			"$bindrightctl" attach "$cgroup" "BINDRIGHT_V6ONLY=$setting"
		refuses "BINDRIGHT_V6ONLY: $no '$setting' \(allowed: auto, off\)" \
			"$bindrightctl" attach "$cgroup" "BINDRIGHT_V6ONLY=off,tcp/80=$setting"
	done
	refuses "BINDRIGHT_CHILDREN: $no 'off' \(allowed: on\)" \
		"$bindrightctl" attach "$cgroup" BINDRIGHT_CHILDREN=off
	for setting in ONLY SKIP; do
		refuses "BINDRIGHT_$setting: the kernel back end knows control groups, not programs .*" \
			"$bindrightctl" attach "$cgroup" "BINDRIGHT_$setting=name"
	done
	refuses "BINDRIGHT: 'off' leaves the kernel back end nothing to do" \
		"$bindrightctl" attach "$cgroup" BINDRIGHT=off
	refuses "BINDRIGHT_REPLY and BINDRIGHT_V6ONLY: 'off' for both leaves .* nothing to do" \
		"$bindrightctl" attach "$cgroup" BINDRIGHT_REPLY=off BINDRIGHT_V6ONLY=off
	refuses "'$cgroup' is not a setting .*" "$bindrightctl" attach "$cgroup" "$cgroup"
	for setting in REPLY=off V6ONLY=off V6ONLY=off,tcp/80=auto FOLLOW=off PEERS=16 EXPIRY=1 \
		CHILDREN=on LOG=error; do
		accepts "$bindrightctl" attach --detach "$cgroup" "BINDRIGHT_$setting"
	done
}

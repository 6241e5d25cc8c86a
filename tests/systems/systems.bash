# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of service managers, on top of the lab of the live tests: the server host
# is a whole system, which systemd-nspawn boots with its own init. Each test boots one anew, from a
# root that scripts/lib/systems.sh has made, with a file system in memory over it, and installs the
# tree there. What the test sees is asked by the client host, over the lab's cable.
#
# A test file sets root, the name of the root, and may set programs, those of tests/servers that it
# needs in the system's /usr/local/bin, and nspawn_options, for what systemd-nspawn forbids else.
#
# Everything of a system is in one process ID namespace, mount namespace and control group, which end
# with the test that made them, even if that is killed.

systems_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Services take longer to start than the servers of the live tests.
LIMIT_S=${LIMIT_S:-20}
# shellcheck source=tests/live/lab.bash
. "$systems_dir/../live/lab.bash"
# shellcheck source=scripts/lib/systems.sh
. "$abs_top_srcdir/scripts/lib/systems.sh"

# Set by the test's file.
root=
programs=
nspawn_options=

setup_file() {
	[ "$(id -u)" -eq 0 ] || skip_file "only root can boot a system"
	export stage=$BATS_RUN_TMPDIR/stage-${BATS_TEST_FILENAME##*/}
	[ "$(id -u)" -ne 0 ] || stage_tree
}

setup() {
	enter_test_directory || return
	preload=
	server_pid=
	server_holder='' client_holder=''
	boot_pid='' leader='' control_groups=()
	skip_if_file_is
	need systemd-nspawn
	need pgrep
	root_is_made "$root" ||
		skip "no root at $(root_directory "$root"): run scripts/test --systems"
	[ -e "$stage/usr/local/lib/libbindright.so" ] ||
		skip "the tree is configured for another place than /usr/local/lib"
	boot
	open_lab
	install_tree
}

teardown() {
	close_lab
	end_system
}

# ---- The tree, installed ------------------------------------------------------------------------

# stage_tree: installs the tree below $stage. make install notes the directories that it makes, for
# make uninstall; here it notes nothing.
stage_tree() {
	flock "$abs_top_builddir/Makefile" env -u MAKEFLAGS -u MAKELEVEL \
		make -C "$abs_top_builddir" made_directories=/dev/null DESTDIR="$stage" install \
		>"$BATS_RUN_TMPDIR/install.log" 2>&1 || {
		cat "$BATS_RUN_TMPDIR/install.log"
		return 1
	}
}

# install_tree: copies it into the system, with the programs of tests/servers.
install_tree() {
	local program

	tar -C "$stage" -cf - . | on_system tar -C / --no-overwrite-dir -xf -
	on_system ldconfig
	for program in $programs; do
		put "/usr/local/bin/$program" <"$servers/$program"
		on_system chmod 755 "/usr/local/bin/$program"
	done
}

# ---- The system ---------------------------------------------------------------------------------

# boot: boots the root, or skips the test if systemd-nspawn is not permitted to.
boot() {
	make_control_groups
	nspawn_options=$nspawn_options "${dying_with_us[@]}" "$systems_dir/boot" "$(root_directory "$root")" "bindright-$$" \
		"${control_groups[@]}" >boot.log 2>&1 3>&- </dev/null &
	boot_pid=$!
	wait_until leader_runs_or_boot_ended || fail "the system does not boot"
	[ -n "$leader" ] || skip "cannot boot a system here: $(tail -n 1 boot.log)"
	wait_until is_ready || fail "the system does not become ready"
}

# The leader is the system's own process 1: the child of systemd-nspawn, whose parent is a shell.
leader_runs_or_boot_ended() {
	local pid=$boot_pid generation

	[ "$(jobs -pr)" != "" ] || return 0
	for generation in shell systemd-nspawn leader; do
		pid=$(pgrep -P "$pid") || return 1
	done
	[[ $(cat "/proc/$pid/comm") =~ ^(systemd|init)$ ]] && leader=$pid
}

is_ready() {
	case $root in
	systemd) on_system systemctl is-system-running | grep -qxE 'running|degraded' ;;
	openrc) [ "$(on_system rc-status --runlevel)" = default ] && services_have_started ;;
	esac
}

# Without --wait, OpenRC answers while it starts services.
services_have_started() {
	! on_system rc-status default | grep -qE '\[ +(starting|stopped) +\]'
}

end_system() {
	[ -n "$boot_pid" ] || return 0
	kill -KILL "$boot_pid" 2>/dev/null || true
	wait "$boot_pid" 2>/dev/null || true
	wait_until remove_control_groups
}

# systemd keeps its groups in cgroup2, or in a version 1 hierarchy called systemd, or in both. A
# group here is below the one that this process is in.
make_control_groups() {
	local controllers path mount group

	# Each is named after the test's process. A test that was killed has left its group, empty.
	while IFS=: read -r _ controllers path; do
		case $controllers in
		'') mount=$(findmnt -n -o TARGET -t cgroup2 | head -n 1) ;;
		name=systemd) mount=$(findmnt -n -o TARGET -t cgroup -O name=systemd | head -n 1) ;;
		*) continue ;;
		esac
		remove_stale_groups "$mount${path%/}"
		group=$mount${path%/}/bindright-$$
		mkdir "$group" 2>/dev/null || skip "cannot make a control group: $group"
		control_groups+=("$group")
	done </proc/self/cgroup
	[ ${#control_groups[@]} -gt 0 ] || skip "no control groups"
}

# remove_stale_groups DIRECTORY
remove_stale_groups() {
	local group

	for group in "$1"/bindright-*; do
		[[ $group =~ /bindright-[0-9]+$ ]] || continue
		[ ! -d "$group" ] || [ -d "/proc/${group##*-}" ] ||
			find "$group" -depth -type d -exec rmdir {} + || true
	done
}

remove_control_groups() {
	local group

	for group in "${control_groups[@]}"; do
		[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + || return
	done
}

# on_system COMMAND...: runs it in the system, as its administrator would.
on_system() {
	nsenter -t "$leader" -a env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		LANG=C.UTF-8 HOME=/root "$@"
}

# put FILE: writes standard input into this file of the system.
put() {
	# shellcheck disable=SC2016 # for the inner shell to expand
	on_system sh -c 'mkdir -p "$(dirname "$1")" && cat >"$1"' sh "$1"
}

# open_lab: joins the system to the client host.
open_lab() {
	server_host=(nsenter -t "$leader" -n)
	hold_namespace client_holder unshare -n
	client_host=(nsenter -t "$client_holder" -n)
	lay_cable
}

# ---- Services -----------------------------------------------------------------------------------

# What nsd and snmpd are asked, as ask's -x takes it: the address of demo.example, of which this nsd
# knows nothing but answers so; GetNext of 1.3.6.1.2.1, community "public".
readonly DNS_QUESTION=0001010000010000000000000464656d6f076578616d706c650000010001
readonly SNMP_QUESTION=302602010104067075626c6963a1190204000000010201000201003\
00b300906052b060102010500

# answers ARGUMENT...: somebody answers what ask asks. A bound socket is not enough, because nsd binds
# before its workers are there.
answers() {
	ask_client -t 200 "$@"
	every_line_matches '^(wrong|right)'
}

# shows_fault ARGUMENT...: some answers come from a wrong address. is_cured: none. The arguments are
# ask's.
shows_fault() {
	wait_until answers "$@" || fail "nobody answers: ask $*"
	ask_client "$@"
	some_wrong
}

is_cured() {
	wait_until answers "$@" || fail "nobody answers: ask $*"
	# Twice, for the first datagram of a peer and a later one.
	ask_client -r 2 "$@"
	every_line_is right
}

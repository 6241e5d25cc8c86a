#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The library's own system calls fail, and each of the program's calls has the result of libc alone.
# faults.c compares; its bare run is the expected output, so it shows no fault. Each call fails alone,
# with one error. FAULTS=all (scripts/test --faults) goes on to every error of calls.c, to all later
# calls of its kind, and to all later calls; it takes four minutes.

load ../live/lab

# The scenes of scenes_udp.c by family, and those of scenes_other.c.
readonly UDP=(recvfrom recvmsg batch connect follow options)
# Calls that the scenes make themselves.
readonly OWN='recvfrom|sendto|bind|write'

setup() {
	set_up_lab
	server_ip addr add fd00::1/128 dev lo nodad
	server_ip addr add fd00::2/128 dev lo nodad
	if ! faults -n 1 recvfrom 4 >/dev/null && grep -q 'cannot install the filter' faults.err; then
		skip "no seccomp_unotify(2), or socket calls are made by socketcall(2)"
	fi
}

# faults ARGUMENT...: what the scene is, and the settings.
faults() {
	local how=()

	[ "${FAULTS-}" = all ] || how=(-q)
	# The counters of a build for coverage have a start of their own.
	! has_counters || how+=(-S)
	[ -z "${FAULTS_ROWS-}" ] || how+=(-o "$FAULTS_ROWS")
	"${server_host[@]}" "${dying_with_us[@]}" "$abs_top_builddir/tests/faults/faults" "${how[@]}" "$@" \
		2>faults.err 3>&- || {
		tail -n 3 faults.err
		return 1
	}
}

# Not where the root is no mount point, as in a chroot: what is mounted then could reach others.
has_own_mounts() {
	unshare -m true 2>/dev/null
}

@test "UDP servers, IPv4" {
	local scene

	for scene in "${UDP[@]}"; do
		faults "$scene" 4
	done
}

@test "UDP servers, IPv6" {
	local scene

	for scene in "${UDP[@]}"; do
		faults "$scene" 6
	done
}

@test "UDP servers, dual-stack" {
	local scene

	for scene in "${UDP[@]}"; do
		faults -e BINDRIGHT_V6ONLY=off "$scene" dual
	done
}

@test "listeners by each keyword, in both orders" {
	local keyword order

	for keyword in force default auto dual off; do
		for order in 64 46; do
			faults -e BINDRIGHT_V6ONLY="$keyword" tcp "$order"
			faults -e BINDRIGHT_V6ONLY="$keyword" udp "$order"
		done
	done
}

@test "fork, exec, dup, descriptors in messages, accept" {
	local scene

	for scene in fork exec dup accept; do
		faults "$scene"
	done
}

@test "a program that installs a filter, or loads a module with RTLD_DEEPBIND" {
	faults filter early
	faults filter late
	faults dlopen
}

@test "while the library logs: to a file, a full disk, syslog, a pipe" {
	local sink

	for sink in :"$PWD/log" :/dev/full :syslog :stderr; do
		faults -e BINDRIGHT_LOG=debug"$sink" recvfrom 4
		faults -e BINDRIGHT_LOG=debug"$sink" connect 6
	done
	[ -s log ] || fail "nothing was logged"
	"${server_host[@]}" "$abs_top_builddir/tests/faults/faults" -q -e BINDRIGHT_LOG=debug recvfrom 4 2>&1 |
		grep '^recvfrom 4: .* 0 differ'
}

@test "a server that changes its root and its user, with /proc, without it, and where its files are refused" {
	local proc

	has_own_mounts || skip "no mount namespaces here"
	for proc in with-proc without-proc refused-proc; do
		faults -e BINDRIGHT_V6ONLY=auto chroot "$proc"
	done
}

@test "a server that allows itself no new descriptor, and no memory, before it receives" {
	local resource

	for resource in descriptors memory; do
		faults limits "$resource"
		faults -e BINDRIGHT_LOG=debug:"$PWD/log" limits "$resource"
	done
}

@test "two threads on the smallest stacks: the calls of one fail, the other serves meanwhile" {
	faults threads
	faults -e BINDRIGHT_LOG=debug:"$PWD/log" threads
}

# The file system is mounted in the scene's process alone.
@test "while the library logs to a file system without space, or without inodes" {
	local surroundings scene

	has_own_mounts || skip "no mount namespaces here"
	for surroundings in full-disk no-inodes; do
		for scene in "recvfrom 4" "batch 6" "tcp 64" fork exec; do
			# shellcheck disable=SC2086 # a scene and its argument
			faults -s "$surroundings" -e BINDRIGHT_V6ONLY=auto -e BINDRIGHT_LOG=debug:/mnt/log $scene
			grep 'cannot write /mnt/log: No space left on device' faults.err
		done
	done
}

@test "a log file that reaches RLIMIT_FSIZE" {
	truncate -s 1M log
	faults -s small-file-size -e BINDRIGHT_LOG=debug:"$PWD/log" recvfrom 4
	grep "cannot write $PWD/log: File too large" faults.err
}

@test "as another user, with /proc mounted and unreadable, or hidden" {
	local surroundings scene

	has_own_mounts || skip "no mount namespaces here"
	"${server_host[@]}" setpriv --reuid 65534 --clear-groups sh -c \
		"test -r '$library' && test -x '$abs_top_builddir/tests/faults/scene'" ||
		skip "the user 65534 cannot read the library"
	for surroundings in unreadable-proc hidden-proc; do
		for scene in "recvfrom 4" "batch 6" "tcp 64" fork exec; do
			# shellcheck disable=SC2086 # a scene and its argument
			faults -e BINDRIGHT_V6ONLY=auto -s "$surroundings" $scene
		done
	done
}

@test "in poor surroundings" {
	local surroundings scene
	local -a mounted=()

	! has_own_mounts || mounted=(no-proc no-dev)
	for surroundings in as-small as-smaller no-descriptors no-processes small-stack no-locked-memory \
		small-file-size "${mounted[@]}" closed-0-1-2; do
		for scene in "recvfrom 4" "batch 6" "tcp 64" fork exec ${FAULTS:+"recvfrom 6" "connect 4" dup}; do
			# shellcheck disable=SC2086 # a scene and its argument
			faults -e BINDRIGHT_V6ONLY=auto -s "$surroundings" $scene
		done
	done
}

# With a filter from before exec that kills, the program could be killed at the library's start: that
# cannot be seen in advance (bindright(7), SANDBOXES).
@test "filters that refuse one call, from before exec, or kill for one, installed by the program" {
	local call scene

	need_no_counters # which need these calls

	for call in $("$servers/echo_filtered" -L | grep -vxE "$OWN"); do
		for scene in "recvfrom 4" "tcp 46" ${FAULTS:+"connect 6" "batch 6"}; do
			# shellcheck disable=SC2086
			faults -e BINDRIGHT_V6ONLY=auto -f "$call" $scene
			# shellcheck disable=SC2086
			faults -e BINDRIGHT_V6ONLY=auto -k "$call" $scene
		done
	done
}

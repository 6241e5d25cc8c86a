# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Trees for bindrightctl's --root, with units and a service that is a copy of cat(1).

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$here/bats.bash"
: "${abs_top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
ctl=$abs_top_builddir/shim/ctl/bindrightctl
library=${BINDRIGHT_LIB:-$abs_top_builddir/shim/.libs/libbindright.so}
in_root=/usr/lib/libbindright.so
drop_in=root/etc/systemd/system/srv.service.d/bindright.conf
as=()

unset LD_PRELOAD "${!BINDRIGHT@}"

setup() {
	enter_test_directory || return
	[ -x "$ctl" ] || skip "no bindrightctl at $ctl: run make first"
	umask 022
	mkdir -p root/usr/lib/systemd/system root/usr/sbin root/home root/tmp
	cp "$library" root$in_root
	cp "$library" root/tmp
	cp /bin/cat root/usr/sbin/srv
}

# unit NAME LINE...: writes a unit, with [Service] as its first section; its third line is the first
# LINE.
unit() {
	local name=$1

	shift
	printf '%s\n' '[Unit]' '[Service]' "$@" >"root/usr/lib/systemd/system/$name"
}

# drop NAME LINE...: writes a drop-in of srv.service.
drop() {
	local name=$1

	shift
	mkdir -p "${drop_in%/*}"
	printf '%s\n' '[Service]' "$@" >"${drop_in%/*}/$name"
}

run_ctl() {
	run_apart "${as[@]}" "$ctl" "$@"
}

# enable ARGUMENT..., disable ARGUMENT...: succeeds, without a warning.
enable() {
	run_ctl enable --root root --library $in_root "$@"
	if [ "$status" -ne 0 ] || [ -n "$stderr" ]; then
		fail "enable $*"
	fi
}

disable() {
	run_ctl disable --root root "$@"
	if [ "$status" -ne 0 ] || [ -n "$stderr" ]; then
		fail "disable $*"
	fi
}

# refuses PATTERN ARGUMENT...: enable fails with this one line, and changes nothing.
refuses() {
	local pattern=$1

	shift
	find root -printf '%p %s %m %T@\n' | LC_ALL=C sort >tree.before
	run_ctl enable --root root --library $in_root "$@"
	# shellcheck disable=SC2053 # a pattern
	if [ "$status" -ne 2 ] || [ -n "$output" ] || [ "${#stderr_lines[@]}" -ne 1 ] ||
		[[ $stderr != "bindrightctl: "$pattern ]]; then
		fail "not refused with: $pattern"
	fi
	find root -printf '%p %s %m %T@\n' | LC_ALL=C sort | diff -u tree.before -
}

# says LINE...: these lines were printed; each is a pattern.
says() {
	local line lines

	mapfile -t lines <<<"$output"
	[ ${#lines[@]} -eq $# ] || fail "not $# lines"
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2053
		[[ $line == $1 ]] || fail "not: $1"
		shift
	done
}

# has LINE...: the drop-in ends in these lines.
has() {
	printf '%s\n' "$@" >expected
	tail -n $# "$drop_in" | diff -u expected -
}

# share_with_another_user: lets another user reach the test's files.
share_with_another_user() {
	local directory=$BATS_TEST_TMPDIR

	while [[ $directory == "$BATS_RUN_TMPDIR"* ]]; do
		chmod a+rx "$directory"
		directory=${directory%/*}
	done
	setpriv --reuid 54321 --clear-groups test -x "$ctl" -a -x "$BATS_TEST_TMPDIR" ||
		skip 'another user cannot reach the tree'
}

# need_lib: the loader knows $LIB, and its C library is there, or the test is skipped.
need_lib() {
	LD_PRELOAD='/usr/$LIB/libc.so.6' cat </dev/null 2>loader.err
	[ ! -s loader.err ] || skip 'the C library is not in /usr/$LIB'
}

# fail TEXT: ends the test, and shows what was printed.
fail() {
	printf '%s\n' "$1" "status $status" "--- output:" "$output" "--- errors:" "$stderr"
	return 1
}

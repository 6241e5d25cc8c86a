# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of the wrapper `bindright`, which need no network. If a test needs other
# paths than those of the build tree (a missing library, a directory of services), it makes its own
# wrapper from the template. WRAPPER_SHELL names another shell to run the wrapper's script, as if in
# its first line.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$here/bats.bash"
: "${abs_top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
wrapper=$abs_top_builddir/scripts/bindright
template=$abs_top_srcdir/scripts/bindright.in
library=$abs_top_builddir/shim/.libs/libbindright.so
program=$abs_top_builddir/shim/ctl/bindright-exec
bindrightctl=$abs_top_builddir/shim/ctl/bindrightctl

unset LD_PRELOAD "${!BINDRIGHT@}"

setup() {
	enter_test_directory || return
	[ -x "$wrapper" ] || skip "no wrapper at $wrapper: run make first"
	# The wrapper refuses settings files that others can write.
	umask 022
	if [ -n "${WRAPPER_SHELL-}" ]; then
		sed "1s|.*|#!$WRAPPER_SHELL|" "$wrapper" >"$BATS_RUN_TMPDIR/bindright"
		chmod +x "$BATS_RUN_TMPDIR/bindright"
		wrapper=$BATS_RUN_TMPDIR/bindright
	fi
}

# make_wrapper: makes ./bindright with services in ./etc/bindright, and with another library,
# program or bindrightctl if these variables are set.
make_wrapper() {
	mkdir -p etc/bindright
	sed -e "1s|.*|#!${WRAPPER_SHELL:-/bin/sh}|" -e "s|@LIBRARY@|$library|" \
		-e "s|@PROGRAM@|$program|" -e "s|@BINDRIGHTCTL@|$bindrightctl|" -e "s|@sysconfdir@|$PWD/etc|" "$template" >bindright
	chmod +x bindright
	wrapper=$PWD/bindright
}

# script FILE LINE...: makes an executable shell script.
script() {
	local file=$1

	shift
	printf '%s\n' '#!/bin/sh' "$@" >"$file"
	chmod +x "$file"
}

# bindright ARGUMENT...: runs the wrapper.
bindright() {
	run_apart "$wrapper" "$@"
}

# need_another_user: skips the test unless it can run the wrapper, and reach its files, as_other_user.
need_another_user() {
	local directory=$BATS_TEST_TMPDIR

	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	while [[ $directory == "$BATS_RUN_TMPDIR"* ]]; do
		chmod a+rx "$directory"
		directory=${directory%/*}
	done
	"${as_other_user[@]}" test -x "$program" -a -x "$BATS_TEST_TMPDIR" ||
		skip 'another user cannot reach the tree'
}

as_other_user=(setpriv --reuid 54321 --clear-groups)

# gives OUTPUT: the command ran and printed this, and nothing else was printed.
gives() {
	if [ "$status" -ne 0 ] || [ "$output" != "$1" ] || [ "$stderr" != "" ]; then
		show_run
	fi
}

# refused STATUS PATTERN: one line from bindright, no output, and the status.
refused() {
	# shellcheck disable=SC2053 # A pattern it is meant to be.
	if [ "$status" -ne "$1" ] || [ "$output" != "" ] || [ "${#stderr_lines[@]}" -ne 1 ] ||
		[[ $stderr != bindright:\ $2 ]]; then
		show_run
	fi
}

show_run() {
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$status" "$output" "$stderr"
	return 1
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of bindrightctl check, which need no network.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$here/bats.bash"
: "${abs_top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
servers=$abs_top_builddir/tests/servers
library=${BINDRIGHT_LIB:-$abs_top_builddir/shim/.libs/libbindright.so}
tool=$abs_top_builddir/shim/ctl/bindrightctl
as_nobody=(setpriv --reuid nobody --regid nogroup --clear-groups)
# The time limit of each step of a test.
readonly LIMIT_S=${LIMIT_S:-5}

unset LD_PRELOAD "${!BINDRIGHT@}"

setup() {
	enter_test_directory || return
	started=()
	[ -x "$tool" ] || skip "no program at $tool: run make first"
	umask 022
}

teardown() {
	local pid

	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# ctl ARGUMENT...: runs bindrightctl. The lines of its output are in the array lines.
ctl() {
	run_apart "$tool" "$@"
	lines=()
	[ -z "$output" ] || mapfile -t lines <<<"$output"
}

# ctl_as_nobody ARGUMENT...: the same as another user, after let_others_in.
ctl_as_nobody() {
	local tool_of_root=$tool tool=$BATS_TEST_TMPDIR/as_nobody

	printf '#!/bin/sh\nexec %s %s "$@"\n' "${as_nobody[*]}" "$tool_of_root" >"$tool"
	chmod +x "$tool"
	ctl "$@"
}

# says STATUS PATTERN...: the whole output, a pattern a line.
says() {
	local expected=$1 number

	shift
	[ "$status" -eq "$expected" ] && [ "${#lines[@]}" -eq $# ] && [ "$stderr" = "" ] || show_run
	for ((number = 0; number < ${#lines[@]}; number++)); do
		# shellcheck disable=SC2053 # It is a pattern.
		[[ ${lines[number]} == $1 ]] || show_run
		shift
	done
}

# begins STATUS PATTERN: the first line of the output.
begins() {
	# shellcheck disable=SC2053 # It is a pattern.
	[ "$status" -eq "$1" ] && [ "$stderr" = "" ] && [[ ${lines[0]-} == $2 ]] || show_run
}

show_run() {
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$status" "$output" "$stderr"
	return 1
}

fail() {
	echo "$1"
	return 1
}

# compile FILE COMPILER...: compiles a program that waits.
compile() {
	local file=$1

	shift
	printf '%s\n' '#include <unistd.h>' 'int main(void)' '{' '	return pause();' '}' >wait.c
	"$@" wait.c -o "$file" 2>/dev/null || skip "there is no $*"
}

# run_with LD_PRELOAD COMMAND...: runs it in the background until the test ends, and waits until it
# runs the program that its last argument names. Sets pid.
run_with() {
	local preload=$1

	shift
	env ${preload:+LD_PRELOAD="$preload"} setpriv --pdeathsig KILL "$@" >/dev/null \
		2>loader.err 3>&- &
	pid=$!
	started+=("$pid")
	wait_until waits_in "$pid" "${!#}" || fail "$* does not run: $(cat loader.err)"
}

# waits_in PID FILE: it runs this file, and is through with its loader: it waits in pause(2).
waits_in() {
	[[ $(readlink "/proc/$1/exe") == */"${2##*/}" ]] && [[ $(cat "/proc/$1/stat") == *') S '* ]]
}

# is_loaded PID, is_not_loaded PID: whether the library is in the process, by the kernel.
is_loaded() {
	grep -q '/libbindright\.so' "/proc/$1/maps" || fail "the library is not in $1"
}

is_not_loaded() {
	! grep -q '/libbindright\.so' "/proc/$1/maps" || fail "the library is in $1"
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can do this'
}

# let_others_in: another user can reach the test's directory and the tool, or the test is skipped.
let_others_in() {
	local directory=$BATS_TEST_TMPDIR

	while [[ $directory == "$BATS_RUN_TMPDIR"* ]]; do
		chmod a+rx "$directory"
		directory=${directory%/*}
	done
	"${as_nobody[@]}" test -x "$tool" -a -r "$library" -a -x "$BATS_TEST_TMPDIR" ||
		skip 'another user cannot reach the tree'
}

# copy_with_libraries FILE DIRECTORY: copies a program, its loader and libraries to a new root.
copy_with_libraries() {
	local file

	cp "$1" "$2"
	for file in $(ldd "$1" | grep -o '/[^ ]*'); do
		mkdir -p "$2/${file%/*}"
		cp "$file" "$2/$file"
	done
}

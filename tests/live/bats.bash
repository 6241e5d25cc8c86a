# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Replacements for functions of newer bats versions: the tests also run with Debian 11's (1.2).

# enter_test_directory: changes to a directory for this test, which bats removes at its end.
enter_test_directory() {
	: "${BATS_TEST_TMPDIR:=$BATS_RUN_TMPDIR/test/${BATS_TEST_FILENAME##*/}/$BATS_TEST_NUMBER}"
	mkdir -p "$BATS_TEST_TMPDIR" && cd "$BATS_TEST_TMPDIR"
}

# skip_file REASON: called in setup_file, skips all tests of the file.
skip_file() {
	export skipped_file=$1
}

# skip_if_file_is: called in setup, completes skip_file.
skip_if_file_is() {
	[ -z "${skipped_file-}" ] || skip "$skipped_file"
}

# The results of run_apart, for the test.
# shellcheck disable=SC2034
status=0 output='' stderr='' stderr_lines=()

# run_apart COMMAND...: does what run does, but keeps standard error separate.
run_apart() {
	status=0
	# shellcheck disable=SC2034
	output=$("$@" 2>"$BATS_TEST_TMPDIR.stderr") || status=$?
	# shellcheck disable=SC2034
	stderr=$(cat "$BATS_TEST_TMPDIR.stderr")
	mapfile -t stderr_lines <"$BATS_TEST_TMPDIR.stderr"
}

# wait_until COMMAND...: repeats it until it succeeds or LIMIT_S, by default 5, is over.
wait_until() {
	local end=$((SECONDS + ${LIMIT_S:-5} + 1))

	until "$@" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}

# need COMMAND: skips the test if the command is not installed.
need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# has_counters: the library is built to count what tests reach (tests/coverage). That takes instructions,
# system calls, memory, a file, and names of libc.
has_counters() {
	nm "$library" 2>/dev/null | grep __llvm_profile_begin >/dev/null
}

need_no_counters() {
	! has_counters || skip "built to count what tests reach"
}

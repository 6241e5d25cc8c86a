# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for what only newer versions of bats have, so that the tests run with Debian 11's (1.2), too.

# enter_test_directory: a directory of this test's own, which bats removes at the end of all.
enter_test_directory() {
	: "${BATS_TEST_TMPDIR:=$BATS_RUN_TMPDIR/test/${BATS_TEST_FILENAME##*/}/$BATS_TEST_NUMBER}"
	mkdir -p "$BATS_TEST_TMPDIR" && cd "$BATS_TEST_TMPDIR"
}

# skip_file REASON: in setup_file, all of the file's tests are skipped.
skip_file() {
	export skipped_file=$1
}

# skip_if_file_is: in setup, for skip_file.
skip_if_file_is() {
	[ -z "${skipped_file-}" ] || skip "$skipped_file"
}

# What run_apart finds; the test reads them.
# shellcheck disable=SC2034
status=0 output='' stderr='' stderr_lines=()

# run_apart COMMAND...: as run does it, and standard error is kept apart.
run_apart() {
	status=0
	# shellcheck disable=SC2034
	output=$("$@" 2>"$BATS_TEST_TMPDIR.stderr") || status=$?
	# shellcheck disable=SC2034
	stderr=$(cat "$BATS_TEST_TMPDIR.stderr")
	mapfile -t stderr_lines <"$BATS_TEST_TMPDIR.stderr"
}

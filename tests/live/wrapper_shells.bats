#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Repeats all tests of the wrapper with each shell that runs its script, and shows what fails.

# shellcheck source=tests/live/wrapper.bash
load wrapper

# passes_under SHELL [ARGUMENT]
passes_under() {
	local file files=() path=$PATH shell

	shell=$(type -P "$1") || skip "$1 is not installed"
	for file in "$abs_top_srcdir"/tests/live/wrapper_*.bats; do
		# These do not depend on the shell.
		case $file in
		*_shells.bats | *_install.bats | *_completion.bats) ;;
		*) files+=("$file") ;;
		esac
	done
	# The inner bats must not see the variables of the outer one, nor its path.
	while [[ $path == "$BATS_LIBEXEC":* ]]; do
		path=${path#"$BATS_LIBEXEC":}
	done
	run env -i PATH="$path" HOME="$HOME" TMPDIR="$BATS_TEST_TMPDIR" \
		abs_top_srcdir="$abs_top_srcdir" abs_top_builddir="$abs_top_builddir" \
		WRAPPER_SHELL="$shell${2:+ $2}" \
		timeout --kill-after=5 200 bats --tap "${files[@]}"
	printf '%s\n' "${lines[@]}" | grep -v '^ok ' || true
	[ "$status" -eq 0 ]
	[[ $output == *"ok 1 "* ]]
}

@test "dash" {
	passes_under dash
}

@test "bash" {
	passes_under bash
}

@test "busybox sh" {
	passes_under busybox sh
}

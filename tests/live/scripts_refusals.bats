#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The scripts for newcomers refuse what they do not know by one line, and have done nothing then.

load lab

# There are no hosts here.
setup() {
	enter_test_directory || return
}

teardown() {
	:
}

# refuses LINE SCRIPT ARGUMENT...: exit status 1, this line alone, and nothing on stdout.
refuses() {
	local line=$1 script=$2 status=0

	shift 2
	"$abs_top_srcdir/scripts/$script" "$@" >out 2>err || status=$?
	[ "$status" -eq 1 ] || fail "$script $*: exit status $status"
	[ "$(cat err)" = "$line" ] || fail "$script $*: $(cat err)"
	[ ! -s out ] || fail "$script $*: $(cat out)"
}

@test "scripts/demo takes no arguments" {
	refuses "demo: unknown argument '--help': none is taken" demo --help
}

@test "scripts/test: unknown options, and tests that are not there" {
	local allowed="(allowed: --daemons, then VARIABLE=VALUE for make)"

	refuses "test: unknown argument '--demons' $allowed" test --demons
	refuses "test: unknown argument '-k' $allowed" test --daemons -k
	refuses "test: TESTS: there is no test 'tests/live/nosuch.bats'" test \
		TESTS='tests/live/log.bats tests/live/nosuch.bats'
}

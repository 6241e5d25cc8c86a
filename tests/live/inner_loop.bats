#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What developers are told holds: make help names targets that there are, tests/README.md every
# directory of tests, and what is asked for in vain is refused in one line.

load lab

# These tests need no hosts. Make is to know nothing of the make that runs the tests.
setup() {
	enter_test_directory || return
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES RUNS
}

teardown() {
	:
}

in_build() {
	make -s -C "$abs_top_builddir" "$@"
}

# list_targets: what make help names, a line each.
list_targets() {
	# make says more where it has to make the Makefile first.
	in_build Makefile >/dev/null
	in_build help >lines || fail "make help: $?"
	sed -E 's/ +.*//; s/,$//' lines
	sed -n -E 's/^[a-z]+, ([a-z]+) .*/\1/p' lines
}

# refuses LINE COMMAND...: fails, with this as the first line of standard error.
refuses() {
	local line=$1

	shift
	! "$@" >out 2>err || fail "not refused: $*"
	[ "$(head -n 1 err)" = "$line" ] || fail "$*: $(cat err)"
}

@test "make help: each target is there, and each of ours is named" {
	local target

	list_targets | sort -u >named
	# All that make knows. Not by make -n, which runs whatever has $(MAKE) in it.
	in_build -p -q Makefile >known || true
	while read -r target; do
		grep -q "^$target:" known || fail "there is no target $target"
	done <named
	sed -n 's/^\.PHONY: //p' "$abs_top_srcdir"/Makefile.am "$abs_top_srcdir"/tests/local.mk \
		"$abs_top_srcdir"/tests/analysis/local.mk "$abs_top_srcdir"/tests/fuzz/local.mk "$abs_top_srcdir"/packaging/local.mk |
		tr ' ' '\n' | grep -vE '^(note|clean)-' | sort >ours
	[ -s ours ]
	[ -z "$(comm -23 ours named)" ] || fail "make help does not name: $(comm -23 ours named)"
}

@test "tests/README.md: every directory of tests is named" {
	local directory

	for directory in "$abs_top_srcdir"/tests/*/; do
		directory=$(basename "$directory")
		# shellcheck disable=SC2016 # What stands in single quotes is Markdown.
		grep -qF '`'"$directory/"'`' "$abs_top_srcdir/tests/README.md" || fail "tests/$directory"
	done
}

@test "make check-unit, make check-live: tests that are not there" {
	refuses 'check-unit: there is no test tests/unit/nosuch' in_build check-unit TESTS='tag nosuch'
	refuses 'check-live: there is no test tests/live/nosuch.bats' in_build check-live TESTS='log nosuch'
}

@test "RUNS: what is no percentage ends a test program" {
	local program=$abs_top_builddir/tests/fuzz/settings runs

	in_build tests/fuzz/settings >/dev/null
	for runs in '' 0 -1 x 10x 10001 99999999999999999999; do
		! RUNS=$runs "$program" >out 2>err || fail "RUNS='$runs' is taken"
		[ "$(cat out)" = "Bail out! RUNS='$runs' is not a percentage from 1 to 10000" ] ||
			fail "RUNS='$runs': $(cat out err)"
	done
	RUNS=1 "$program" >out
	grep -qxF 'ok 2 - 20000 changed seeds' out
}

# list_jobs FILE: the commands of a matrix, of the values that a list or a plain line gives to "run".
list_jobs() {
	python3 - "$1" <<-'END'
		import sys, yaml

		def values(node):
		    if isinstance(node, dict):
		        for value in node.values():
		            yield from values(value)
		    elif isinstance(node, list):
		        for value in node:
		            yield from values(value)
		    elif str(node).startswith("./.ci/"):
		        yield node

		print("\n".join(sorted(set(values(yaml.safe_load(open(sys.argv[1])))))))
	END
}

@test "continuous integration: both matrices have all jobs of .ci/job, and .ci/run" {
	local file jobs

	python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
	jobs=$(sed -n -E 's/^([a-z0-9-]+)\)$/.\/.ci\/job \1/p' "$abs_top_srcdir/.ci/job")
	[ -n "$jobs" ]
	for file in .github/workflows/ci.yml .gitlab-ci.yml; do
		diff <(printf '%s\n' "$jobs" ./.ci/run | sort) <(list_jobs "$abs_top_srcdir/$file" | sort) || fail "$file"
	done
	refuses "job: there is no job 'gc' (allowed: gcc, clang, musl, 32-bit, sanitizers, analysis)" "$abs_top_srcdir/.ci/job" gc
}

# As cmocka 1.1 says it; what failed and how a program ended stay what they are.
@test "a unit test that is skipped is no failed one" {
	local status=0

	sh "$abs_top_srcdir/tests/run-unit" sh -c '
		printf "not ok 1 # SKIP a_need_that_is_not_met\nnot ok 2 - a_claim\nok 3 - another\n"
		exit 1' >out || status=$?
	[ "$status" -eq 1 ]
	printf 'ok 1 # SKIP a_need_that_is_not_met\nnot ok 2 - a_claim\nok 3 - another\n' >expected
	same_text expected out
}

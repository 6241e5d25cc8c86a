#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The scripts refuse unknown arguments with one line, and do nothing else.

load lab

# These tests need no hosts.
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
	refuses "demo: unknown argument '--help': this script takes none" demo --help
}

@test "scripts/test: unknown options, and tests that do not exist" {
	local allowed="(allowed: --help, --all, --daemons, --systems, --differential, --faults, --machines, --analysis, --transparency, --coverage, --mutation, --enable-werror, --with-sanitizer=LIST, VARIABLE=VALUE)"

	refuses "test: unknown argument '--demons' $allowed" test --demons
	refuses "test: unknown argument '-k' $allowed" test --daemons -k
	refuses "test: TESTS: the test 'tests/live/nosuch.bats' does not exist" test \
		TESTS='tests/live/log.bats tests/live/nosuch.bats'
	refuses "test: unknown argument '--with-sanitizer=' $allowed" test --with-sanitizer=
	refuses "test: unknown argument '--enable-nosuch' $allowed" test CC=clang --enable-nosuch
	refuses "test: unknown machine 'linux-2.4' (allowed: $(sed '/^#/d; s/ .*//' \
		"$abs_top_srcdir/tests/machines/machines" | paste -sd , | sed 's/,/, /g'))" test --machines linux-2.4
	refuses "test: unknown argument '0' (allowed with --analysis: seconds for each fuzzer, 1 to 9999; STEPS=LIST, e.g. STEPS=address,tidy)" \
		test --analysis 0
	refuses "test: STEPS: there is no step 'lint' (allowed: format, shell, man, warnings, analyzer, tidy, cppcheck, fuzz, address, thread, valgrind)" \
		test --analysis STEPS='fuzz lint'
	refuses "test: unknown mutation 'nosuch' (allowed: $(cd "$abs_top_srcdir/tests/mutation" && echo *.txt | sed 's/\.txt//g'), or one that these name)" \
		test --mutation replies nosuch
	refuses "test: unknown argument '--faults' (--all takes none)" test --all --faults
	refuses "test: unknown argument '0' (allowed with --differential: how many sequences, 1 or more; VARIABLE=VALUE)" \
		test --differential 0
	refuses "test: unknown argument '10x' (allowed with --differential: how many sequences, 1 or more; VARIABLE=VALUE)" \
		test --differential 10x
	DIFFERENTIAL_SEED=x refuses "test: DIFFERENTIAL_SEED: 'x' is not a number" test --differential 10
	refuses "test: there is no suite 'nosuch' (there are: $(cd "$abs_top_srcdir/tests/transparency/suites" && echo *))" \
		test --transparency libuv nosuch
}

@test "scripts/test --help names each option that it allows" {
	local option

	"$abs_top_srcdir/scripts/test" --help >out
	for option in $("$abs_top_srcdir/scripts/test" --nosuch 2>&1 | grep -o -e '--[a-z]*[,)]' | tr -d ',)'); do
		grep -q -e "$option" out || fail "--help lacks $option"
	done
}

# make_tree ARGUMENT...: makes a tree with only these scripts, configured with these arguments.
make_tree() {
	mkdir -p tree/scripts bin
	cp -R "$abs_top_srcdir/scripts/test" "$abs_top_srcdir/scripts/lib" tree/scripts/
	cat >tree/configure.ac <<-'END'
		AC_INIT([tree], [1])
		AC_ARG_WITH([sanitizer])
		AC_OUTPUT
	END
	(cd tree && autoconf && ./configure "$@") >/dev/null
	# Prevents installing and building.
	printf '#!/bin/sh\nexit 1\n' | tee bin/dpkg-query >bin/make
	chmod +x bin/*
}

@test "scripts/test: a tree with another configuration" {
	local script=tree/scripts/test line="test: the tree is configured with *-m32*, not with 'CC=clang': run 'make distclean' first"

	need autoconf
	make_tree CC='gcc -m32' CFLAGS="-DA='b'"
	! PATH=$PWD/bin:$PATH "$script" CC=clang TESTS= >out 2>err || fail 'taken'
	# shellcheck disable=SC2053 # a pattern
	[[ $(cat err) == $line ]] || fail "$(cat err)"
	[ ! -s out ] || fail "$(cat out)"
	# The same arguments are accepted, and the build begins.
	! PATH=$PWD/bin:$PATH "$script" CC='gcc -m32' CFLAGS="-DA='b'" TESTS= >out 2>err || fail 'built'
	! grep -q configured err || fail "$(cat err)"
	grep -q '^test: make all' out || fail "$(cat out err)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The wrapper with the other parts of bindright: missing, failing, or called directly.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "no library" {
	library=$PWD/nothing.so make_wrapper
	bindright touch ran
	refused 125 "*library*$PWD/nothing.so*"
	[ ! -e ran ]
}

@test "a library path that LD_PRELOAD cannot hold" {
	local path

	for path in 'a b.so' 'a:b.so'; do
		: >"$path"
		library=$PWD/$path make_wrapper
		bindright touch ran
		refused 125 "*LD_PRELOAD*'$PWD/$path'"
	done
	[ ! -e ran ]
}

@test "a library that the loader cannot load" {
	echo 'no library' >text.so
	library=$PWD/text.so make_wrapper
	bindright touch ran
	refused 125 "not a library for this machine and word size: '$PWD/text.so'"
	# The file's header is enough.
	cp "$abs_top_builddir/shim/.libs/libbindright.so" other.so
	printf '\003' | dd of=other.so bs=1 seek=4 conv=notrunc status=none
	library=$PWD/other.so make_wrapper
	bindright touch ran
	refused 125 "not a library for this machine and word size: '$PWD/other.so'"
	mkdir directory.so
	library=$PWD/directory.so make_wrapper
	bindright touch ran
	refused 125 "the library is missing: '$PWD/directory.so'*"
	[ ! -e ran ]
}

@test "a library on a file system without execution" {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null || skip "cannot create a mount namespace"
	mkdir noexec
	library=$PWD/noexec/lib.so make_wrapper
	run_apart unshare -m bash -ec 'mount -t tmpfs -o noexec none noexec
		cp "$2" noexec/lib.so
		exec "$1" touch ran' - "$wrapper" "$abs_top_builddir/shim/.libs/libbindright.so"
	refused 125 "the library cannot be loaded: '$PWD/noexec/lib.so': Operation not permitted"
	[ ! -e ran ]
}

@test "no program" {
	program=$PWD/nothing make_wrapper
	bindright --v6only=off touch ran
	refused 125 "the program of the wrapper is missing: '$PWD/nothing'*"
	: >plain
	program=$PWD/plain make_wrapper
	bindright touch ran
	refused 125 "the program of the wrapper is missing*"
	[ ! -e ran ]
}

@test "the program alone names the command that calls it" {
	run_apart "$program"
	refused 125 "bindright-exec is a part of bindright(1), which calls it"
}

@test "shellcheck has nothing to say" {
	command -v shellcheck >/dev/null || skip 'shellcheck is not installed'
	shellcheck -s sh "$template"
}

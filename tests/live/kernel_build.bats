#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How configure and make treat the kernel back end: where clang, bpftool and libbpf are missing, a
# tarball is enough, and nothing takes away what it has.

load lab

setup() {
	enter_test_directory || return
	[ -f "$abs_top_srcdir/configure" ] || skip "no configure"
	[ -f "$abs_top_builddir/shim/kernel/replies.lskel.h" ] || [ -f "$abs_top_srcdir/shim/kernel/replies.lskel.h" ] ||
		skip "built without the kernel back end"
	copy_sources
	hide_tools
}

teardown() {
	:
}

# copy_sources: into the directory "tree", as in a tarball, but for the generated headers.
copy_sources() {
	mkdir tree
	(cd "$abs_top_srcdir" && tar -c --exclude=.git --exclude='*.o' --exclude='*.lo' --exclude=.libs \
		--exclude='*.lskel.h' --exclude=skel_internal.h --exclude=packages --exclude='*.tar.*' \
		--exclude=config.status --exclude=./Makefile --exclude=autom4te.cache .) |
		tar -x -C tree
	rm -f tree/config.log tree/libtool
	touch tree/aclocal.m4 && touch tree/configure tree/Makefile.in
}

give_headers() {
	local name

	for name in replies.lskel.h listeners.lskel.h skel_internal.h; do
		cp "$abs_top_builddir/shim/kernel/$name" tree/shim/kernel ||
			cp "$abs_top_srcdir/shim/kernel/$name" tree/shim/kernel
	done
}

# hide_tools: in the directory "bin" are all programs but clang and bpftool.
hide_tools() {
	local directory

	mkdir bin
	for directory in ${PATH//:/ }; do
		find "$directory" -maxdepth 1 ! -type d ! -name '*clang*' ! -name 'bpftool*' \
			-exec ln -s -t bin {} + 2>/dev/null || true
	done
}

# configures ARGUMENT...: without them. Its results are in status, output and stderr.
configures() {
	run_apart env -C tree PATH="$BATS_TEST_TMPDIR/bin" CONFIG_SITE=/dev/null ./configure "$@"
}

@test "without clang and bpftool, and without the generated headers" {
	configures --with-kernel=yes
	[ "$status" -ne 0 ]
	[ "$stderr" = 'configure: error: --with-kernel: missing: clang, bpftool or libbpf (Debian: clang bpftool libbpf-dev)' ]
	configures --with-kernel=maybe
	[ "$status" -ne 0 ]
	[ "$stderr" = "configure: error: --with-kernel: unknown keyword 'maybe' (allowed: auto, yes, no)" ]
	configures
	[ "$status" -eq 0 ]
	[[ $output$stderr == *'bindrightctl is built without the kernel back end, which needs clang, bpftool or libbpf'* ]]
	run_apart make -C tree warn-kernel
	[[ $stderr == *'warning: the tarball lacks what it takes to build the kernel back end'* ]]
}

@test "with the headers of a tarball: make clean leaves them, and dist has no warning" {
	give_headers
	configures --with-kernel=yes
	[ "$status" -eq 0 ]
	run_apart make -C tree warn-kernel
	[ -z "$stderr" ]
	PATH=$BATS_TEST_TMPDIR/bin make -C tree clean >/dev/null
	[ -f tree/shim/kernel/replies.lskel.h ]
	[ -f tree/shim/kernel/listeners.lskel.h ]
	[ -f tree/shim/kernel/skel_internal.h ]
}

@test "a bpftool that makes no light skeletons is as none" {
	printf '#!/bin/sh\necho "WARNING: bpftool not found for kernel" >&2\nexit 2\n' >bin/bpftool
	chmod +x bin/bpftool
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v clang || echo cc)" >bin/clang
	chmod +x bin/clang
	configures --with-kernel=yes
	[ "$status" -ne 0 ]
	[[ $stderr == 'configure: error: --with-kernel: missing: clang, bpftool or libbpf'* ]]
}

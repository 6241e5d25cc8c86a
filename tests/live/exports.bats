#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the library shows to the programs that load it: the calls on the list and nothing else, no
# library but libc, and tables that are read-only once it is loaded.

load lab

# No hosts are needed here.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	[ -f "$library" ] || fail "no library at $library: run make first"
}

teardown() {
	:
}

@test "exports: the listed calls and nothing else" {
	need nm
	nm -D --defined-only "$library" | awk '{ print $3 }' | LC_ALL=C sort >exported
	grep -vE '^(#|$)' "$abs_top_srcdir/shim/exports.list" | LC_ALL=C sort >listed
	[ -s listed ]
	same_text listed exported
}

@test "exports: libc is all that it needs" {
	need ldd
	ldd "$library" >needed
	grep -vE '(libc\.so|libc\.musl|ld-linux|ld-musl|linux-vdso|linux-gate)' needed >others || true
	[ ! -s others ] || fail "it needs more: $(cat others)"
}

@test "exports: bound at once and read-only after" {
	need readelf
	readelf -dlW "$library" >elf
	grep -qE 'BIND_NOW|FLAGS_1.*NOW' elf || fail "not linked with -z now"
	grep -q GNU_RELRO elf || fail "not linked with -z relro"
	! grep -E 'GNU_STACK.*E ' elf || fail "it wants an executable stack"
}

@test "exports: inside the library nothing calls them by their bare names" {
	need nm
	# A bare call would come back to the library's own definition, or go to another preload's.
	find "$abs_top_builddir"/shim/*/.libs -name '*.o' -exec nm -u {} + | awk 'NF == 2 { print $2 }' |
		LC_ALL=C sort -u >called
	[ -s called ] || skip "the library's objects are not here"
	grep -vE '^(#|$)' "$abs_top_srcdir/shim/exports.list" | LC_ALL=C sort >listed
	LC_ALL=C comm -12 listed called >bare
	[ ! -s bare ] || fail "called bare: $(cat bare)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the library exports: the calls on the list and nothing else. It needs no library but libc,
# and its tables are read-only once it is loaded.

load lab

# These tests need no hosts.
setup() {
	enter_test_directory || return
	[ -f "$library" ] || fail "no library at $library: run make first"
}

teardown() {
	:
}

# If there is none, no file has this name.
library_32=$abs_top_builddir/shim/time64/.libs/libbindright.so

# list LIBRARY: prints the expected exports. On 32-bit machines glibc has second names for some
# calls, and musl has another for one.
list() {
	local lists=("$abs_top_srcdir/shim/exports.list") musls=

	if readelf -h "$1" | grep -q ELF32; then
		if readelf -d "$1" | grep -qF '[libc.so.6]'; then
			lists+=("$abs_top_srcdir/shim/exports_time64.list")
		else
			musls=s/^recvmmsg$/__recvmmsg_time64/
		fi
	fi
	sed -E "/^(#|\$)/d; $musls" "${lists[@]}" | LC_ALL=C sort
}

exports_what_is_listed() {
	need readelf
	nm -D --defined-only "$1" | awk '{ print $3 }' | LC_ALL=C sort >exported
	list "$1" >listed
	[ -s listed ]
	same_text listed exported
}

@test "exports: the listed calls and nothing else" {
	need nm
	exports_what_is_listed "$library"
}

@test "exports: a 32-bit library" {
	need nm
	[ -f "$library_32" ] || skip "the compiler does not build for 32 bits and _TIME_BITS=64"
	exports_what_is_listed "$library_32"
}

@test "exports: the library needs only libc" {
	need ldd
	ldd "$library" >needed
	# Before glibc 2.34, parts of it were libraries of their own.
	grep -vE '(libc\.so|lib(dl|pthread)\.so|libc\.musl|ld-linux|ld-musl|linux-vdso|linux-gate)' needed >others || true
	[ ! -s others ] || fail "it needs more: $(cat others)"
}

@test "exports: bound at load time, read-only afterwards" {
	need readelf
	readelf -dlW "$library" >elf
	grep -qE 'BIND_NOW|FLAGS_1.*NOW' elf || fail "not linked with -z now"
	grep -q GNU_RELRO elf || fail "not linked with -z relro"
	! grep -E 'GNU_STACK.*E ' elf || fail "it needs an executable stack"
}

@test "exports: the library itself does not call them by their plain names" {
	need nm
	# A plain call would reach the library's own definition, or another preload's. shim/ctl is
	# left out: it is a program.
	find "$abs_top_builddir"/shim/*/.libs -name '*.o' ! -path '*/shim/ctl/*' -exec nm -u {} + | awk 'NF == 2 { print $2 }' |
		LC_ALL=C sort -u >called
	[ -s called ] || skip "the library's objects are missing"
	grep -hvE '^(#|$)' "$abs_top_srcdir"/shim/exports*.list | LC_ALL=C sort >listed
	LC_ALL=C comm -12 listed called >bare
	[ ! -s bare ] || fail "called bare: $(cat bare)"
}

# Another preload library before this one may define a call that goes to the kernel, with its own
# locks and results. This lists the libc names that the library uses directly; it uses all others by
# next_ or syscall number. It calls mmap and the like only for memory. clang makes bcmp of memcmp;
# musl has no inline htonl.
@test "exports: the library uses no plain libc name that other preload libraries define" {
	need_no_counters
	need nm
	cat >allowed <<-'END'
		__cxa_finalize __environ __errno_location __gmon_start__
		__progname __register_atfork __stack_chk_fail __tls_get_addr
		___environ ___tls_get_addr _environ _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable _init _fini
		bcmp dladdr dladdr1 dlerror dlsym environ fnmatch getauxval getpid gnu_get_libc_version
		htonl htons inet_ntop madvise memchr memcmp memcpy memmove memrchr memset mmap munmap ntohl ntohs pthread_atfork
		program_invocation_short_name pthread_key_create pthread_setcancelstate
		pthread_setspecific pthread_testcancel secure_getenv snprintf strchr strchrnul
		strcmp strcspn strlen strncmp strncpy strrchr strspn sysconf time vsnprintf
	END
	nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $2); print $2 }' |
		grep -vE '^__(asan|ubsan|tsan)_' | LC_ALL=C sort -u >used
	tr -s ' \t' '\n' <allowed | LC_ALL=C sort -u >names
	LC_ALL=C comm -13 names used >others
	[ ! -s others ] || fail "used by their plain names: $(cat others)"
}

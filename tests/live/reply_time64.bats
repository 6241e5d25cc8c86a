#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# 32-bit programs with a 64-bit time_t (_TIME_BITS=64) call glibc by other names: __recvmsg64,
# __recvmmsg64, __sendmsg64, __sendmmsg64, __setsockopt64, __getsockopt64, __fcntl_time64. Under
# these the library does the same as under the common ones, and calls the next definitions of these.

load lab
load flood
load inherited
load same_results

export library=$abs_top_builddir/shim/time64/.libs/libbindright.so
export same_results=time64/same_results

# Runs before the other files' setup, which needs these servers.
setup_file() {
	[ -x "$servers/$same_results" ] ||
		skip_file "the compiler does not build for 32 bits and _TIME_BITS=64 (Debian: gcc-multilib)"
	! servers_have_sanitizer || skip_file "the servers are built with a sanitizer"
}

# calls_by NAME SERVER: checks that the server calls this name; otherwise the test proves nothing.
calls_by() {
	nm -D --undefined-only "$servers/time64/$2" | grep -qE " $1(@|\$)" ||
		fail "$2 does not call $1"
}

@test "__recvmsg64, __sendmsg64: IPv4 and IPv6" {
	calls_by __recvmsg64 echo_recvmsg
	calls_by __sendmsg64 echo_recvmsg
	replies_are_cured V4 time64/echo_recvmsg 0.0.0.0 "$PORT"
	replies_are_cured V6 time64/echo_recvmsg -6 :: "$PORT"
}

@test "__recvmmsg64, __sendmmsg64: IPv4 and IPv6" {
	calls_by __recvmmsg64 echo_recvmmsg
	calls_by __sendmmsg64 echo_recvmmsg
	replies_are_cured V4 time64/echo_recvmmsg 0.0.0.0 "$PORT"
	replies_are_cured V6 time64/echo_recvmmsg -6 :: "$PORT"
}

@test "__recvmmsg64: a timeout ends a batch, even without memory for it" {
	local how memory

	open_floodgates
	for memory in "" -a; do
		for how in bare with_library; do
			# Split into words.
			# shellcheck disable=SC2086
			"$how" start_server time64/echo_batch -v -n 64 $memory -t 1000 0.0.0.0 "$PORT"
			flood -n 50 -w 50 -t 1300 "$PORT" "${V4[@]}"
			[[ $flooded == *" 50 silent" ]] || fail "$flooded"
			flood -f 50 -n 1 -w 1 "$PORT" "${V4[@]}"
			keep_batches "$how.out" 51
		done
		grep -qx 'recvmmsg 51' bare.out
		same_text bare.out with_library.out
	done
}

@test "__setsockopt64, __getsockopt64: a program that enables PKTINFO itself" {
	calls_by __setsockopt64 echo_pktinfo
	calls_by __getsockopt64 echo_pktinfo
	bare start_server time64/echo_pktinfo 0.0.0.0 "$PORT"
	ask_client -v "$PORT" "${V4[@]}"
	some_wrong
	keep_text bare.text
	cp server.out bare.out

	with_library start_server time64/echo_pktinfo 0.0.0.0 "$PORT"
	ask_client -v "$PORT" "${V4[@]}"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text
	same_text bare.out server.out
}

@test "__recvmsg64: 32-bit time stamps, to which libc adds 64-bit ones" {
	# The program that opened the socket has enabled them.
	comes_queued V4 "-o SO_TIMESTAMP=1" "$servers/time64/echo_given" 0
	grep -q ' controllen=48 ' bare.text || fail "libc has added nothing"
}

@test "__fcntl_time64: a duplicate of an inherited socket" {
	calls_by __fcntl_time64 echo_given
	comes_queued V4 "" "$servers/time64/echo_given" F_DUPFD
	comes_queued V4 "" "$servers/time64/echo_given" -s udp F_DUPFD
}

@test "every call gives what libc alone gives" {
	same_results_dual receive send control batch options descriptors
}

@test "every call gives what libc alone gives: cancelled threads, stale numbers, rights, errors" {
	same_results_dual cancel stale rights errors
}

# logs_into_large SERVER: logs to a sparse file, by its path and as standard error.
logs_into_large() {
	truncate -s 3G large || skip "no sparse files"
	BINDRIGHT_LOG=info:$PWD/large with_library start_server "$1" 0.0.0.0 "$PORT"
	tail -c 200 large | tr -d '\0' >logged
	grep -q 'watched' logged || fail "nothing in the file"

	truncate -s 0 large
	truncate -s 3G large
	BINDRIGHT_LOG=info with_library launch_server \
		sh -c 'exec 2>>large; exec "$@"' sh "$servers/$1" 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
	tail -c 200 large | tr -d '\0' >logged
	grep -q 'watched' logged || fail "nothing on standard error"
}

@test "the log goes into files of more than 2 GiB" {
	# Bare there is no log; a 64-bit server shows that the file can be written.
	(library=$abs_top_builddir/shim/.libs/libbindright.so && logs_into_large echo_recvmsg)
	logs_into_large time64/echo_recvmsg
}

# The sanitizer's start calls the C library's syscall() before its own definitions work.
@test "AddressSanitizer in a 32-bit program" {
	local asan

	echo 'int main(void) { return 0; }' >empty.c
	"${CC:-cc}" -m32 -fsanitize=address empty.c -o empty 2>/dev/null ||
		skip "the compiler does not build 32-bit programs with AddressSanitizer"
	asan=$(ldd empty | awk '$1 ~ /asan/ { print $3 }')
	[ -n "$asan" ] || skip "AddressSanitizer is in the program itself"
	ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$asan $library" ./empty
}

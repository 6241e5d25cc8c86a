#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs that no preload reaches, cured by the kernel back end while they run: the reply leaves
# from the request destination while it is attached, and as bare before and after.

load lab
load kernel

# start_program COMMAND...
start_program() {
	launch_server "$@"
	wait_until server_is_ready || fail "$1 is not ready"
}

# is_cured COMMAND...: the server COMMAND [-6] ADDRESS PORT, for IPv4, for IPv6, and on a dual-stack
# socket for each of both.
is_cured() {
	cured_while_attached V4 start_program "$@" 0.0.0.0 "$PORT"
	cured_while_attached V6 start_program "$@" -6 :: "$PORT"
	cured_while_attached V4 start_program "$@" :: "$PORT"
	cured_while_attached V6 start_program "$@" :: "$PORT"
}

sources=$abs_top_srcdir/tests/servers

# build_static COMPILER...: builds ./echo by recvfrom and sendto. glibc's linker warns of getaddrinfo.
build_static() {
	"$@" -static -w -D_GNU_SOURCE -o echo "$sources"/{echo_recvfrom,common,option}.c 2>cc.err
}

# is_static: checks that the running server has no C library to load anything into.
is_static() {
	! grep -qE '/(libc|ld)[-.]' "/proc/$server_pid/maps" || fail "it is linked dynamically"
}

@test "a static program, glibc" {
	build_static "${CC:-cc}" || skip "no static programs here: $(tail -n 1 cc.err)"
	is_cured ./echo
	is_static
}

@test "a static program, musl" {
	need_compiler musl-gcc musl-tools
	build_static musl-gcc || fail "$(cat cc.err)"
	is_cured ./echo
	is_static
}

@test "a static 32-bit program" {
	build_static "${CC:-cc}" -m32 || skip "no 32-bit programs here (Debian: gcc-multilib)"
	is_cured ./echo
	is_static
}

@test "a Go program without cgo" {
	need_compiler go golang-go
	HOME=$PWD GOCACHE=$PWD/cache GOFLAGS=-mod=mod GO111MODULE=off CGO_ENABLED=0 \
		go build -o echo "$sources/echo.go"
	is_cured ./echo
	is_static
}

@test "a Free Pascal program" {
	need_compiler fpc fp-compiler
	fpc -FE. -oecho "$sources/echo.pas" >fpc.out 2>&1 || fail "$(cat fpc.out)"
	is_cured ./echo
	is_static
}

# build_uring: builds ./echo_uring, or skips the test where there is no io_uring.
build_uring() {
	printf '#include <liburing.h>\n' | "${CC:-cc}" -E -o /dev/null - 2>/dev/null ||
		skip "no liburing (Debian: liburing-dev)"
	"${CC:-cc}" -w -D_GNU_SOURCE -I"$sources" -o echo_uring \
		"$sources"/{echo_uring,common,option}.c -luring 2>cc.err || fail "$(cat cc.err)"
	launch_server ./echo_uring "$@" 0.0.0.0 "$PORT"
	wait_until ends_or_is_ready
	! grep -E 'io_uring_queue_init.*(ENOSYS|EPERM)' server.err || skip_uring
}

ends_or_is_ready() {
	server_is_ready || ! kill -0 "$server_pid"
}

skip_uring() {
	wait "$server_pid" || true
	server_pid=
	skip "io_uring is not permitted here"
}

@test "a program that uses io_uring" {
	build_uring
	is_cured ./echo_uring
}

@test "a program that uses io_uring, by a thread of the kernel" {
	build_uring -q
	is_cured ./echo_uring -q
}

@test "a set-user-ID program" {
	cp "$servers/echo_recvfrom" echo
	chown nobody echo
	chmod 4755 echo
	with_library start_program ./echo 0.0.0.0 "$PORT"
	[ "$(awk '$1 == "Uid:" { print $3 }' "/proc/$server_pid/status")" = "$(id -u nobody)" ] ||
		skip "set-user-ID has no effect here"
	! grep -qF "$library" "/proc/$server_pid/maps" || fail "the library is loaded"
	is_cured ./echo
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs of another C library inherit LD_PRELOAD too. musl's loader ends a program whose preload
# library needs a symbol that musl lacks. So glibc's build of the library loads there and does
# nothing. A build for musl cures musl programs.

load lab

setup_file() {
	[ -x "$servers/musl/echo_recvfrom" ] ||
		skip_file "no compiler for musl beside glibc's (Debian: musl-tools)"
	! nm -D "$library" | grep -qE '__(a|t|ub)san_' || skip_file "built with a sanitizer"
	! has_counters || skip_file "built to count what tests reach"
}

# is_loaded: the server has loaded the library.
is_loaded() {
	grep -qF "$library" "/proc/$server_pid/maps"
}

# as_bare SERVER ARGUMENT...: with any settings, and without complaints about invalid ones.
as_bare() {
	bare start_server "$@"
	v6only_of u >bare.v6only
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	cp answers bare.answers

	BINDRIGHT_LOG=debug BINDRIGHT_V6ONLY=fource BINDRIGHT_WORD=none with_library start_server "$@"
	is_loaded || fail "the library is not loaded"
	v6only_of u >with.v6only
	ask_client "$PORT" "${V6[@]}"
	same_text bare.answers answers
	same_text bare.v6only with.v6only
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "a musl program runs as bare with glibc's library" {
	as_bare musl/echo_recvfrom :: "$PORT"
	as_bare musl/echo_recvfrom -6 :: "$PORT"
}

@test "a musl program binds and listens as bare with glibc's library" {
	bare start_server musl/listeners -6first "$PORT"
	server_said "bind 0.0.0.0 EADDRINUSE"
	cp server.out bare.out

	with_library start_server musl/listeners -6first "$PORT"
	is_loaded || fail "the library is not loaded"
	same_text bare.out server.out
}

# The parent keeps its socket; the child serves on another port.
@test "a musl child runs as bare, and its glibc parent is cured" {
	local child_port=$((PORT + 1))

	# shellcheck disable=SC2016 # The inner shell expands it.
	with_library launch_server sh -c '"$1" "$2" "$3" "$4" 0.0.0.0 "$5" & shift 5; exec "$@"' sh \
		"${dying_with_us[@]}" "$servers/musl/echo_recvfrom" "$child_port" \
		"$servers/echo_recvfrom" 0.0.0.0 "$PORT"
	wait_until two_are_ready || fail "not both are ready"
	ask_client "$child_port" "${V4[@]}"
	some_wrong
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
	[ ! -s server.err ] || fail "the log is not empty"
}

two_are_ready() {
	[ "$(grep -cx ready server.out)" -eq 2 ]
}

@test "a musl program leaves LD_PRELOAD to its children, whatever BINDRIGHT_CHILDREN is" {
	local given=(0.0.0.0 "$PORT" "$servers/echo_recvfrom" -i)

	bare start_server musl/inherit "${given[@]}"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	BINDRIGHT_CHILDREN=off with_library start_server musl/inherit "${given[@]}"
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
}

# ---- The build for musl -------------------------------------------------------------------------

@test "the library built for musl cures musl programs: replies" {
	library=$abs_top_builddir/shim/musl/libbindright.so
	replies_are_cured V4 musl/echo_recvfrom 0.0.0.0 "$PORT"
	replies_are_cured V6 musl/echo_recvfrom -6 :: "$PORT"
}

@test "the library built for musl cures musl programs: listeners" {
	library=$abs_top_builddir/shim/musl/libbindright.so
	bare start_server musl/listeners -6first "$PORT"
	server_said "bind 0.0.0.0 EADDRINUSE"

	with_library start_server musl/listeners -6first "$PORT"
	server_said "bind 0.0.0.0 ok"
}

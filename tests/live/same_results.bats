#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every call gives what libc alone gives: value, errno, lengths, flags, control data, what is left
# to be received, and which later call is told of an error. same_results makes thousands of calls,
# right ones and wrong ones, and prints all that can be observed; bare and with the library it must
# print the same, line by line. What the library cures is not among them: where a reply is sent, the
# request came to the address that routing would choose anyway. So there is no fault for the bare
# run to show; it is what the other is held against. Both run at the same time, each on a host of
# its own.

load lab

setup_file() {
	# The sanitizers look at memory before the kernel can refuse it.
	if nm "$servers/same_results" | grep -qE '__(a|t)san_init'; then
		skip "built with a sanitizer"
	fi
}

# on_host HOST FILE ARGUMENT...: what same_results prints there, with these arguments.
on_host() {
	local -n host=$1
	local file=$2

	shift 2
	"${host[@]}" "${dying_with_us[@]}" timeout --kill-after=5 120 \
		env ${preload:+LD_PRELOAD="$preload"} "$servers/same_results" "$@" \
		>"$file" 2>>"$file.err" 3>&-
}

# is_whole FILE: says of a run that came to its end that it did.
is_whole() {
	[ "$(tail -n 1 "$1")" = "done" ] || fail "$1: $(tail -n 1 "$1") $(tail -n 5 "$1.err")"
}

# same_results ARGUMENT...: BINDRIGHT_* may stand before it.
same_results() {
	local bare_pid

	bare on_host client_host bare.results "$@" &
	bare_pid=$!
	with_library on_host server_host with.results "$@" || true
	wait "$bare_pid" || true
	is_whole bare.results
	[ "$(wc -l <bare.results)" -gt 5 ] || fail "same_results $*: no calls, no proof"
	! grep -E 'ended (by|with)' bare.results || fail "a case that ends bare is no case"
	is_whole with.results
	same_lines bare.results with.results
}

# same_lines FILE FILE: shows the beginning of the difference where there is one.
same_lines() {
	diff "$1" "$2" >differences && return
	head -n 40 differences | cut -c 1-400
	fail "$(grep -c '^<' differences) of $(wc -l <"$1") results differ"
}

# same_results_dual FAMILY...: IPv4 on IPv6 sockets too.
same_results_dual() {
	export BINDRIGHT_V6ONLY=off
	same_results -d "$@"
}

@test "recvfrom, recvmsg, recvmmsg of one" {
	same_results_dual receive
}

@test "sendto, sendmsg, sendmmsg of one" {
	same_results_dual send
}

@test "control data in buffers of every size" {
	same_results_dual control
}

@test "recvmmsg and sendmmsg of many" {
	same_results_dual batch
}

@test "setsockopt and getsockopt" {
	same_results_dual options shared
}

@test "errors of earlier datagrams" {
	same_results_dual errors
}

@test "socket, accept, dup, fcntl" {
	same_results_dual descriptors
}

@test "bind, listen and connect" {
	same_results_dual bind connect
}

@test "numbers that were a watched socket's" {
	same_results_dual stale
}

@test "descriptors in messages" {
	same_results_dual rights
}

@test "many threads, small stacks, cancelled threads" {
	same_results_dual crowd threads cancel
}

@test "vfork children" {
	same_results_dual vfork
}

@test "signals and their handlers" {
	same_results_dual signals handlers
}

@test "by the default policy" {
	same_results bind connect options control descriptors
}

@test "while all is logged" {
	export BINDRIGHT_LOG=debug:$BATS_TEST_TMPDIR/log
	same_results_dual errors cancel vfork signals
	[ -s log ] || fail "nothing was logged"
}

@test "without replies" {
	export BINDRIGHT_REPLY=off
	same_results_dual errors options batch
}

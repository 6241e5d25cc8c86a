#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every call gives what libc alone gives: value, errno, lengths, flags, control data, what is left
# to be received, and which later call is told of an error. same_results makes thousands of calls,
# right ones and wrong ones, and prints all that can be observed; bare and with the library it must
# print the same, line by line. What the library cures is not among them: where a reply is sent, the
# request came to the address that routing would choose anyway.

load lab

setup_file() {
	# The sanitizers look at memory before the kernel can refuse it.
	if nm "$servers/same_results" | grep -qE '__(a|t)san_init'; then
		skip "built with a sanitizer"
	fi
}

# results FILE FAMILY...: what same_results prints of these families on the server host.
results() {
	local file=$1

	shift
	"${server_host[@]}" "${dying_with_us[@]}" timeout --kill-after=5 120 \
		env ${preload:+LD_PRELOAD="$preload"} "$servers/same_results" "$@" \
		>"$file" 2>>results.err 3>&- || fail "same_results $*: $(tail -n 5 results.err)"
	[ "$(tail -n 1 "$file")" = "done" ] || fail "same_results $* did not come to its end"
}

# same_results [-d] FAMILY...: BINDRIGHT_* may stand before it.
same_results() {
	bare results bare.results "$@"
	[ "$(wc -l <bare.results)" -gt 5 ] || fail "same_results $*: no calls, no proof"
	! grep -E 'ended (by|with)' bare.results || fail "a case that ends bare is no case"
	with_library results with.results "$@"
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
	same_results_dual options
}

@test "one socket under two descriptors" {
	same_results_dual shared
}

@test "errors of earlier datagrams" {
	same_results_dual errors
}

@test "socket, accept, dup, fcntl" {
	same_results_dual descriptors
}

@test "bind and listen" {
	same_results_dual bind
}

@test "connect" {
	same_results_dual connect
}

@test "numbers that were a watched socket's" {
	same_results_dual stale
}

@test "descriptors in messages" {
	same_results_dual rights
}

@test "small stacks and cancelled threads" {
	same_results_dual threads
}

@test "vfork children" {
	same_results_dual vfork
}

@test "signals and their handlers" {
	same_results_dual signals
}

@test "by the default policy" {
	same_results bind connect options control errors descriptors
}

@test "while all is logged" {
	export BINDRIGHT_LOG=debug:$BATS_TEST_TMPDIR/log
	same_results_dual control errors threads vfork signals
	[ -s log ] || fail "nothing was logged"
}

@test "without replies" {
	export BINDRIGHT_REPLY=off
	same_results_dual control errors options batch
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_ONLY and BINDRIGHT_SKIP choose the programs in which an inherited library acts. The name
# that counts is the one by which a program was called.

load lab

# The default keyword, but set: this prevents the warning about lost IPv4 (listen_ipv4_lost.bats).
export BINDRIGHT_V6ONLY=force

# All programs of a test are the same server under different names.
call_it() {
	local name

	for name; do
		ln -s "$servers/echo_recvfrom" "$name"
	done
}

start_program() {
	launch_server "$@"
	wait_until server_is_ready || fail "$1 is not ready"
}

# acts_in NAME, does_not_act_in NAME: for a server called by this name.
acts_in() {
	with_library start_program "$1" :: "$PORT"
	[ "$(v6only_of u)" = 1 ] || fail "the library does not act in $1"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
	[ ! -s server.err ] || fail "the log is not empty"
}

does_not_act_in() {
	with_library start_program "$1" :: "$PORT"
	[ "$(v6only_of u)" = 0 ] || fail "the library acts in $1"
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	same_text bare.answers answers
	[ ! -s server.err ] || fail "the log is not empty"
}

show_the_fault() {
	bare start_program "$1" :: "$PORT"
	[ "$(v6only_of u)" = 0 ]
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	some_wrong
	cp answers bare.answers
}

@test "BINDRIGHT_ONLY: in these programs and in no other" {
	call_it alpha beta gamma
	show_the_fault ./alpha

	export BINDRIGHT_ONLY=alpha,gamma
	acts_in ./alpha
	does_not_act_in ./beta
	acts_in ./gamma
}

@test "BINDRIGHT_SKIP: in all programs but these" {
	call_it alpha beta gamma
	show_the_fault ./alpha

	export BINDRIGHT_SKIP=alpha,gamma
	does_not_act_in ./alpha
	acts_in ./beta
	does_not_act_in ./gamma
}

@test "patterns" {
	call_it alpha-1 alpha-2 beta-1
	show_the_fault ./beta-1

	BINDRIGHT_ONLY='alpha*' acts_in ./alpha-2
	BINDRIGHT_ONLY='alpha*' does_not_act_in ./beta-1
	BINDRIGHT_ONLY='*-[13-9],x' acts_in ./beta-1
	BINDRIGHT_ONLY='*-[13-9],x' does_not_act_in ./alpha-2
	BINDRIGHT_SKIP='?????-?' does_not_act_in ./alpha-1
	BINDRIGHT_SKIP='?????-?' acts_in ./beta-1
}

@test "both: in programs that ONLY includes and SKIP does not exclude" {
	call_it alpha-1 alpha-2 beta-1
	show_the_fault ./beta-1

	export BINDRIGHT_ONLY='alpha-*' BINDRIGHT_SKIP='*-2'
	acts_in ./alpha-1
	does_not_act_in ./alpha-2
	does_not_act_in ./beta-1
}

@test "the whole name counts, without its directory" {
	mkdir alpha
	cp "$servers/echo_recvfrom" alpha/beta
	show_the_fault ./alpha/beta

	BINDRIGHT_ONLY=beta acts_in "$PWD/alpha/beta"
	BINDRIGHT_ONLY=alpha does_not_act_in ./alpha/beta
	BINDRIGHT_ONLY=bet,eta,betas does_not_act_in ./alpha/beta
	BINDRIGHT_SKIP=beta does_not_act_in "$PWD/alpha/beta"
	PATH=$PWD/alpha:$PATH BINDRIGHT_ONLY=beta acts_in beta
}

# As for login shells, and for files that are the program of several daemons.
@test "the name given by the caller counts, not the file's" {
	call_it alpha
	show_the_fault ./alpha
	# shellcheck disable=SC2016 # The inner shell expands it.
	printf '%s\n' '#!/bin/bash' 'exec -a "$0" "$PWD/alpha" "$@"' >beta
	chmod +x beta
	# The shell that runs the script is called bash.
	BINDRIGHT_ONLY=beta acts_in ./beta
	BINDRIGHT_ONLY=alpha does_not_act_in ./beta
	BINDRIGHT_SKIP=bash acts_in ./beta
}

# It dies with the shell that started it, but a moment later.
alpha_is_gone() {
	[ -z "$("${server_host[@]}" ss -Hlnu 'sport = :5310')" ]
}

@test "a shell that starts two programs: each under its own name" {
	call_it alpha beta
	# shellcheck disable=SC2016 # The inner shell expands it.
	both=(bash -c 'setpriv --pdeathsig KILL ./alpha :: 5310 >>alpha.out & exec ./beta :: "$1"' - "$PORT")
	# ask_both VARIABLE: the answers of alpha and of beta.
	ask_both() {
		stop_server
		wait_until alpha_is_gone || fail "the previous alpha is still running"
		: >alpha.out
		start_program "${both[@]}"
		wait_until grep -qx ready alpha.out || fail "alpha is not ready"
		ask_client 5310 "${V6[@]}"
		cp answers alpha.answers
		ask_client "$PORT" "${V6[@]}"
		cp answers beta.answers
	}

	bare ask_both
	cp beta.answers wrong.answers
	some_wrong
	same_text wrong.answers alpha.answers
	yes right | head -n "${#V6[@]}" >right.answers

	BINDRIGHT_ONLY=beta with_library ask_both
	same_text wrong.answers alpha.answers
	same_text right.answers beta.answers
	BINDRIGHT_SKIP=beta,bash with_library ask_both
	same_text right.answers alpha.answers
	same_text wrong.answers beta.answers
}

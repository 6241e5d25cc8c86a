#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A socket that was duplicated or forked before it was bound: replies leave from the request
# destination and no process sees a control message, whichever binds, receives and answers.

load lab
load puppet

# shared_is_cured V4|V6|BOTH ROLES OPTION...
shared_is_cured() {
	# shellcheck disable=SC2034 # Used by name.
	local BOTH=("${V4[@]}" "${V6[@]}")
	local -n asked=$1
	local roles=$2 where

	case $1 in
	V4) where=(0.0.0.0) ;;
	V6) where=(-6 ::) ;;
	BOTH) where=(-d ::) ;;
	esac
	shift 2
	echo "under test: $roles $* ${where[*]}"
	bare start_server echo_shared -w "$roles" "$@" "${where[@]}" "$PORT"
	ask_client -v "$PORT" "${asked[@]}"
	some_wrong
	keep_text bare.text

	with_library start_server echo_shared -w "$roles" "$@" "${where[@]}" "$PORT"
	ask_client -v "$PORT" "${asked[@]}"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text
	ask_client -r 2 "$PORT" "${asked[@]}"
	every_line_is right
}

each_is_cured() {
	local family roles

	export BINDRIGHT_V6ONLY=default
	for family in V4 V6 BOTH; do
		for roles in $1; do
			shared_is_cured "$family" "$roles" "${@:2}"
		done
	done
}

@test "duplicated, then bound: one number binds, another receives or answers" {
	each_is_cured "fdd dff fdf ffd dfd"
}

@test "duplicated by each call" {
	local way

	for way in dup2 dup3 fcntl SYS_dup; do
		shared_is_cured V4 fdd -D "$way"
		shared_is_cured V4 dff -D "$way"
	done
}

@test "forked, then bound: parent or child binds, the other receives and answers" {
	each_is_cured "cff fcc"
}

@test "forked, then bound: one receives, the other answers" {
	each_is_cured "cfc ccf ffc fcf"
}

@test "duplicated, forked, then bound" {
	each_is_cured "edf fed dcd"
}

@test "a receive was tried before the bind" {
	each_is_cured "fdd dff cff fcc" -t
}

@test "without following, and under other rules" {
	export BINDRIGHT_FOLLOW=off
	each_is_cured "fdd dff cff fcf"
	unset BINDRIGHT_FOLLOW
	export BINDRIGHT_REPLY=on,udp/0=off
	each_is_cured "fdd cff"
}

@test "a client's socket is left alone: it is bound by sending" {
	# There is no fault to see bare.
	local text

	BINDRIGHT_LOG=info with_library start_server puppet
	do_lines "open a udp4" "dup a b" "fork child"
	for text in one two three; do
		do_lines "send a $CLIENT_V4 $PORT $text" "send b $CLIENT_V4 $PORT $text" \
			"in child send a $CLIENT_V4 $PORT $text" "port b"
		grep -qE 'port b -> [1-9]' transcript || fail "not bound: $(cat transcript)"
	done
	! grep watched server.err || fail "it is watched"
}

@test "the program's IPV6_V6ONLY is kept after a dup" {
	local how

	export BINDRIGHT_V6ONLY=default
	for how in bare with_library; do
		"$how" start_server puppet
		plays <<-END
			open a udp6
			dup a b
			set a v6only 0
			bind a :: $PORT
			get b v6only -> 0
		END
	done
}

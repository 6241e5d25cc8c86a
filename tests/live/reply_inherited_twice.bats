#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A socket that a program with the library has bound, inherited by another one with it. The library
# has enabled its PKTINFO, and the second program must not see that either: control data and options
# are as bare, also if one of the two programs enables PKTINFO itself.

load lab
load inherited

# comes_from_ours "OPTIONS" COMMAND...: inherit has the library too.
comes_from_ours() {
	export BINDRIGHT_V6ONLY=off
	inherit_preload=$library comes_queued_to_all "$@"
}

@test "inherited from a program with the library: exec, control data of its own" {
	comes_from_ours "" "$servers/echo_control" -i
	comes_from_ours "" "$servers/echo_control" -i -s 40
}

@test "inherited from a program with the library: exec, options" {
	comes_from_ours "" "$servers/echo_given" 0
	comes_from_ours -l "$servers/echo_given" LISTEN_FDS
}

@test "inherited from a program with the library: a message, pidfd_getfd" {
	comes_from_ours -m "$servers/echo_given" recvmsg
	comes_from_ours -m "$servers/echo_given" recvmmsg
	comes_from_ours -m "$servers/echo_given" pidfd_getfd
}

@test "inherited from a program with the library: duplicates" {
	comes_from_ours "" "$servers/echo_given" dup
	comes_from_ours "" "$servers/echo_given" -s asking dup2
}

@test "inherited from a program with the library, which enabled PKTINFO" {
	comes_from_ours -p "$servers/echo_given" 0
	comes_from_ours "-p -m" "$servers/echo_given" recvmsg
}

@test "inherited from a program with the library, which enabled PKTINFO and disabled it" {
	comes_from_ours -P "$servers/echo_given" 0
	comes_from_ours "-P -m" "$servers/echo_given" recvmsg
}

@test "inherited from a program with the library, by one that enables PKTINFO" {
	local how options

	export BINDRIGHT_V6ONLY=off
	for options in "0.0.0.0" "-6 ::" "-d ::"; do
		# Split into words.
		# shellcheck disable=SC2086
		for how in bare with_library; do
			"$how" launch_server "$servers/inherit" $options "$PORT" \
				"$servers/echo_pktinfo" -i
			wait_until server_is_ready || fail "not ready"
			if [ "$options" = 0.0.0.0 ]; then
				ask_client -v "$PORT" "${V4[@]}"
			else
				ask_client -v "$PORT" "${V6[@]}"
			fi
			keep_text "$how.text"
			cp server.out "$how.out"
		done
		same_text bare.text with_library.text
		same_text bare.out with_library.out
		every_line_matches '^right .*ipv[46]='
	done
}

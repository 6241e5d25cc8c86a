#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Listeners on :: of the protocols beside TCP and UDP, which listen_v6_only.bats tests: with the
# library all are IPv6 only.

load lab
load puppet

# is_set KIND: bare IPV6_V6ONLY stays 0, with the library it is 1, and under "off" 0 again.
is_set() {
	local mode wanted

	need_kind "$1"
	for mode in bare with_library off; do
		wanted=0
		[ "$mode" != with_library ] || wanted=1
		$mode start_server puppet
		plays <<-END
			open s ${1}6
			bind s :: $PORT
			get s v6only -> $wanted
		END
	done
}

off() {
	BINDRIGHT_V6ONLY=off with_library "$@"
}


@test "MPTCP, and who can connect" {
	is_set mptcp
	bare start_server puppet
	plays <<-END
		open s mptcp6
		bind s :: $PORT
		listen s
	END
	comes_in_at s mptcp "${V4[1]}"

	with_library start_server puppet
	plays <<-END
		open s mptcp6
		bind s :: $PORT
		listen s
	END
	cannot_connect "${V4[@]}"
	comes_in_at s mptcp "${V6[1]}"
}

@test "UDP-Lite, and whose datagrams arrive" {
	is_set udplite
	bare start_server puppet
	plays <<-END
		open s udplite6
		bind s :: $PORT
	END
	comes_in_at s udplite "${V4[1]}"

	with_library start_server puppet
	plays <<-END
		open s udplite6
		bind s :: $PORT
	END
	send_text udplite "${V4[1]}" text
	comes_in_at s udplite "${V6[1]}"
}

@test "SCTP, one to one" {
	is_set sctp
}

@test "SCTP, one to many" {
	is_set sctpmany
}

@test "DCCP" {
	is_set dccp
}

@test "a raw socket has no port, and stays as bare" {
	local mode

	for mode in bare with_library; do
		$mode start_server puppet
		plays <<-END
			open s raw6
			bind s :: 0
			get s v6only -> 0
		END
	done
}

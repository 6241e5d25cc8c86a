#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=default: a listener on :: is IPv6 only, unless the program itself has set or
# cleared IPV6_V6ONLY; then the program's value stays.

load lab
load puppet

serves_only_v6() {
	can_connect "${V6[@]}"
	cannot_connect "${V4[@]}"
}


under_default() {
	BINDRIGHT_V6ONLY=default with_library start_server puppet
}

nothing_said() {
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "the program does not set the option: IPv6 only" {
	bare start_server puppet
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		get six v6only -> 0
	END
	serves_both

	under_default
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		get six v6only -> 1
	END
	serves_only_v6
	nothing_said
}

@test "the program clears it between socket and bind, as Java and libuv do: both, as bare" {
	local mode

	for mode in "bare start_server puppet" under_default; do
		$mode
		plays <<-END
			open six tcp6
			set six reuseaddr 1
			set six v6only 0
			get six v6only -> 0
			bind six :: $PORT
			listen six
			get six v6only -> 0
		END
		serves_both
		nothing_said
	done
}

@test "the program sets it: IPv6 only, as bare" {
	local mode

	for mode in "bare start_server puppet" under_default; do
		$mode
		plays <<-END
			open six tcp6 v6only=1
			bind six :: $PORT
			listen six
			get six v6only -> 1
		END
		serves_only_v6
		nothing_said
	done
}

@test "the last successful setsockopt counts" {
	under_default
	plays <<-END
		open six tcp6 v6only=1
		set six v6only 0
		bind six :: $PORT
		get six v6only -> 0
		open seven tcp6 v6only=0
		set seven v6only 1
		bind seven :: 5301
		get seven v6only -> 1
		set seven v6only 0 -> EINVAL
		get seven v6only -> 1
	END
}

@test "a duplicate has the same state, the next socket of the same number does not" {
	under_default
	plays <<-END
		open six tcp6 v6only=0
		dup six twin
		close six
		bind twin :: $PORT
		get twin v6only -> 0
		close twin
		open next tcp6
		bind next :: $PORT
		get next v6only -> 1
	END
}

@test "UDP: both ways" {
	bare start_server puppet
	plays <<-END
		open six udp6
		bind six :: $PORT
		get six v6only -> 0
	END
	comes_in_at six udp "${V4[1]}"

	under_default
	plays <<-END
		open six udp6
		bind six :: $PORT
		get six v6only -> 1
		open asked udp6 v6only=0
		bind asked :: 5301
		get asked v6only -> 0
	END
	comes_in_at six udp "${V6[1]}"
	is_refused "${V4[1]}"
	nothing_said
}

@test "pairs: one that leaves the option alone works, one that clears it fails as bare" {
	bare start_server puppet
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		open four tcp4
		bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
	under_default
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open asked tcp6 v6only=0
		bind asked :: 5301
		listen asked
		open late tcp4
		bind late 0.0.0.0 5301 -> EADDRINUSE
		get late reuseport -> 0
	END
	comes_in_at six tcp "${V6[1]}" four
	comes_in_at four tcp "${V4[1]}" six
}

@test "force, the same program: one warning names the port and the keywords that keep IPv4" {
	bare start_server puppet
	plays <<-END
		open six tcp6 v6only=0
		bind six :: $PORT
		listen six
		get six v6only -> 0
	END
	serves_both

	with_library start_server puppet
	plays <<-END
		open six tcp6 v6only=0
		get six v6only -> 0
		bind six :: $PORT
		listen six
		get six v6only -> 1
	END
	serves_only_v6
	[ "$(wc -l <server.err)" -eq 1 ] || fail "expected one line"
	grep "^bindright: puppet\[$server_pid\]: warn: .*port $PORT takes no IPv4" server.err |
		grep -w auto | grep -w default | grep -qw off || fail "the keywords are not named"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto if a server restarts while IPv4 connections of its last run linger
# (TIME_WAIT) or are still open. A bind to :: may fail because of these too, but no other socket has
# the port's IPv4 side: the server must not lose it.

load lab
load puppet

# last_run KIND ADDRESS OPTION...: the run of a server that has closed one IPv4 connection; another
# is still open.
last_run() {
	local kind=$1 address=$2

	shift 2
	plays <<-END
		spawn client bare
		open last $kind $*
		bind last $address $PORT
		listen last
		in client open c tcp4
		in client connect c 127.0.0.1 $PORT
		accept last came
		close came
		in client close c
		in client open c tcp4
		in client connect c 127.0.0.1 $PORT
		accept last still
		close last
	END
	wait_until lingers
}

lingers() {
	"${server_host[@]}" ss -Htan state time-wait "sport = :$PORT" | grep -q .
}

both_modes() {
	local mode

	for mode in bare with_library; do
		BINDRIGHT_V6ONLY=auto $mode start_server puppet
		"$@"
		renew_lab
	done
}

@test "without SO_REUSEADDR: bind fails as bare, and does not make the socket V6ONLY" {
	refused() {
		last_run "$@"
		plays <<-END
			open six tcp6
			bind six :: $PORT -> EADDRINUSE
			get six v6only -> 0
		END
	}
	both_modes refused tcp6 ::
	both_modes refused tcp4 0.0.0.0
}

@test "with SO_REUSEADDR: as bare, IPv4 is served" {
	served() {
		last_run "$@"
		plays <<-END
			open six tcp6 reuseaddr
			bind six :: $PORT
			listen six
			get six v6only -> 0
		END
		comes_in_at six tcp "${V4[1]}"
		comes_in_at six tcp "${V6[1]}"
	}
	both_modes served tcp6 :: reuseaddr
	both_modes served tcp4 0.0.0.0 reuseaddr
}

@test "a forked process had 0.0.0.0 once: as bare, IPv4 is served" {
	forked() {
		plays <<-END
			fork child
			in child open last tcp4 reuseaddr
			in child bind last 0.0.0.0 $PORT
			in child listen last
			spawn client bare
			in client open c tcp4
			in client connect c 127.0.0.1 $PORT
			in child accept last came
			in child close came
			in client close c
			in child close last
			open six tcp6 reuseaddr
		END
		wait_until lingers
		plays <<-END
			bind six :: $PORT
			listen six
			get six v6only -> 0
		END
		comes_in_at six tcp "${V4[1]}"
	}
	both_modes forked
}

@test "a socket on 0.0.0.0 that is bound and never listens: as bare, IPv4 is served" {
	silent() {
		plays <<-END
			open four tcp4 reuseaddr
			bind four 0.0.0.0 $PORT
			open six tcp6 reuseaddr
			bind six :: $PORT
			listen six
		END
		comes_in_at six tcp "${V4[1]}"
	}
	both_modes silent
}

@test "a pair, started again" {
	again() {
		plays <<-END
			open six tcp6 reuseaddr
			bind six :: $PORT
			listen six
			open four tcp4 reuseaddr
			bind four 0.0.0.0 $PORT
			listen four
		END
		comes_in_at four tcp "${V4[1]}" six
		comes_in_at six tcp "${V6[1]}" four
	}

	bare start_server puppet
	last_run tcp6 :: reuseaddr
	do_lines "open six tcp6 reuseaddr" "bind six :: $PORT" "listen six" \
		"open four tcp4 reuseaddr" "bind four 0.0.0.0 $PORT"
	grep -q 'bind four .*EADDRINUSE' transcript

	renew_lab
	BINDRIGHT_V6ONLY=auto with_library start_server puppet
	last_run tcp6 :: reuseaddr
	again
	renew_lab
	BINDRIGHT_V6ONLY=auto with_library start_server puppet
	last_run tcp4 0.0.0.0 reuseaddr
	again
}

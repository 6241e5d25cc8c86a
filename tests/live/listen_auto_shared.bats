#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto if the socket on :: came first and took IPv4 too: a later one on 0.0.0.0
# gets its side of the port, and nothing else is lost, changed or accepted. Bare, the later one
# fails.

load lab
load puppet

# Both sockets of the pair are bound under auto; bare, the second fails.
auto() {
	BINDRIGHT_V6ONLY=auto with_library start_server puppet
}

six_then_four() {
	plays <<-END
		open six tcp6 $*
		bind six :: $PORT
		listen six
		open four tcp4 $*
		bind four 0.0.0.0 $PORT
		listen four
	END
}

@test "bare, the second one fails" {
	bare start_server puppet
	plays <<-END
		open six tcp6 reuseaddr
		bind six :: $PORT
		listen six
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
}

@test "the program's SO_REUSEPORT and IPV6_V6ONLY are what they were" {
	auto
	six_then_four reuseaddr
	plays <<-END
		get six reuseport -> 0
		get four reuseport -> 0
		get six v6only -> 0
		get six reuseaddr -> 1
	END
	# One has it, the other does not: that is no pair bare either.
	auto
	plays <<-END
		open six tcp6 reuseport
		bind six :: $PORT
		listen six
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		get six reuseport -> 1
		get four reuseport -> 0
	END
	auto
	plays <<-END
		open six udp6
		bind six :: $PORT
		open four udp4 reuseport
		bind four 0.0.0.0 $PORT
		get six reuseport -> 0
		get four reuseport -> 1
	END
}

@test "a bind that still fails leaves the options as they were" {
	local mode

	for mode in bare with_library; do
		BINDRIGHT_V6ONLY=auto $mode start_server puppet
		plays <<-END
			spawn other bare
			in other open six tcp6
			in other bind six :: $PORT
			in other listen six
			open four tcp4
			bind four 0.0.0.0 $PORT -> EADDRINUSE
			get four reuseport -> 0
			open six tcp6
			bind six :: $PORT -> EADDRINUSE
			get six v6only -> 0
			get six reuseport -> 0
			end other
			bind four 0.0.0.0 $PORT
		END
		# Another socket has both sides: the library tries V6ONLY, which does not help.
		BINDRIGHT_V6ONLY=auto $mode start_server puppet
		plays <<-END
			spawn other bare
			in other open four tcp4
			in other bind four 0.0.0.0 $PORT
			in other listen four
			in other open six tcp6 v6only
			in other bind six :: $PORT
			in other listen six
			open six tcp6
			bind six :: $PORT -> EADDRINUSE
			get six v6only -> 0
			bind six ::ffff:192.0.2.1 5301
		END
	done
}

@test "connections that wait at the socket on :: are kept" {
	auto
	plays <<-END
		open six tcp6 reuseaddr
		bind six :: $PORT
		listen six
	END
	can_connect "${V4[1]}" "${V4[2]}" "${V6[1]}"
	plays <<-END
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT
		listen four
		idle four
		accept six one
		accept six two
		accept six three
		idle six
	END
	comes_in_at four tcp "${V4[1]}" six
}

@test "datagrams that wait at the socket on :: are kept" {
	auto
	plays <<-END
		open six udp6
		bind six :: $PORT
	END
	send_text udp "${V4[1]}" early
	plays <<-END
		open four udp4
		bind four 0.0.0.0 $PORT
		idle four
		receive six -> early
	END
	comes_in_at four udp "${V4[1]}" six
}

@test "the one on 0.0.0.0 closed: the one on :: serves IPv4 again" {
	auto
	six_then_four reuseaddr
	comes_in_at four tcp "${V4[1]}" six
	do_lines "close four"
	comes_in_at six tcp "${V4[1]}"
	# And once more.
	plays <<-END
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT
		listen four
	END
	comes_in_at four tcp "${V4[1]}" six

	auto
	plays <<-END
		open six udp6
		bind six :: $PORT
		open four udp4
		bind four 0.0.0.0 $PORT
	END
	comes_in_at four udp "${V4[1]}" six
	do_lines "close four"
	comes_in_at six udp "${V4[1]}"
}

@test "a second one on 0.0.0.0, or on ::, fails as bare" {
	local protocol

	auto
	six_then_four
	plays <<-END
		open again tcp4
		bind again 0.0.0.0 $PORT -> EADDRINUSE
		open again6 tcp6
		bind again6 :: $PORT -> EADDRINUSE
	END
	auto
	plays <<-END
		open six udp6
		bind six :: $PORT
		open four udp4
		bind four 0.0.0.0 $PORT
		open again udp4
		bind again 0.0.0.0 $PORT -> EADDRINUSE
		open again6 udp6
		bind again6 :: $PORT -> EADDRINUSE
	END
}

@test "a second one on 0.0.0.0, or on ::, that can be bound: its listen fails as bare" {
	# Bare too, the second one cannot listen.
	auto
	plays <<-END
		open six tcp6 reuseaddr
		bind six :: $PORT
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT
		open again tcp4 reuseaddr
		bind again 0.0.0.0 $PORT
		listen six
		close again
		listen four
		open again tcp4 reuseaddr
		bind again 0.0.0.0 $PORT -> EADDRINUSE
	END
	auto
	plays <<-END
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT
		open six tcp6 reuseaddr
		bind six :: $PORT
		open again tcp6 reuseaddr
		bind again :: $PORT
		listen four
		listen six -> EADDRINUSE
		listen again -> EADDRINUSE
	END
}

@test "a second one fails as bare even if the first has another number or is a child's" {
	auto
	six_then_four
	plays <<-END
		dup four moved
		close four
		open again tcp4
		bind again 0.0.0.0 $PORT -> EADDRINUSE
		close moved
		bind again 0.0.0.0 $PORT
	END
	auto
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		fork child
		in child open four tcp4
		in child bind four 0.0.0.0 $PORT
		in child listen four
		open again tcp4
		bind again 0.0.0.0 $PORT -> EADDRINUSE
		end child
		bind again 0.0.0.0 $PORT
	END
}

@test "a second instance of the server fails as bare" {
	local mode protocol

	for mode in bare with_library; do
		for protocol in tcp udp; do
			BINDRIGHT_V6ONLY=auto $mode start_server puppet
			do_lines "open six ${protocol}6" "bind six :: $PORT" "listen six" \
				"open four ${protocol}4" "bind four 0.0.0.0 $PORT" "listen four"
			plays <<-END
				spawn other
				in other open six ${protocol}6
				in other bind six :: $PORT -> EADDRINUSE
				in other open four ${protocol}4
				in other bind four 0.0.0.0 $PORT -> EADDRINUSE
				in other bind six :: $PORT -> EADDRINUSE
			END
		done
	done
}

@test "a socket on :: that the program made V6ONLY shares nothing" {
	local mode

	for mode in bare with_library; do
		BINDRIGHT_V6ONLY=auto $mode start_server puppet
		plays <<-END
			open four tcp4
			bind four 0.0.0.0 $PORT
			open six tcp6 v6only reuseport
			bind six :: $PORT
			open again tcp6 v6only
			bind again :: $PORT -> EADDRINUSE
			get again v6only -> 1
		END
	done
}

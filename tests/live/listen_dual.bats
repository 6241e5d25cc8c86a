#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=dual: a listener on :: takes IPv4 too, whatever the program or the host sets.

load lab
load puppet

dual() {
	BINDRIGHT_V6ONLY=dual with_library start_server puppet
}


@test "the program sets IPV6_V6ONLY: cleared, with one warning" {
	bare start_server puppet
	plays <<-END
		open six tcp6 v6only
		bind six :: $PORT
		listen six
		get six v6only -> 1
	END
	cannot_connect "${V4[@]}"

	dual
	plays <<-END
		open six tcp6 v6only
		get six v6only -> 1
		bind six :: $PORT
		listen six
		get six v6only -> 0
	END
	serves_both
	[ "$(wc -l <server.err)" -eq 1 ] || fail "expected one line"
	grep -q "^bindright: puppet\[$server_pid\]: warn: .*port $PORT takes IPv4" server.err ||
		fail "another warning"
}

@test "the program sets IPV6_V6ONLY, UDP: cleared" {
	bare start_server puppet
	plays <<-END
		open six udp6 v6only
		bind six :: $PORT
	END
	is_refused "${V4[1]}"

	dual
	plays <<-END
		open six udp6 v6only
		bind six :: $PORT
		get six v6only -> 0
	END
	comes_in_at six udp "${V4[1]}"
	comes_in_at six udp "${V6[1]}"
}

@test "replies from a socket that was made dual-stack are right in both families" {
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
	ask_client "$PORT" "${V4[@]}"
	every_line_is refused

	BINDRIGHT_V6ONLY=dual with_library start_server echo_recvfrom -6 :: "$PORT"
	ask_client -r 2 "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_is right
}

@test "the host sets it by net.ipv6.bindv6only: cleared, and no warning" {
	server_sysctl net.ipv6.bindv6only=1
	bare start_server listeners -f 6 "$PORT"
	cannot_connect "${V4[@]}"

	BINDRIGHT_V6ONLY=dual with_library start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 0 ]
	serves_both
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "nothing to clear: as bare, and no warning" {
	bare start_server listeners -f 6 -d "$PORT"
	serves_both
	BINDRIGHT_V6ONLY=dual with_library start_server listeners -f 6 -d "$PORT"
	[ "$(v6only_of t)" = 0 ]
	serves_both
	[ ! -s server.err ] || fail "the log is not empty"
}

# pair FIRST SECOND OPTION...: opens the sockets four and six, with the options for six.
pair() {
	local first=$1 second=$2 name
	local -A address=([four]=0.0.0.0 [six]=::) kind=([four]=tcp4 [six]=tcp6) options=([six]="${*:3}")

	for name in "$first" "$second"; do
		do_lines "open $name ${kind[$name]} ${options[$name]:-}" \
			"bind $name ${address[$name]} $PORT" "listen $name"
		! grep -e ' -> ' transcript || return 1
	done
}

@test "pairs that fail bare work, and IPv4 arrives at 0.0.0.0 while that is open" {
	local order

	for order in "four six" "six four"; do
		bare start_server puppet
		# shellcheck disable=SC2086 # Two arguments.
		! pair $order || fail "bare, $order works"
		dual
		# shellcheck disable=SC2086
		pair $order
		comes_in_at four tcp "${V4[1]}" six
		comes_in_at six tcp "${V6[1]}" four
		plays <<-END
			get six v6only -> 0
			get six reuseport -> 0
			get four reuseport -> 0
			close four
		END
		comes_in_at six tcp "${V4[1]}"
	done
}

@test "pairs that the program made possible by IPV6_V6ONLY still work" {
	local order mode

	for order in "four six" "six four"; do
		for mode in "bare start_server puppet" dual; do
			$mode
			# shellcheck disable=SC2086
			pair $order v6only
			comes_in_at four tcp "${V4[1]}" six
			comes_in_at six tcp "${V6[1]}" four
		done
	done
}

@test "lingering connections do not prevent a V6ONLY server from restarting" {
	local mode

	# A dual-stack socket could not be bound, because of connections in TIME_WAIT.
	for mode in "bare start_server puppet" dual; do
		$mode
		plays <<-END
			spawn client bare
			open last tcp4
			bind last 0.0.0.0 $PORT
			listen last
			in client open c tcp4
			in client connect c 127.0.0.1 $PORT
			accept last came
			close came
			in client close c
			close last
			open six tcp6 v6only
			bind six :: $PORT
			listen six
			get six v6only -> 1
		END
		renew_lab
	done
}

@test "a bind that fails leaves IPV6_V6ONLY as it was" {
	local mode

	for mode in "bare start_server puppet" dual; do
		$mode
		plays <<-END
			spawn other bare
			in other open six tcp6
			in other bind six :: $PORT
			in other listen six
			open six tcp6 v6only
			bind six :: $PORT -> EADDRINUSE
			get six v6only -> 1
			get six reuseport -> 0
		END
	done
}

@test "a bind refused without a privilege leaves IPV6_V6ONLY as it was" {
	local mode

	# shellcheck disable=SC2034 # launch_server reads it.
	prefix=(setpriv --bounding-set=-net_bind_service)
	for mode in "bare start_server puppet" dual; do
		$mode
		plays <<-END
			open six tcp6 v6only
			bind six :: 80 -> EACCES
			get six v6only -> 1
		END
	done
}

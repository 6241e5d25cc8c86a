#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl audit: what it says of a socket is what a client finds, bare and with the library.

load lab
load puppet
load audit

# is_as_said V4|V6: an answer at the address that audit names comes from where it says.
is_as_said() {
	local asked answered

	[[ $said =~ WRONG:\ asked\ at\ ([^,]+),\ answers\ from\ ([^ ]+) ]]
	asked=${BASH_REMATCH[1]} answered=${BASH_REMATCH[2]}
	ask_client "$PORT" "$asked"
	every_line_is "wrong $answered"
}

# is_judged ADDRESS TAKES NUMBER: an echo server there is wrong at so many addresses bare, and cured.
is_judged() {
	bare start_server echo_recvfrom "$1" "$PORT"
	audit --pid "$server_pid"
	ends_with 1
	says "^udp +$PORT +$2 +echo_recvfrom\[$server_pid\] +WRONG: .* \($3 addresses\)$"
	says "^1 to cure: bindright COMMAND, for echo_recvfrom\[$server_pid\]$"
	is_as_said

	BINDRIGHT_V6ONLY=off with_library start_server echo_recvfrom "$1" "$PORT"
	audit --pid "$server_pid"
	says "^udp +$PORT +$2 +echo_recvfrom\[$server_pid\] +cured by bindright$"
	says_not "WRONG|to cure"
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	ask_client "$PORT" "${V4[1]}"
	every_line_is right
}

@test "a socket that systemd has for a service that does not run" {
	cp "$servers/echo_recvfrom" systemd
	preload='' launch_server "$PWD/systemd" 0.0.0.0 "$PORT"
	wait_until server_is_ready || fail "not ready"
	audit --pid "$server_pid" "udp/$PORT"
	says "^1 to cure: bindrightctl enable SERVICE, which systemctl list-sockets names$"
	says '[(:] *bindrightctl enable SERVICE, which systemctl list-sockets names'
}

@test "an IPv4 socket" {
	is_judged 0.0.0.0 IPv4 '2 of 3'
}

@test "a dual-stack socket" {
	is_judged :: 'IPv4\+IPv6' '4 of 6'
}

@test "an IPv6 socket" {
	bare start_server puppet
	plays <<-END
		open udp udp6 v6only
		bind udp :: $PORT
	END
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "^udp +$PORT +IPv6 +puppet\[$server_pid\] +WRONG: asked at 2001:db8::[12], .* \(2 of 3 addresses\)$"
}

@test "with the library loaded and no datagram yet it is not wrong, and then cured" {
	bare start_server echo_ports 0.0.0.0 "$PORT"
	audit --pid "$server_pid" "$PORT"
	says WRONG

	with_library start_server echo_ports 0.0.0.0 "$PORT"
	audit --pid "$server_pid" "$PORT"
	ends_with 0
	says "bindright is loaded, and acts from the first datagram on"
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
	audit --pid "$server_pid" "$PORT"
	says "cured by bindright"
}

@test "a program that asks for the address itself" {
	bare start_server echo_pktinfo 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says "asks for the address itself"
}

@test "a socket for each address, with a wildcard beside them" {
	bare start_server puppet
	plays <<-END
		open any udp4 reuseaddr
		bind any 0.0.0.0 $PORT
		open one udp4 reuseaddr
		bind one ${V4[0]} $PORT
		open two udp4 reuseaddr
		bind two ${V4[1]} $PORT
	END
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "IPv4 +puppet.*WRONG: asked at ${V4[2]}, answers from ${V4[0]} \(1 of 3 addresses\)"
	says "IPv4 \(2 addresses\) +puppet.*right: a socket for each address"
	plays <<-END
		open three udp4 reuseaddr
		bind three ${V4[2]} $PORT
	END
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says_not WRONG
	[ "$(grep -c "IPv4 .*right: a socket for each address" <<<"$said")" -eq 1 ]
}

@test "a host with one address, and then two" {
	# shellcheck disable=SC2034 # The lab uses it.
	server_host=("${client_host[@]}")
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says "right: the host has one address"
	client_ip addr add 198.51.100.1/24 dev wire1
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "WRONG: .* \(2 of 2 addresses\)"
}

@test "a socket on a device is asked at that one's addresses" {
	bare start_server puppet
	server_ip link add wire2 type veth peer name wire3
	server_ip addr add 198.51.100.1/24 dev wire2
	server_ip link set wire2 up
	plays <<-END
		open udp udp4
		option udp SO_BINDTODEVICE=wire2
		bind udp 0.0.0.0 $PORT
	END
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 0
	says "right: the host has one address"
}

@test "a dual-stack socket beside one on 0.0.0.0 takes IPv6 alone, except on a device" {
	bare start_server puppet
	plays <<-END
		open six udp6 reuseaddr
		bind six :: $PORT
		open four udp4 reuseaddr
		bind four 0.0.0.0 $PORT
	END
	comes_in_at four udp "${V4[1]}" six
	comes_in_at six udp "${V6[1]}" four
	audit --pid "$server_pid" "udp/$PORT"
	says "^udp +$PORT +IPv4 +puppet.*WRONG: asked at ${V4[1]}.* \(2 of 3 addresses\)$"
	says "^udp +$PORT +IPv6 +puppet.*WRONG: asked at 2001:db8::[12],.* \(2 of 3 addresses\)$"
	says "'udp6 :::$PORT' takes IPv6 alone, and IPv4 has its own"
	plays <<-END
		option six SO_BINDTODEVICE=wire0
	END
	comes_in_at six udp "${V4[1]}" four
	audit --pid "$server_pid" "udp/$PORT"
	says "^udp +$PORT +IPv4\+IPv6 +puppet.*WRONG: .* \(4 of 6 addresses\)$"
}

@test "what listeners take" {
	bare start_server puppet
	plays <<-END
		open both tcp6
		bind both :: 5301
		listen both
		open six tcp6 v6only
		bind six :: 5302
		listen six
		open four tcp4
		bind four 0.0.0.0 5303
		listen four
		open mapped tcp6
		bind mapped ::ffff:0.0.0.0 5304
		listen mapped
		open one tcp4
		bind one 127.0.0.1 5305
		listen one
	END
	audit --pid "$server_pid"
	ends_with 0
	says '^tcp +5301 +IPv4\+IPv6 +puppet\[[0-9]+\] +-$'
	says '^tcp +5302 +IPv6 +puppet'
	says '^tcp +5303 +IPv4 +puppet'
	says '^tcp +5304 +IPv4 +puppet'
	says '^tcp +5305 +127.0.0.1 +puppet'
	audit --pid "$server_pid" 5301
	ends_with 0
	says "netstat shows as 'tcp6 :::5301' takes IPv4, too; .* fails with EADDRINUSE .*BINDRIGHT_V6ONLY=force bindright"
	plays <<-END
		open second tcp4
		bind second 0.0.0.0 5301 -> EADDRINUSE
	END
	audit --pid "$server_pid" 5302
	says "takes IPv6 alone.* a second bind, to 0.0.0.0:5302, works.*BINDRIGHT_V6ONLY=dual bindright"
	plays <<-END
		bind second 0.0.0.0 5302
	END
	audit --pid "$server_pid" 5303
	says "a second bind, to \[::\]:5303, works if it sets IPV6_V6ONLY, and otherwise fails with EADDRINUSE"
	plays <<-END
		open third tcp6
		bind third :: 5303 -> EADDRINUSE
		set third v6only 1
		bind third :: 5303
	END
}

@test "mptcp and udplite" {
	local kind

	for kind in mptcp udplite; do
		need_kind "$kind"
		plays <<-END
			open any4 ${kind}4
			bind any4 0.0.0.0 $PORT
		END
		[ "$kind" = udplite ] || do_lines "listen any4"
		audit --pid "$server_pid" "$PORT"
		says "^$kind +$PORT +IPv4 +puppet"
		says_not "^tcp +$PORT "
	done
}

@test "UDP sockets on ephemeral ports are counted, and shown by -a" {
	bare start_server puppet
	plays <<-END
		open udp udp4
		bind udp 0.0.0.0 40000
	END
	audit --pid "$server_pid"
	says_not '^udp +40000 '
	says '^not shown: [0-9]+ UDP sockets? on ephemeral ports'
	audit -a
	says '^udp +40000 +IPv4 +puppet'
	audit --pid "$server_pid" 40000
	says '^udp +40000 +IPv4 +puppet'
	audit -a --pid "$server_pid"
	[ "$(grep -c '^udp' <<<"$output")" -eq 1 ]
}

@test "a program that no preload reaches" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	audit --pid "$server_pid" "udp/$PORT"
	says_not 'no preload'
	need "${CC:-gcc}"
	"${CC:-gcc}" -D_GNU_SOURCE -static -o echo_static \
		"$abs_top_srcdir"/tests/servers/{echo_recvfrom,common,option}.c ||
		skip "no static C library"
	bare launch_server ./echo_static 0.0.0.0 "$PORT"
	wait_until server_is_ready
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says 'WRONG: .* \(static: no preload reaches it\)$'
	if "$ctl" attach --help >/dev/null 2>&1; then
		says "^1 to cure: bindrightctl attach $server_pid$"
	else
		says '^1 that no preload reaches: see bindright\(7\)$'
		says_not 'to cure: '
	fi
}

# is_not_reached COMMAND REASON
is_not_reached() {
	bare launch_server "$1" 0.0.0.0 "$PORT"
	wait_until server_is_ready
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "WRONG: .* \\($2: no preload reaches it\\)$"
}

@test "a program that is set-user-ID" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can make it so'
	cp "$servers/echo_recvfrom" .
	chown 65534 echo_recvfrom
	chmod u+s echo_recvfrom
	is_not_reached ./echo_recvfrom 'set-user-ID or capabilities'
}

@test "a program of another C library" {
	[ -x "$servers/musl/echo_recvfrom" ] || skip 'no musl-gcc'
	is_not_reached "$servers/musl/echo_recvfrom" 'another C library'
}

@test "a program of another word size" {
	[ -x "$servers/time64/echo_recvmsg" ] || skip 'no 32-bit compiler'
	is_not_reached "$servers/time64/echo_recvmsg" 'another word size'
}

@test "JSON" {
	need jq
	bare start_server echo_recvfrom :: "$PORT"
	audit --json --pid "$server_pid" "udp/$PORT"
	ends_with 1
	[[ $output == '{'*'"version": 1'* ]]
	jq -r '.sockets[] | select(.own_netns) | [.proto, .port, .takes, .by.name, .by.pid,
		.replies.verdict, .replies.wrong, .replies.addresses] | join(" ")' <<<"$output" >json
	echo "udp $PORT IPv4+IPv6 echo_recvfrom $server_pid wrong 4 6" >expected
	same_text expected json
	[ "$(jq -r '.to_cure[0].command' <<<"$output")" = "bindright COMMAND, for echo_recvfrom[$server_pid]" ]
	jq -e '.explained[0] | contains("netstat")' <<<"$output"
}

@test "wrong arguments" {
	audit 70000
	fails_with "port '70000' (allowed: 1 to 65535)"
	audit sctp/53
	fails_with "unknown protocol in 'sctp/53' (allowed: tcp, udp, udplite, mptcp)"
	audit udp/
	fails_with "port '' (allowed: 1 to 65535)"
	audit 99999999999999999999
	fails_with "port '99999999999999999999' (allowed: 1 to 65535)"
	audit --watch 0
	fails_with "option '--watch': seconds '0' (allowed: 1 to 86400)"
	audit --pid x
	fails_with "option '--pid': 'x' (allowed: 1 to 4194304)"
	audit --pid 4194304
	fails_with "option '--pid': there is no process 4194304"
	audit 53 54
	fails_with "unexpected argument '54'; try 'bindrightctl audit --help'"
	audit tcp/4
	[ "$status" -eq 2 ]
	[[ $stderr =~ ^"bindrightctl: there is no socket on tcp port 4"(|"; other network namespaces were not seen")$ ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# An invalid setting is logged at the first socket to which it matters, once in a process and not
# again in processes that it forks. All other programs are silent, such as the commands of a shell
# script. Bare there is no log; the tests compare which process logs what.

load lab
load puppet

# Setting a keyword prevents the warning about lost IPv4 (listen_ipv4_lost.bats).
export BINDRIGHT_V6ONLY=force

# complained COUNT: stderr has this number of complaints and no other lines.
complained() {
	[ "$(grep -c "error: BINDRIGHT_REPLY: unknown keyword 'maybe'" server.err)" -eq "$1" ] ||
		fail "expected $1 complaints"
	[ "$(wc -l <server.err)" -eq "$1" ] || fail "other lines"
}

# a_puppet_complains COUNT <<-END ... END: playing this with an invalid setting, it complains so
# often.
a_puppet_complains() {
	BINDRIGHT_REPLY=maybe with_library start_server puppet
	plays
	complained "$1"
}

@test "a script's commands are silent, and so is its shell; the server that it starts is not" {
	printf '%s\n' '#!/bin/bash' 'cat /dev/null | grep x' '(ls / >/dev/null)' \
		'(exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null' 'echo "$@" >ran' '[ $# -eq 0 ] || exec "$@"' \
		>script
	BINDRIGHT_REPLY=maybe with_library launch_server bash ./script
	wait_until test -f ran
	wait_until server_ended
	complained 0
	good_ends=0 stop_server

	BINDRIGHT_REPLY=maybe with_library launch_server bash ./script "$servers/echo_recvfrom" :: "$PORT"
	wait_until server_is_ready
	complained 1
	grep -q "^bindright: echo_recvfrom\[$server_pid\]" server.err || fail "it is not the server's"
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

server_ended() {
	! kill -0 "$server_pid"
}

@test "sockets that the library ignores: no complaint" {
	a_puppet_complains 0 <<-END
		open client tcp6
		connect client ::1 1 -> ECONNREFUSED
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open six tcp6
		bind six ::1 $PORT
		listen six
		open udp udp4
		bind udp 127.0.0.1 $PORT
		open resolver udp4
		send resolver 127.0.0.1 $PORT hello
		hear udp -> hello
		open sender udp6
		bind sender :: 0
		send sender ::1 1 hello
	END
}

@test "a listener on ::, a UDP server on either wildcard: at the bind" {
	local kind address

	for kind in tcp6 udp6 udp4; do
		address=::
		[ "$kind" != udp4 ] || address=0.0.0.0
		a_puppet_complains 0 <<<"open server $kind"
		plays <<<"bind server $address $PORT"
		complained 1
		plays <<-END
			open second $kind
			bind second $address 5301
		END
		complained 1
	done
}

@test "a UDP server on a port that the kernel chose: at the first receive" {
	a_puppet_complains 0 <<-END
		open server udp4
		bind server 0.0.0.0 0
	END
	plays <<<"hear server recvfrom dontwait -> EAGAIN"
	complained 1
}

@test "an inherited socket: at its first use" {
	bare launch_server "$servers/inherit" 0.0.0.0 "$PORT" \
		env LD_PRELOAD="$library" BINDRIGHT_REPLY=maybe "$servers/echo_recvfrom" -i
	wait_until server_is_ready
	wait_until test -s server.err
	complained 1
	ask_client "$PORT" "${V4[@]}"
	every_line_is right
	complained 1
}

@test "forked processes: silent if the parent has complained, else each to which it matters" {
	a_puppet_complains 1 <<-END
		open server udp4
		bind server 0.0.0.0 $PORT
		fork child
		in child open other udp4
		in child bind other 0.0.0.0 5301
		in child hear other recvfrom dontwait -> EAGAIN
	END
	a_puppet_complains 2 <<-END
		fork one
		fork two
		fork three
		in one open server udp4
		in one bind server 0.0.0.0 $PORT
		in two open server tcp6
		in two bind server :: $PORT
	END
}

@test "one line for each variable, including misspelt ones" {
	BINDRIGHT=yes BINDRIGHT_REPLY=maybe BINDRIGHT_FOO=1 BINDRIGHT_EXPYRI=2 BINDRIGHT_PEERS=many \
		with_library start_server echo_recvfrom :: "$PORT"
	sed -E "s/^bindright: echo_recvfrom\[$server_pid\]: //; s/ \((allowed|known): .*\);/;/" \
		server.err | sort >said
	sort >wanted <<-END
		error: BINDRIGHT: invalid value 'yes'; the default is used
		error: BINDRIGHT_PEERS: invalid value 'many'; the default is used
		error: BINDRIGHT_REPLY: unknown keyword 'maybe'; the default is used
		warn: BINDRIGHT_EXPYRI: unknown variable; it is ignored
		warn: BINDRIGHT_FOO: unknown variable; it is ignored
	END
	same_text wanted said
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
	[ "$(v6only_of u)" = 1 ]
	[ "$(wc -l <server.err)" -eq 5 ]
}

@test "a program in which the library does nothing is silent" {
	local setting

	for setting in BINDRIGHT=off BINDRIGHT_SKIP=puppet BINDRIGHT_ONLY=another BINDRIGHT_LOG=off; do
		local -x "${setting?}"
		a_puppet_complains 0 <<-END
			open server udp4
			bind server 0.0.0.0 $PORT
			hear server recvfrom dontwait -> EAGAIN
		END
		unset "${setting%%=*}"
	done
}

@test "the program changes its environment: the original one is complained of" {
	need python3
	cat >server.py <<-END
		import os, socket
		os.environ['BINDRIGHT_REPLY'] = 'never'
		s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		s.bind(('::', $PORT))
		print('ready', flush=True)
		while True:
		    s.sendto(*s.recvfrom(2048))
	END
	BINDRIGHT_REPLY=maybe with_library launch_server python3 server.py
	wait_until server_is_ready
	complained 1
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY with rules for several keywords: each listener of a program follows its own rule.
# (rules_v6only.bats tests which rule applies to which port.)

load lab
load puppet

# keykeykeywords_differ FORCED DEFAULT OFF DUAL: IPV6_V6ONLY of each listener, of a program that has
# set another value.
keykeywords_differ() {
	plays <<-END
		open forced tcp6 v6only=0
		bind forced :: 5300
		listen forced
		get forced v6only -> $1
		open trusted tcp6 v6only=0
		bind trusted :: 5301
		listen trusted
		get trusted v6only -> $2
		open left tcp6
		bind left :: 5302
		listen left
		get left v6only -> $3
		open dual tcp6 v6only=1
		bind dual :: 5303
		listen dual
		get dual v6only -> $4
	END
}

@test "a keyword for each port of one program" {
	bare start_server puppet
	keykeywords_differ 0 0 0 1
	BINDRIGHT_V6ONLY=force,tcp/5301=default,tcp/5302=off,tcp/5303=dual with_library start_server puppet
	keykeywords_differ 1 0 0 0
	[ "$(grep -c "port 5300 takes no IPv4" server.err)" -eq 1 ] || fail "no warning of force"
	[ "$(grep -c "port 5303 takes IPv4" server.err)" -eq 1 ] || fail "no warning of dual"
	[ "$(wc -l <server.err)" -eq 2 ] || fail "more than two warnings"
	can_connect "${V6[0]}"
	cannot_connect "${V4[@]}"
	for other in 5301 5302 5303; do
		ask_client -T "$other" "${V4[@]}" "${V6[@]}"
		every_line_is connected
	done
}

@test "only rules with * apply to SCTP" {
	need_kind sctp
	sctp_is 0
	BINDRIGHT_V6ONLY='off,tcp/*=force,udp/*=force' with_library start_server puppet
	sctp_is 0
	BINDRIGHT_V6ONLY='off,*/5300=force' with_library start_server puppet
	sctp_is 1
}

sctp_is() {
	plays <<-END
		open s sctp6
		bind s :: $PORT
		get s v6only -> $1
	END
}

@test "rules and sockets on 0.0.0.0: a pair needs the keyword for its own port and protocol" {
	bare start_server puppet
	plays <<-END
		open six tcp6
		bind six :: $PORT
		open four tcp4
		bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
	BINDRIGHT_V6ONLY=off,tcp/5300=auto with_library start_server puppet
	plays <<-END
		open six tcp6
		bind six :: $PORT
		open four tcp4
		bind four 0.0.0.0 $PORT
		open six2 tcp6
		bind six2 :: 5301
		open four2 tcp4
		bind four2 0.0.0.0 5301 -> EADDRINUSE
		open six3 udp6
		bind six3 :: $PORT
		open four3 udp4
		bind four3 0.0.0.0 $PORT -> EADDRINUSE
	END
}

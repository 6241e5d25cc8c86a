#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY with rules: a word for each listener by protocol and port, a later rule over an
# earlier one, port 0 for the ephemeral ports alone.

load lab
load puppet

# v6only_is RULES KIND/PORT=N...: what IPV6_V6ONLY is of each such listener under these rules. Bare
# it is 0 of all.
v6only_is() {
	local rules=$1 mode listener kind number wanted

	shift
	for mode in bare with_library; do
		BINDRIGHT_V6ONLY=$rules $mode start_server puppet
		for listener; do
			wanted=${listener#*=}
			[ "$mode" = with_library ] || wanted=0
			listener=${listener%=*} kind=${listener%/*} number=${listener#*/}
			plays <<-END
				open s ${kind}6
				bind s :: $number
				get s v6only -> $wanted
				close s
			END
		done
		[ ! -s server.err ] || fail "something was said"
	done
}

@test "a protocol and a port" {
	v6only_is off,tcp/5300=force tcp/5300=1 tcp/5299=0 tcp/5301=0 udp/5300=0 tcp/0=0
	v6only_is force,tcp/5300=off tcp/5300=0 tcp/5299=1 tcp/5301=1 udp/5300=1 tcp/0=0
	v6only_is off,udp/5300=force tcp/5300=0 udp/5300=1 udp/5301=0
	v6only_is 'off,*/5300=force' tcp/5300=1 udp/5300=1 udp/5301=0
}

@test "a range, with its ends" {
	v6only_is off,tcp/5300-5302=force tcp/5299=0 tcp/5300=1 tcp/5301=1 tcp/5302=1 tcp/5303=0
	v6only_is off,udp/1-65535=force udp/1=1 udp/65535=1 udp/0=0 tcp/1=0
}

@test "all ports" {
	v6only_is 'off,tcp/*=force' tcp/1=1 tcp/5300=1 tcp/65535=1 tcp/0=0 udp/5300=0
	v6only_is 'off,*/*=force' tcp/5300=1 udp/5300=1 udp/0=0
}

@test "a later rule over an earlier one, and over the first word" {
	v6only_is off,tcp/5300-5310=force,tcp/5305=off tcp/5304=1 tcp/5305=0 tcp/5306=1
	v6only_is off,tcp/5305=off,tcp/5300-5310=force tcp/5304=1 tcp/5305=1 tcp/5306=1
	v6only_is 'force,*/*=off,tcp/5300=force' tcp/5300=1 udp/5300=0 tcp/5301=0
	v6only_is off,tcp/5300=off,tcp/5300=force,tcp/5300=off tcp/5300=0
}

@test "port 0: ephemeral ports, only where a rule names it" {
	v6only_is force tcp/0=0 udp/0=0
	v6only_is off,tcp/0=force tcp/0=1 udp/0=0 tcp/5300=0
	v6only_is 'off,*/0=force' tcp/0=1 udp/0=1 udp/5300=0
	v6only_is off,udp/0-5300=force udp/0=1 udp/1=1 udp/5300=1 udp/5301=0 tcp/0=0
	v6only_is 'force,*/0=off' tcp/0=0 udp/0=0 tcp/5300=1
	v6only_is 'off,*/0=force,tcp/0=off' tcp/0=0 udp/0=1
	v6only_is 'off,tcp/0=default' tcp/0=1
}

@test "port 0: a listener that is bound by listen" {
	bare start_server puppet
	plays <<-END
		open s tcp6
		listen s
		get s v6only -> 0
	END
	BINDRIGHT_V6ONLY=off,tcp/0=force BINDRIGHT_LOG=info with_library start_server puppet
	plays <<-END
		open s tcp6
		listen s
		get s v6only -> 1
		listen s
		open u tcp6
		bind u :: $PORT
		listen u
		get u v6only -> 0
	END
	do_lines "port s"
	[ "$(grep -c "\[::\]:$(sed 's/.* //' transcript): IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/0=force)" server.err)" \
		-eq 1 ] || fail "not one line with its port"
}

@test "MPTCP goes by tcp, UDP-Lite by udp" {
	need_kind mptcp
	v6only_is off,tcp/5300=force mptcp/5300=1 mptcp/5301=0
	v6only_is force,tcp/5300=off mptcp/5300=0
	need_kind udplite
	v6only_is off,udp/5300=force udplite/5300=1 udplite/5301=0
}

@test "other protocols go by * alone" {
	need_kind sctp
	v6only_is 'off,tcp/*=force,udp/*=force' sctp/5300=0
	v6only_is 'off,*/5300=force' sctp/5300=1 sctp/5301=0
	v6only_is force,tcp/5300=off sctp/5300=1
}

@test "a word of its own for each port of one program" {
	bare start_server puppet
	words_differ 0 0 0 1
	BINDRIGHT_V6ONLY=force,tcp/5301=default,tcp/5302=off,tcp/5303=dual with_library start_server puppet
	words_differ 1 0 0 0
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

# words_differ FORCED DEFAULT OFF DUAL: what IPV6_V6ONLY is, of programs that ask otherwise.
words_differ() {
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

@test "rules on sockets of 0.0.0.0: a pair needs the word for its own port and protocol" {
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

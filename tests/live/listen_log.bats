#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_LOG=info: one line for each listener on ::, with protocol, address, port, the decision,
# and the keyword or rule that decided. Bare there is no log.

load lab
load puppet

# logs KEYWORDS LINE <<-END ... END: the puppet does these lines under each of the keywords, and the
# only log line about port 5300 is LINE, without its beginning.
logs() {
	BINDRIGHT_LOG=info BINDRIGHT_V6ONLY=$1 with_library start_server puppet
	plays
	grep -F ":$PORT" server.err | grep -v 'watched;' |
		sed -E "s/^bindright: puppet\[$server_pid\]: (info|warn): fd [0-9]+ /\1: /" >log
	printf '%s\n' "$2" >wanted
	same_text wanted log
}

listener() {
	printf '%s\n' "open six $1" "bind six :: $PORT"
}

@test "each keyword, if the program does not set the option" {
	logs force "info: tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=force)" < <(listener tcp6)
	logs default "info: tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=default)" < <(listener tcp6)
	logs auto "info: tcp [::]:5300: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY=auto)" \
		< <(listener tcp6)
	logs dual "info: tcp [::]:5300: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY=dual)" \
		< <(listener tcp6)
	logs off "info: tcp [::]:5300: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY=off)" \
		< <(listener tcp6)
}

@test "each keyword, if the program has set IPV6_V6ONLY" {
	local keyword

	for keyword in force default auto off; do
		logs "$keyword" "info: tcp [::]:5300: IPV6_V6ONLY left set (BINDRIGHT_V6ONLY=$keyword)" \
			< <(listener "tcp6 v6only")
	done
	logs dual "warn: tcp [::]:5300: IPV6_V6ONLY cleared although the program set it (BINDRIGHT_V6ONLY=\
dual): port 5300 takes IPv4 through this socket; to prevent that, use any other keyword" < <(listener "tcp6 v6only")
}

@test "each keyword, if the program has cleared IPV6_V6ONLY" {
	local keyword

	logs force "warn: tcp [::]:5300: IPV6_V6ONLY set although the program cleared it (BINDRIGHT_V6ONLY=\
force): port 5300 takes no IPv4 through this socket; to keep IPv4, use the keyword auto, default or off" \
		< <(listener "tcp6 v6only=0")
	for keyword in default auto dual off; do
		logs "$keyword" "info: tcp [::]:5300: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY=$keyword)" \
			< <(listener "tcp6 v6only=0")
	done
}

@test "the rule that decided, and the protocol" {
	logs off,tcp/5300=force,udp/5000-5400=force \
		"info: udp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule udp/5000-5400=force)" \
		< <(listener udp6)
	logs 'force,*/*=off' \
		"info: tcp [::]:5300: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY, rule */*=off)" \
		< <(listener tcp6)
	need_kind mptcp
	logs force "info: mptcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=force)" < <(listener mptcp6)
	need_kind udplite
	logs force "info: udplite [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=force)" \
		< <(listener udplite6)
}

@test "auto: which socket has the IPv4 side" {
	logs auto "info: tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=auto); IPv4 on this port belongs \
to another socket of this process" <<-END
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open six tcp6
		bind six :: $PORT
		listen six
	END
	# This is a warning, because the program gets no IPv4 and cannot know.
	logs auto "warn: tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=auto); IPv4 on this port belongs \
to another process" <<-END
		spawn other bare
		in other open four tcp4
		in other bind four 0.0.0.0 $PORT
		in other listen four
		open six tcp6
		bind six :: $PORT
		listen six
	END
}

@test "auto: one more line if two sockets share the port" {
	BINDRIGHT_LOG=info BINDRIGHT_V6ONLY=auto with_library start_server puppet
	plays <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
	END
	[ "$(wc -l <server.err)" -eq 2 ] || fail "expected two lines"
	grep -q "info: fd [0-9]* tcp port $PORT: shared with fd [0-9]*; IPv4 goes to the AF_INET socket" server.err
}

@test "no line for a bind that fails, a specific address, 0.0.0.0, port 0" {
	BINDRIGHT_LOG=info with_library start_server puppet
	plays <<-END
		spawn other bare
		in other open six tcp6
		in other bind six :: $PORT
		in other listen six
		open six tcp6
		bind six :: $PORT -> EADDRINUSE
		open seven tcp6
		bind seven ::1 5301
		open four tcp4
		bind four 0.0.0.0 5302
		open client tcp6
		bind client :: 0
	END
	[ ! -s server.err ] || fail "the log is not empty"
}

@test "a rule that names port 0: the line has the port that the kernel chose" {
	local chosen

	BINDRIGHT_LOG=info BINDRIGHT_V6ONLY=off,tcp/0=force with_library start_server puppet
	do_lines "open six tcp6" "bind six :: 0" "port six"
	chosen=$(sed -n 's/^port six -> //p' transcript)
	grep -qF "tcp [::]:$chosen: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/0=force)" server.err ||
		fail "no line for port $chosen"
	do_lines "open five tcp6" "listen five" "get five v6only" "port five"
	grep -qx 'get five v6only -> 1' transcript
	chosen=$(sed -n 's/^port five -> //p' transcript)
	grep -qF "tcp [::]:$chosen: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/0=force)" server.err ||
		fail "no line for port $chosen, which listen chose"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Erlang's gen_tcp by inet6, which leaves IPV6_V6ONLY at the system default: the keyword default, like
# the sysctl bindv6only, takes IPv4 from it.

load listeners
packages=erlang-base

start() {
	cat >listen.escript <<-END
		#!/usr/bin/env escript
		main(_) ->
			{ok, Listener} = gen_tcp:listen($port, [inet6]),
			accept(Listener).
		accept(Listener) ->
			{ok, Connection} = gen_tcp:accept(Listener),
			gen_tcp:close(Connection),
			accept(Listener).
	END
	launch_server escript listen.escript
}

@test "Erlang, gen_tcp with inet6" {
	keeps_ipv4 auto
}

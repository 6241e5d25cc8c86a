#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Erlang's gen_udp.

load daemons
packages=erlang-base

start() {
	cat >echo.escript <<-END
		#!/usr/bin/env escript
		main(_) ->
			open([inet]),
			open([inet6, {ipv6_v6only, true}]),
			echo().
		open(Options) ->
			{ok, _} = gen_udp:open($port, [binary, {recbuf, 65536} | Options]).
		echo() ->
			receive {udp, Socket, Address, Port, Datagram} ->
				gen_udp:send(Socket, Address, Port, Datagram),
				echo()
			end.
	END
	launch_server escript echo.escript
}

@test "Erlang" {
	is_cured V4 V6
}

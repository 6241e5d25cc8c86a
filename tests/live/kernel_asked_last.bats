#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A peer asks several sockets of one service in turn, and a socket that it asked nothing answers: from
# where the peer asked last, whichever socket that was.

load lab
load puppet
load kernel

# ask_and_follow SOURCE: the client asks two sockets in turn, and hears a third one from SOURCE.
ask_and_follow() {
	plays <<-END
		in client send c ${V4[1]} $PORT one
		hear a -> one
		in client send c ${V4[2]} $((PORT + 1)) two
		hear b -> two
		in client send c ${V4[1]} $PORT three
		hear a -> three
		open fresh udp4
		send fresh $CLIENT_V4 5400 answer
		close fresh
	END
	answered_from "$1" answer
}

@test "one socket, another and the first again are asked within a second" {
	start_server puppet
	enter_outside_client
	plays <<-END
		open a udp4
		bind a 0.0.0.0 $PORT
		open b udp4
		bind b 0.0.0.0 $((PORT + 1))
		in client open c udp4
		in client bind c 0.0.0.0 5400
	END
	ask_and_follow "${V4[0]}"
	attach
	ask_and_follow "${V4[1]}"
	plays <<-END
		answer b
	END
	answered_from "${V4[2]}" two
}

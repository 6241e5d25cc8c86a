#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sockets that are not used by the program alone: a helper binds it, or a packet socket reads the
# requests.

load lab
load puppet

# As the helpers of authbind, innbind and privbind do, which are set-user-ID and so without the
# library.
@test "bound by a helper without the library" {
	local how source=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			open s udp4
			heir helper bare
			in helper bind s 0.0.0.0 $PORT
			end helper
			in client open c udp4
			in client bind c $CLIENT_V4 5400
			in client send c ${V4[1]} $PORT one
			hear s -> one
			answer s
			in client hear c -> one
			in client from c -> $source
		END
		source=${V4[1]}
	done
}

# isc-dhcpd reads requests from a packet socket, answers by a UDP socket, and drains that
# afterwards. The library sees a request after its answer, so it answers from the destination of the
# one before: a known limit, for which there is BINDRIGHT_REPLY=off.
@test "a server that reads requests past its UDP socket is as bare by BINDRIGHT_REPLY=off" {
	local how asked

	for how in bare with_library; do
		BINDRIGHT_REPLY=off "$how" start_server puppet
		enter_client
		plays <<-END
			open s udp4
			bind s 0.0.0.0 $PORT
			in client open c udp4
			in client bind c $CLIENT_V4 5400
		END
		for asked in "${V4[1]}" "${V4[0]}" "${V4[2]}"; do
			plays <<-END
				in client send c $asked $PORT ask
				send s $CLIENT_V4 5400 answer
				in client hear c -> answer
				in client from c -> ${V4[0]}
				hear s -> ask
			END
		done
	done
}

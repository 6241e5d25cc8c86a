#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A client keeps one unconnected socket on an ephemeral port while its host gets
# another address and a route that prefers it. It sends before it receives, so the library leaves it
# alone and it goes on from the new address: the answers that arrived at the old one are no requests.

load daemons
packages=python3

readonly NEW=192.0.2.101

# It prints the source of each datagram.
start() {
	cat >server.py <<-END
		import socket

		listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		listener.bind(("${V4[1]}", $port))
		print("ready", flush=True)
		while True:
		    peer = listener.recvfrom(100)[1]
		    listener.sendto(peer[0].encode(), peer)
	END
	launch_server /usr/bin/python3 server.py
	wait_until server_is_ready || fail "the server is not ready"
}

# It prints what it receives, and asks again for each line of stdin.
write_client() {
	cat >client.py <<-END
		import socket
		import sys

		asking = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		asking.settimeout(5)
		asking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		asking.bind(("::", 0))
		while sys.stdin.readline():
		    asking.sendto(b"?", ("::ffff:${V4[1]}", $port))
		    print(asking.recvfrom(100)[0].decode(), flush=True)
	END
}

# goes_on_from ADDRESS: it asks from ADDRESS after the route has changed.
goes_on_from() {
	renew_lab
	bare start
	write_client
	: >said
	# shellcheck disable=SC2094 # It is looked at while it is written.
	{
		echo
		wait_until grep -qx "$CLIENT_V4" said
		client_ip addr add "$NEW/24" dev wire1
		client_ip route change 192.0.2.0/24 dev wire1 src "$NEW"
		echo
	} | from_client env ${preload:+LD_PRELOAD="$preload"} /usr/bin/python3 client.py >said
	[ "$(xargs <said)" = "$CLIENT_V4 $1" ] || fail "it asks from: $(xargs <said)"
}

@test "a client on port 0 follows routing" {
	bare goes_on_from "$NEW"
	with_library goes_on_from "$NEW"
}

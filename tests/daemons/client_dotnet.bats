#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# .NET is not in Debian. Python makes the calls of its clients: a dual-mode socket bound to [::]:0,
# with and without a call that sets IPV6_V6ONLY.

load clients
packages='python3 memcached'
program=(/usr/bin/python3 client.py)

prepare() {
	cat >client.py <<-'END'
		import socket
		import sys

		server = ("::ffff:" + sys.argv[1], int(sys.argv[2]))

		def make(kind, clears):
		    made = socket.socket(socket.AF_INET6, kind)
		    made.settimeout(2)
		    if clears:
		        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		    made.bind(("::", 0))
		    return made

		def stream(clears):
		    asking = make(socket.SOCK_STREAM, clears)
		    asking.connect(server)
		    asking.sendall(b"version\r\n")
		    return asking.recv(100)

		def datagram(clears, connects):
		    asking = make(socket.SOCK_DGRAM, clears)
		    question = b"\0\1\0\0\0\1\0\0version\r\n"
		    if connects:
		        asking.connect(server)
		        asking.send(question)
		    else:
		        asking.sendto(question, server)
		    answer, peer = asking.recvfrom(100)
		    return answer[8:] if peer[:2] == server else str(peer).encode()

		def show(name, ask, *arguments):
		    try:
		        answer = ask(*arguments).decode().strip()
		    except OSError as error:
		        answer = repr(error)
		    print(name + ": " + answer)

		for clears in True, False:
		    mode = ", dual mode" if clears else ""
		    show("TCP" + mode, stream, clears)
		    show("UDP" + mode, datagram, clears, False)
		    show("UDP connected" + mode, datagram, clears, True)
	END
}

@test "clients like .NET's work under every keyword" {
	works_under_every_keyword
}

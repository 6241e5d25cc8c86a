# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of super-servers: the services that they have inside, on their own ports, and a
# program that they start with the socket on its descriptor 0 (`dgram wait`).
#
# A super-server's file says with start_inetd SERVICE [PROGRAM NAME ARGUMENT...] how it is started
# with this one service, an internal one if there is no PROGRAM.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# internal_is_cured SERVICE PORT: it answers to whatever comes.
internal_is_cured() {
	local service=$1 port=$2 question='\n'

	start() {
		start_inetd "$service"
	}
	is_cured V4 V6
}

# program_is_cured [WRAPPER]: an echo server on PORT. With the library it is started by the wrapper
# in the configuration, which is the way where LD_PRELOAD does not reach the services.
program_is_cured() {
	local by=$1

	start() {
		write_service
		if [ -n "$preload" ] && [ -n "$by" ]; then
			start_inetd "$port" "$by" bindright "$PWD/service"
		else
			start_inetd "$port" "$PWD/service" service
		fi
	}
	is_cured V4 V6
}

write_service() {
	cat >service <<-'END'
		#!/usr/bin/perl
		open(my $socket, "+<&=", 0);
		while (my $peer = recv($socket, my $datagram, 9000, 0)) {
			send($socket, $datagram, 0, $peer);
		}
	END
	chmod +x service
}

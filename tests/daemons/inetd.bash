# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of super-servers: their internal services, on the standard ports, and a
# program that they start with the socket on its descriptor 0 (`dgram wait`).
#
# A super-server's file defines start_inetd SERVICE [PROGRAM NAME ARGUMENT...], which starts it
# with this one service, an internal one if there is no PROGRAM.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# start_openbsd_inetd SERVICE [PROGRAM NAME ARGUMENT...]: start_inetd for openbsd-inetd
start_openbsd_inetd() {
	local family

	for family in 4 6; do
		echo "$1 dgram udp$family wait root ${*:2}" | sed 's/ $/ internal/'
	done >inetd.conf
	launch_server inetd -i inetd.conf
}

# internal_is_cured SERVICE PORT: tests an internal service, which answers any datagram.
internal_is_cured() {
	local service=$1 port=$2 question='\n'

	start() {
		start_inetd "$service"
	}
	is_cured V4 V6
}

# program_is_cured [WRAPPER]: tests an echo server on PORT. If WRAPPER is given, the configuration
# starts it by the wrapper, for super-servers that do not pass LD_PRELOAD to their services.
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

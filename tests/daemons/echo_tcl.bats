#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Tcl's package udp. Its socket on :: takes the IPv4 side of the port too.

load daemons
packages='tcl tcl-udp'

start() {
	cat >echo.tcl <<-END
		package require udp
		proc answer {socket} {
			set datagram [read \$socket]
			fconfigure \$socket -remote [fconfigure \$socket -peer]
			puts -nonewline \$socket \$datagram
			flush \$socket
		}
		foreach socket [list [udp_open $port] [udp_open $port ipv6]] {
			fconfigure \$socket -buffering none -translation binary -blocking 0
			fileevent \$socket readable [list answer \$socket]
		}
		vwait forever
	END
	launch_server tclsh echo.tcl
}

@test "Tcl" {
	is_cured V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# freeradius, which names the source of its answers itself.

load radius
load listeners
packages='freeradius freeradius-utils openssl'

start() {
	mkdir -p raddb
	cat >raddb/radiusd.conf <<-END
		prefix = $PWD
		libdir = /usr/lib/freeradius
		run_dir = $PWD
		db_dir = $PWD
		logdir = $PWD
		log { destination = stdout }
		security { status_server = yes }
		client all4 { ipv4addr = 0.0.0.0/0
			secret = secret
		}
		client all6 { ipv6addr = ::/0
			secret = secret
		}
		server default {
			listen { type = auth
				ipv4addr = *
				port = $port
			}
			listen { type = auth
				ipv6addr = ::
				port = $port
			}
		}
	END
	launch_as freerad freeradius -f -l stdout -d raddb -D /usr/share/freeradius
}

@test "freeradius" {
	stays_right V4 V6
}

@test "freeradius, UDP" {
	protocol=udp
	listeners=2
	is_unchanged
}

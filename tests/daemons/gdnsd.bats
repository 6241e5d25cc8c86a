#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# gdnsd, an authoritative name server that names the source of its answers itself.

load dns
packages='gdnsd bind9-dnsutils'

start() {
	mkdir -p zones run state
	write_zone
	mv demo.zone zones/demo.example
	cat >config <<-END
		options => {
			listen => { "0.0.0.0:$port" => {}, "[::]:$port" => {} }
			run_dir => $PWD/run
			state_dir => $PWD/state
		}
	END
	launch_as gdnsd gdnsd -c "$PWD" start
}

@test "gdnsd" {
	stays_right V4 V6
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of name servers: each is asked for the address of demo.example, which is
# 203.0.113.1.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

question='\0\1\1\0\0\1\0\0\0\0\0\0\4demo\7example\0\0\1\0\1'

client() {
	from_client dig +tries=1 +time=1 -p "$port" @"$1" demo.example | grep -q 203.0.113.1
}

# write_zone: writes the zone demo.example to demo.zone.
write_zone() {
	cat >demo.zone <<-END
		\$ORIGIN demo.example.
		\$TTL 60
		@ SOA ns admin 1 3600 600 86400 60
		@ NS ns
		@ A 203.0.113.1
		ns A 203.0.113.1
	END
}

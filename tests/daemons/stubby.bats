#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# stubby, a resolver that asks others by TLS. Here it has no other to ask and answers SERVFAIL.

load dns
packages='stubby bind9-dnsutils'

start() {
	cat >stubby.yml <<-END
		resolution_type: GETDNS_RESOLUTION_STUB
		dns_transport_list: [ GETDNS_TRANSPORT_TLS ]
		upstream_recursive_servers:
		  - address_data: 192.0.2.1
		listen_addresses: [ 0.0.0.0@$port, 0::0@$port ]
	END
	launch_server stubby -C stubby.yml
}

client() {
	from_client dig +tries=1 +time=1 -p "$port" @"$1" demo.example | grep SERVFAIL
}

@test "stubby" {
	is_cured V4 V6
}

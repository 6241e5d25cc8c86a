#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# gunicorn, one process that ends if it cannot bind all of its addresses.

load listeners
packages='gunicorn python3'

start() {
	local address bind=()

	for address; do
		[ "$address" != :: ] || address='[::]'
		bind+=(-b "$address:$port")
	done
	cat >service.py <<-END
		def app(environ, start_response):
		    start_response('204 No Content', [])
		    return []
	END
	launch_server /usr/bin/python3 -m gunicorn "${bind[@]}" service:app
}

# It retries for five seconds, then ends.
has_settled() {
	has_all_or_ended
}

@test "gunicorn" {
	is_pair_cured
}

@test "gunicorn, -b [::]:PORT" {
	serves_ipv6_only
}

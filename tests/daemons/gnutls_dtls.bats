#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# gnutls-serv by DTLS: it peeks, and answers from the socket that it listens on.

load daemons
packages='gnutls-bin openssl'
question=none

start() {
	make_keys
	launch_server gnutls-serv --udp --echo --port "$port" --x509certfile cert.pem \
		--x509keyfile key.pem
}

is_ready() {
	is_bound
}

client() {
	from_client timeout 1 gnutls-cli --udp --insecure --port "$port" "$1" </dev/null |
		grep 'Handshake was completed'
}

@test "gnutls-serv, DTLS" {
	is_cured V4 V6
}

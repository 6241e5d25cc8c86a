#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ocserv, a VPN server: its workers have a seccomp filter (isolate-workers). It names the source
# of its answers itself, so DTLS sessions succeed at each address.

load daemons
packages='ocserv openconnect openssl'
question=none

start() {
	need_tunnel
	open_directory
	make_keys
	mkdir -p jail
	chown ocserv jail
	printf 'demo\ndemo\n' | ocpasswd -c passwd demo
	cat >ocserv.conf <<-END
		auth = "plain[passwd=$PWD/passwd]"
		tcp-port = $port
		udp-port = $port
		run-as-user = ocserv
		run-as-group = ocserv
		socket-file = socket
		chroot-dir = $PWD/jail
		server-cert = $PWD/cert.pem
		server-key = $PWD/key.pem
		isolate-workers = true
		max-clients = 64
		max-same-clients = 64
		rate-limit-ms = 0
		max-ban-score = 0
		dtls-legacy = true
		use-occtl = false
		device = vpns
		ipv4-network = 198.51.100.0
		ipv4-netmask = 255.255.255.0
		cookie-timeout = 5
	END
	launch_server ocserv --foreground --pid-file "$PWD/pid" --config "$PWD/ocserv.conf"
}

is_ready() {
	is_bound
}

# client ADDRESS: its DTLS session is established.
client() {
	local host=$1

	[[ $1 != *:* ]] || host="[$1]"
	echo demo | from_client timeout -s INT 3 openconnect -v --protocol=anyconnect --user=demo \
		--passwd-on-stdin --no-system-trust --servercert "pin-sha256:$(pin)" \
		--script-tun --script 'exec cat >/dev/null' "https://$host:$port" 2>&1 |
		grep 'Established DTLS'
}

pin() {
	openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64
}

@test "ocserv" {
	stays_right V4 V6
}

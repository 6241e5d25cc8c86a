# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of openvpn, which needs keys and a tunnel device.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# P_CONTROL_HARD_RESET_CLIENT_V2, a session, nothing to acknowledge, packet 0.
question='\x38session.\0\0\0\0\0'
# A session belongs to its peer's address and port.
asking=(-n 216)

# start_openvpn OPTION...
start_openvpn() {
	need_tunnel
	make_keys
	launch_server openvpn --dev tun --server 10.8.0.0 255.255.255.0 --duplicate-cn \
		--port "$port" --ca cert.pem --cert cert.pem --key key.pem --dh none \
		--connect-freq-initial 100000 1 "$@"
}

# It succeeds if the server sends it the tunnel's configuration, which it then refuses to apply.
client() {
	from_client timeout 3 openvpn --client --dev tun --nobind --verb 3 \
		--proto "$([[ $1 == *:* ]] && echo udp6 || echo udp4)" --remote "$1" "$port" \
		--ca cert.pem --cert cert.pem --key key.pem \
		--ifconfig-noexec --script-security 2 --up /bin/false |
		grep "Received control message: 'PUSH_REPLY"
}

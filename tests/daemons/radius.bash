# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of RADIUS servers: each is asked for its status, with the secret "secret".

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

# Code 12 (Status-Server), request 1, 38 bytes, an authenticator, and as the only attribute the
# Message-Authenticator: HMAC-MD5 over the packet, with zeros in its place.
readonly head='\x0c\x01\0\x26authenticator...\x50\x12'
# shellcheck disable=SC2059 # It is a format.
question=$head$(printf "$head$(printf '\\0%.0s' {1..16})" | openssl dgst -md5 -hmac secret |
	sed 's/.* //; s/../\\x&/g')

client() {
	echo 'Message-Authenticator = 0x00' >request
	from_client radclient -f request -r 1 -t 1 "$([[ $1 != *:* ]] && echo "$1" || echo "[$1]"):$port" \
		status secret
}

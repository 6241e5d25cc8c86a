#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mosh-server, a remote shell. Its client takes answers from any address, but a NAT in between does
# not; socat plays the NAT.

load daemons
packages='mosh socat'
question=none
# It serves only one client.
one_peer=yes
# It opens one dual-stack socket.
v6only=auto

start() {
	LC_ALL=C.UTF-8 launch_server sh -c "mosh-server new -p $port -i :: -- echo greeting
		exec sleep $LIMIT_S"
}

is_ready() {
	is_bound && grep -q "MOSH CONNECT" server.out
}

client() {
	local nat target=UDP4:$1 status=0

	[[ $1 != *:* ]] || target="UDP6:[$1]"
	[ -p nothing ] || mkfifo nothing
	"${client_host[@]}" "${dying_with_us[@]}" socat UDP4-LISTEN:6000 "$target:$port" 3>&- &
	nat=$!
	wait_until nat_is_bound
	LC_ALL=C.UTF-8 TERM=xterm \
		MOSH_KEY=$(sed -n "s/MOSH CONNECT $port \([^ \r]*\).*/\1/p" server.out) \
		from_client timeout 4 script -qec 'stty cols 80 rows 24; mosh-client 127.0.0.1 6000' /dev/null <>nothing |
		grep greeting || status=1
	kill "$nat"
	wait "$nat" || true
	return "$status"
}

nat_is_bound() {
	[ -n "$("${client_host[@]}" ss -Huan "sport = :6000")" ]
}

@test "mosh-server" {
	is_cured V4 V6
}

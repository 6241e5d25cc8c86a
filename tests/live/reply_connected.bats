#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# connect(2) fixes a socket's local address. If the kernel's choice is right, the library changes
# nothing; if it is wrong and cannot be changed, the socket is as bare. Requests at other sockets do
# not affect a connected one.

load lab
load puppet

# connects_once WILDCARD PEER ADDRESS: if asked at the address that the kernel would choose, the
# server calls connect once, without AF_UNSPEC, which would lose datagrams in between.
connects_once() {
	local how

	for how in bare with_library; do
		under_strace trace "$how" start_server puppet
		enter_client
		plays <<-END
			open s udp$(family_of "$1")
			bind s $1 $PORT
			in client open c udp$(family_of "$1")
			in client bind c $2 5400
			in client send c $3 $PORT ask
			hear s -> ask
			connect s $2 5400
			local s -> $3
			answer s
			in client hear c -> ask
			in client from c -> $3
		END
		stop_server
		wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
		[ "$(grep -c ' connect(' trace)" -eq 1 ] || fail "$(grep ' connect(' trace)"
	done
}

@test "asked at the kernel's choice: connected once" {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace is not permitted"
	connects_once 0.0.0.0 "$CLIENT_V4" "${V4[0]}"
	BINDRIGHT_V6ONLY=off connects_once :: "$CLIENT_V6" "${V6[2]}"
}

# connects_as_bare WILDCARD PEER ASKED REFUSE ALLOW: a server's second socket, on an ephemeral port
# from its first answer, is connected to the peer after the command REFUSE, which makes the address
# asked unusable as a source; ALLOW makes it usable again.
connects_as_bare() {
	local wildcard=$1 peer=$2 asked=$3 refuse=$4 allow=$5 how chosen

	for how in bare with_library; do
		"$how" start_server puppet
		plays <<-END
			spawn peer bare
			in peer open p udp$(family_of "$peer")
			in peer bind p $peer 5400
			open s udp$(family_of "$peer")
			bind s $wildcard $PORT
			in peer send p $asked $PORT ask
			hear s -> ask
			open c udp$(family_of "$peer")
			answer s c
			in peer hear p -> ask
		END
		do_lines "port c"
		chosen=$(cut -d ' ' -f 4 transcript)
		"$refuse"
		plays <<-END
			connect c $peer 5400
			port c -> $chosen
			local c -> $peer
			in peer send p $peer $chosen back
			hear c -> back
		END
		"$allow"
	done
}

add_own_addresses() {
	server_ip addr add 10.9.0.1/32 dev lo
	server_ip addr add 10.9.0.2/32 dev lo
	server_ip addr add fd00::1/128 dev lo nodad
	server_ip addr add fd00::2/128 dev lo nodad
}

# By default the rule for local addresses comes before all others.
refuse_v4() {
	server_ip rule add pref 10 table local
	server_ip rule add pref 5 from 10.9.0.2 unreachable
	server_ip rule del pref 0 table local
}

allow_v4() {
	server_ip rule add pref 0 table local
	server_ip rule del pref 5
	server_ip rule del pref 10
}

refuse_v6() {
	server_ip addr del fd00::2/128 dev lo
}

allow_v6() {
	server_ip addr add fd00::2/128 dev lo nodad
}

@test "a pin that is undone keeps the ephemeral port: IPv4" {
	add_own_addresses
	connects_as_bare 0.0.0.0 10.9.0.1 10.9.0.2 refuse_v4 allow_v4
}

@test "a pin that is undone keeps the ephemeral port: IPv6" {
	add_own_addresses
	BINDRIGHT_V6ONLY=off connects_as_bare :: fd00::1 fd00::2 refuse_v6 allow_v6
}

# A socket for each client, on the server's port; the listening one goes on, and receives from the
# same client at another address.
@test "a connected socket that sends with an address uses its own local address" {
	local how own=${V4[0]} asked=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			in client open p udp4
			in client bind p $CLIENT_V4 5400
			open s udp4 reuseaddr
			bind s 0.0.0.0 $PORT
			in client send p ${V4[1]} $PORT one
			hear s -> one
			open c udp4 reuseaddr
			bind c 0.0.0.0 $PORT
			connect c $CLIENT_V4 5400
			local c -> $own
			in client send p ${V4[2]} $PORT two
			hear s -> two
			answer s
			in client hear p -> two
			in client from p -> $asked
			send c $CLIENT_V4 5400 three
			in client hear p -> three
			in client from p -> $own
		END
		own=${V4[1]} asked=${V4[2]}
	done
}

@test "a socket that is disconnected answers as before it was connected" {
	local how from=${V4[0]}

	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			in client open p udp4
			in client bind p $CLIENT_V4 5400
			open s udp4
			bind s 0.0.0.0 $PORT
			in client send p ${V4[0]} $PORT one
			hear s -> one
			connect s $CLIENT_V4 5400
			disconnect s
			in client send p ${V4[1]} $PORT two
			hear s -> two
			answer s
			in client hear p -> two
			in client from p -> $from
		END
		from=${V4[1]}
	done
}

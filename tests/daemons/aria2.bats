#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# aria2c, which shares files, as a node of BitTorrent's distributed hash table.

load daemons
packages=aria2
question='d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'

# start_aria2 OPTION...
start_aria2() {
	HOME=$PWD launch_server aria2c --enable-rpc --dir="$PWD" --dht-listen-port="$port" "$@" \
		'magnet:?xt=urn:btih:248d0a1cd08284299de78d5c1ed359bb46717d8c'
}

@test "aria2" {
	start() {
		start_aria2
	}
	is_cured V4
}

@test "aria2, --enable-dht6" {
	start() {
		start_aria2 --enable-dht6 --dht-listen-addr6=::
	}
	is_cured V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# coap-server of libcoap, a protocol for constrained devices: it names the source of its answers itself.

load daemons
packages=libcoap3-bin
v6only=auto
# GET / as a confirmable message.
question='\x40\1\0\1'

start() {
	launch_server coap-server-notls -A :: -p "$port"
}

@test "coap-server" {
	stays_right V4 V6
}

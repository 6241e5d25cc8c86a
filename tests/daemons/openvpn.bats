#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openvpn by UDP.

load openvpn
packages='openvpn openssl tcpdump'

@test "openvpn, udp" {
	# "udp" opens an IPv4 socket unless an address is configured.
	remark='own option: --multihome'
	start() {
		start_openvpn --proto udp
	}
	is_cured V4
}

@test "openvpn, udp6" {
	# It opens one dual-stack socket.
	v6only=auto
	remark='own option: --multihome'
	start() {
		start_openvpn --proto udp6
	}
	is_cured V4 V6
}

@test "openvpn, --multihome" {
	v6only=auto
	start() {
		start_openvpn --proto udp6 --multihome
	}
	stays_right V4 V6
}

@test "openvpn answers as with --multihome" {
	v6only=auto
	start() {
		# shellcheck disable=SC2086 # No word where there is no switch.
		start_openvpn --proto udp6 $switch
	}
	equals_switch --multihome V4 V6
}

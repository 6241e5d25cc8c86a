#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# snmpd: by IPv4 it names the source of its answers itself, by IPv6 it does not.

load daemons
packages='snmpd snmp'
already_right=V4
client_looks=no
# GetNext of 1.3.6.1.2.1, version 2c, community "public".
question='\x30\x26\x02\1\1\x04\6public\xa1\x19\x02\4\0\0\0\1\x02\1\0\x02\1\0'
question+='\x30\x0b\x30\x09\x06\5\x2b\6\1\2\1\x05\0'

start() {
	printf '%s\n' 'rocommunity public' 'rocommunity6 public' >snmpd.conf
	open_directory
	mkdir -p -m 1777 state
	SNMP_PERSISTENT_DIR=$PWD/state launch_server snmpd -f -Loe -u Debian-snmp -g Debian-snmp \
		-I -smux,mteTrigger,mteTriggerConf -C -c "$PWD/snmpd.conf" -p "$PWD/pid" \
		"udp:$port" "udp6:$port"
}

client() {
	local transport=udp:$1

	[[ $1 != *:* ]] || transport="udp6:[$1]"
	from_client snmpgetnext -v 2c -c public -r 0 -t 1 "$transport:$port" 1.3.6.1.2.1
}

@test "snmpd" {
	is_cured V4 V6
}

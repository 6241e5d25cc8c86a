#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# squid as Debian's unit starts it: a master starts a worker whose real and effective users differ,
# so the loader ignores the library there (AT_SECURE). The worker has its UDP ports.

load kernel
packages=squid
remark='its worker runs in secure-execution mode'

start() {
	cat >squid.conf <<-END
		http_port 127.0.0.1:3128
		visible_hostname demo
		access_log none
		cache_log /dev/null
		pid_filename none
		netdb_filename none
		pinger_enable off
		shutdown_lifetime 0 seconds
		acl public snmp_community public
		snmp_access allow public
		icp_access allow all
		htcp_access allow all
		$directive $port
	END
	open_directory
	launch_server squid --foreground -sYC -f "$PWD/squid.conf"
}

@test "squid, ICP" {
	directive=icp_port
	# A query, version 2, for http://a/.
	question='\1\2\0\x22\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0http://a/\0'
	is_cured_by_kernel V4 V6
}

@test "squid, HTCP" {
	directive=htcp_port
	# TST, version 0.1, for GET http://a/ HTTP/1.1.
	question='\0\x25\0\1\0\x1f\x10\2\0\0\0\1'
	question+='\0\3GET\0\x09http://a/\0\0031.1\0\0\0\2'
	is_cured_by_kernel V4 V6
}

@test "squid, SNMP" {
	directive=snmp_port
	# GetNext of 1.3.6.1.4.1.3495, version 2c, community "public".
	question='\x30\x29\x02\1\1\x04\6public\xa1\x1c\x02\4\0\0\0\1\x02\1\0\x02\1\0'
	question+='\x30\x0e\x30\x0c\x06\x08\x2b\6\1\4\1\x9b\x27\1\x05\0'
	is_cured_by_kernel V4 V6
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ipmi_sim, which simulates the management processor of a machine; IPv4 only.

load daemons
packages=openipmi
# RMCP, ASF Presence Ping, tag 17.
question='\6\0\xff\6\0\0\x11\xbe\x80\x11\0\0'

start() {
	mkdir -p state
	cat >lan.conf <<-END
		name "demo"
		set_working_mc 0x20
		  startlan 1
		    addr 0.0.0.0 $port
		    allowed_auths_user none
		    guid 0123456789abcdef0123456789abcdef
		  endlan
		user 1 true "" "secret" user 10 none
	END
	printf '%s\n' 'mc_setbmc 0x20' 'mc_add 0x20 0 no-device-sdrs 0 0 0 0 0 0' 'mc_enable 0x20' >mc.emu
	launch_server ipmi_sim -n -c lan.conf -f mc.emu -s state
}

@test "ipmi_sim" {
	is_cured V4
}

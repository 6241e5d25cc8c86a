#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# xinetd, which passes LD_PRELOAD to its services.

load inetd
# It drops what arrives while it answers, and on a busy machine a while later, bare too.
asking=(-n 18 -r 6 -R -a 1 -w 30)
packages='netbase libwrap0 libtirpc3 libselinux1 perl'
unpacked='xinetd'

start_inetd() {
	local family

	for family in 4 6; do
		cat <<-END
			service $1
			{
				id = $1-$family
				flags = IPv$family
				socket_type = dgram
				protocol = udp
				wait = yes
				user = root
				cps = 10000 1
				${2:+type = UNLISTED}
				${2:+port = $1}
				${2:+server = $2}
				${2:-type = INTERNAL}
			}
		END
	done | sed "s|^\\t*${2:-/}\$||" >xinetd.conf
	launch_server xinetd -dontfork -f "$PWD/xinetd.conf" -pidfile "$PWD/pid"
}

@test "xinetd, echo" {
	internal_is_cured echo 7
}

@test "xinetd, daytime" {
	internal_is_cured daytime 13
}

@test "xinetd, time" {
	internal_is_cured time 37
}

@test "xinetd, chargen" {
	internal_is_cured chargen 19
}

@test "xinetd, a program" {
	program_is_cured
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apache2, which makes one dual-stack listener even of two Listen lines, and clears IPV6_V6ONLY itself.

load listeners
packages=apache2

start() {
	local address

	for address in "${told[@]}"; do
		echo "Listen $address"
	done >listen.conf
	cat >apache2.conf <<-END
		ServerName demo.example
		User www-data
		Group www-data
		LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
		LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
		DefaultRuntimeDir $PWD
		PidFile $PWD/pid
		ErrorLog $PWD/error.log
		Include $PWD/listen.conf
	END
	launch_server apache2 -D FOREGROUND -d "$PWD" -f "$PWD/apache2.conf"
}

@test "apache2, Listen" {
	told=("$port")
	keeps_ipv4 default auto
}

@test "apache2, Listen 0.0.0.0 and [::]" {
	told=("0.0.0.0:$port" "[::]:$port")
	keeps_ipv4 default auto
}

@test "apache2, Listen [::] and 0.0.0.0" {
	told=("[::]:$port" "0.0.0.0:$port")
	keeps_ipv4 default auto
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apache2, which makes one dual-stack listener even of two Listen lines, and clears the option itself.

load listeners
packages=apache2

start() {
	cat >apache2.conf <<-END
		ServerName demo.example
		LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
		LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
		DefaultRuntimeDir $PWD
		PidFile $PWD/pid
		ErrorLog $PWD/error.log
		Listen $port
	END
	launch_server apache2 -D FOREGROUND -d "$PWD" -f "$PWD/apache2.conf"
}

@test "apache2, Listen" {
	keeps_ipv4 default auto
}

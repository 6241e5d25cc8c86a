#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mosquitto, which sets IPV6_V6ONLY itself.

load listeners
packages=mosquitto

start() {
	open_directory
	printf '%s\n' 'allow_anonymous true' 'user mosquitto' "${@/#/listener $port }" >mosquitto.conf
	launch_server mosquitto -c mosquitto.conf
}

@test "mosquitto" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
}

@test "mosquitto, listener without an address" {
	start() {
		printf '%s\n' 'allow_anonymous true' 'user mosquitto' "listener $port" >mosquitto.conf
		launch_server mosquitto -c mosquitto.conf
	}
	listeners=2
	is_unchanged
}

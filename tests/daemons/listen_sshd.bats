#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# sshd, which sets the option itself.

load listeners
packages=openssh-server
# It answers our signal by an exit of its own.
good_ends+='|255'

# Its directory in /run is made where the system starts it as a service. It opens the address last
# that it is told first.
start() {
	local address options=()

	for address; do
		options=(-o "ListenAddress=$address" "${options[@]}")
	done
	[ -f key ] || ssh-keygen -q -t ed25519 -N '' -f key
	launch_server unshare -m sh -c \
		'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec "$@"' sh \
		/usr/sbin/sshd -D -e -h "$PWD/key" -f /dev/null -o PidFile=none -p "$port" \
		"${options[@]}"
}

@test "sshd" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
	is_unchanged_but_dual ::
}

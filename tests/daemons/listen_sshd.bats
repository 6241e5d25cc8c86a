#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# sshd, which sets IPV6_V6ONLY itself.

load listeners
packages=openssh-server
# It exits with this status on the test's signal.
good_ends+='|255'

# The service manager would make its directory in /run. It opens the address that is configured
# first last.
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

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openntpd. It needs a user and a directory of its own, which a mount namespace provides.

load daemons
packages=tcpdump
unpacked=openntpd
remark='own option: listen on *'
question="\\x23$(printf '\\0%.0s' {1..47})"
port=123

start() {
	mkdir -p empty
	printf '%b\n' "${switch:-listen on 0.0.0.0\nlisten on ::}" >ntpd.conf
	{ cat /etc/passwd; echo "ntpd:x:65533:65533::$PWD/empty:/bin/false"; } >passwd
	{ cat /etc/group; echo 'ntpd:x:65533:'; } >group
	launch_server unshare -m sh -c 'mount --bind passwd /etc/passwd &&
		mount --bind group /etc/group && mount -t tmpfs tmpfs /var/lib &&
		mkdir -p /var/lib/openntpd/run /var/lib/openntpd/db && exec ntpd -d -f ntpd.conf -p pid'
}

@test "openntpd" {
	is_cured V4 V6
}

@test "openntpd answers as with a socket for each address" {
	equals_switch 'listen on *' V4 V6
}

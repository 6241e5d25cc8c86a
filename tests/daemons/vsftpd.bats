#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# vsftpd's sessions have a filter that kills (seccomp_sandbox), and open listeners under it. Debian's
# filter is too old for its libc: bare too, a session that asks for a file is killed, so the test asks
# for none.

load daemons
packages='vsftpd curl'

start() {
	open_directory
	mkdir -p empty files
	: >vsftpd.conf
	launch_server vsftpd -obackground=NO -olisten=NO -olisten_ipv6=YES -olisten_port="$port" \
		-osecure_chroot_dir="$PWD/empty" -oanonymous_enable=YES -oanon_root="$PWD/files" \
		-oseccomp_sandbox=YES ./vsftpd.conf
}

is_ready() {
	ask_client -T "$port" "${V6[1]}"
	every_line_is connected >/dev/null
}

# talks bare|with_library FILE: writes its replies in sessions by each family to FILE.
talks() {
	local address at="|1|$CLIENT_V4|5140|"

	start_daemon "$1" || fail "it does not start"
	for address in "${V4[1]}" "[${V6[1]}]"; do
		[[ $address != *:* ]] || at="|2|$CLIENT_V6|5140|"
		from_client curl -svI -Q NOOP -Q EPSV -Q "EPRT $at" -Q 'TYPE I' \
			-Q NOOP "ftp://$address:$port/" 2>&1 | sed -n -E 's/\(\|.*//; s/^< //p'
	done >"$2"
	! server_has_ended || fail "it has ended"
}

@test "vsftpd under its filter" {
	v6only=auto
	talks bare bare.said
	[ "$(grep -c '^229' bare.said)" -eq 2 ] || fail "it opens no listeners: $(cat bare.said)"
	[ "$(grep -c '^200 NOOP' bare.said)" -eq 4 ] || fail "bare it does not run: $(cat bare.said)"
	same_at_each_level talks
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# vsftpd, whose listen and listen_ipv6 exclude each other: serving both families takes two processes.

load listeners
packages=vsftpd

listen_at() {
	local listen=(-olisten=YES -olisten_address="$1")

	[ "$1" != :: ] || listen=(-olisten=NO -olisten_ipv6=YES)
	mkdir -p empty
	: >vsftpd.conf
	launch_one vsftpd -obackground=NO -olisten_port="$port" "${listen[@]}" \
		-osecure_chroot_dir="$PWD/empty" ./vsftpd.conf
}

@test "vsftpd, listen and listen_ipv6" {
	is_pair_cured
}

@test "vsftpd, listen_ipv6" {
	serves_ipv6_only
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Socket activation and bindrightctl enable --kernel: systemd makes the socket of echo.socket in that
# unit's control group, so it is that unit which is enabled. This is so where cgroup2 is mounted
# beside version 1, and where it is alone.

load kernel_units
programs=echo_given
[[ ${BATS_TEST_NAME-} != *cgroup2_alone* ]] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1

# life_of_a_socket: faulty, cured without a restart and after each start, and faulty.
life_of_a_socket() {
	need_bpf
	put /etc/systemd/system/echo.socket <<-END
		[Socket]
		ListenDatagram=[::]:$PORT
	END
	put /etc/systemd/system/echo.service <<-END
		[Service]
		ExecStart=/usr/local/bin/echo_given LISTEN_FDS
	END
	on_system systemctl daemon-reload
	on_system systemctl start echo.socket
	on_system ss -Hlnu --cgroup "sport = :$PORT" | grep -q 'cgroup:.*/echo\.socket' ||
		fail "it is in another control group"
	echo_shows_fault

	# The service's own control group has no socket.
	enable --kernel echo.service
	grep -qx 'bindrightctl: warning: echo.service: the sockets that it gets from echo.socket are not cured with it: bindrightctl enable --kernel echo.socket' \
		ctl.out || fail "no warning: $(cat ctl.out)"
	echo_shows_fault
	disable echo.service

	enable --kernel echo.socket
	ctl_says 'wrote /etc/systemd/system/bindright-echo.socket.service'
	echo_is_cured
	on_system systemctl stop echo.socket echo.service
	helper_is inactive echo.socket.service
	on_system systemctl start echo.socket
	echo_is_cured
	disable echo.socket
	ctl_says 'echo.socket is cured no longer'
	echo_shows_fault
	no_helper_is_left
}

@test "socket activation: enable --kernel" {
	life_of_a_socket
}

@test "socket activation: enable --kernel, cgroup2 alone" {
	life_of_a_socket
	[ "$(on_system stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]
}

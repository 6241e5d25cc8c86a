#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What bindrightctl enable refuses on a booted system: it says why, in one line that names the file
# where there is one, exits with 2 and writes nothing. That the library would indeed not work is
# shown by hardening.bats.

load systemd
programs='echo_recvfrom like_go'

# refuses UNIT LINE
refuses() {
	local status=0

	on_system find /etc/systemd /run/systemd/system -type f >before
	on_system bindrightctl enable "$1" --now >ctl.out 2>&1 || status=$?
	[ "$status" -eq 2 ] || fail "enable $1: exit status $status"
	ctl_says "bindrightctl: $2"
	[ "$(wc -l <ctl.out)" -eq 1 ] || fail "more than one line: $(cat ctl.out)"
	on_system find /etc/systemd /run/systemd/system -type f | diff before - || fail "files changed"
}

# refuses_setting SETTING REASON: it stands in a drop-in of the administrator's.
refuses_setting() {
	local file=/etc/systemd/system/echo.service.d/hardening.conf

	on_system rm -f "$file"
	echo_unit
	printf '%s\n' '[Service]' "$1" | put "$file"
	on_system systemctl daemon-reload
	refuses echo.service "echo.service: $file:2: $2"
}

@test "refuses an unknown unit, and a masked one" {
	refuses none.service "unknown unit 'none.service'"
	on_system systemctl mask --runtime snmpd
	refuses snmpd "'snmpd.service' is masked (/run/systemd/system/snmpd.service): systemctl unmask snmpd.service"
}

@test "refuses settings that take the library or LD_PRELOAD from the service" {
	local library=/usr/local/lib/libbindright.so

	refuses_setting UnsetEnvironment=LD_PRELOAD 'UnsetEnvironment= takes LD_PRELOAD out'
	refuses_setting NoExecPaths=/usr/local/lib \
		"NoExecPaths=/usr/local/lib forbids executing the library ($library)"
	refuses_setting InaccessiblePaths=/usr/local/lib \
		"InaccessiblePaths=/usr/local/lib hides the library ($library)"
	refuses_setting TemporaryFileSystem=/usr/local/lib \
		"TemporaryFileSystem=/usr/local/lib hides the library ($library)"
	refuses_setting RootDirectory=/srv \
		"RootDirectory=/srv gives the service another root directory, without the library ($library)"
	refuses_setting RootImage=/srv/image \
		"RootImage=/srv/image gives the service another root directory, without the library ($library)"
}

@test "refuses a filter of the system calls that the library makes" {
	refuses_setting 'SystemCallFilter=~setsockopt:EPERM' \
		'SystemCallFilter= refuses setsockopt, which the library calls'
	refuses_setting 'SystemCallFilter=~@network-io' \
		'SystemCallFilter= kills the service at setsockopt, which the library calls'
}

@test "refuses an EnvironmentFile that sets LD_PRELOAD" {
	printf '%s\n' A=1 LD_PRELOAD=/usr/lib/other.so | put /etc/default/echo
	echo_unit EnvironmentFile=/etc/default/echo
	refuses echo "echo.service: /etc/default/echo:2: sets LD_PRELOAD, and EnvironmentFile= wins over Environment=: change it there"
}

@test "refuses programs that no preload reaches" {
	echo_unit ExecStart= ExecStart=/usr/local/bin/like_go
	refuses echo "echo.service: /usr/local/bin/like_go: written in Go, which makes its system calls itself"
	on_system cp /usr/local/bin/echo_recvfrom /usr/local/bin/with_capability
	on_system setcap cap_net_raw=ep /usr/local/bin/with_capability
	echo_unit User=daemon ExecStart= "ExecStart=/usr/local/bin/with_capability :: $PORT"
	refuses echo "echo.service: /usr/local/bin/with_capability: has file capabilities (cap_net_raw=ep), which user daemon would gain"
}

@test "refuses to replace a drop-in that it has not written" {
	local file=/etc/systemd/system/echo.service.d/bindright.conf

	echo_unit
	echo '[Service]' | put "$file"
	refuses echo "$file: not written by bindrightctl enable: rename it"
}

@test "refuses without the right to write" {
	local file=/etc/systemd/system/echo.service.d/bindright.conf status=0

	echo_unit
	on_system setpriv --reuid daemon --clear-groups bindrightctl enable echo >ctl.out 2>&1 ||
		status=$?
	[ "$status" -eq 2 ]
	ctl_says "bindrightctl: cannot write $file: Permission denied (root can)"
	nothing_is_left
}

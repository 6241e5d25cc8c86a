#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Socket activation: systemd opens and binds the socket of echo.socket, and echo.service inherits it.

load systemd
programs='echo_given echo_recvfrom'

# activated COMMAND SETTING...: COMMAND is the service's; the settings are the socket's.
activated() {
	local command=$1

	shift
	put /etc/systemd/system/echo.socket <<-END
		[Socket]
		ListenDatagram=[::]:$PORT
		Accept=no
		$(printf '%s\n' "$@")
	END
	put /etc/systemd/system/echo.service <<-END
		[Service]
		ExecStart=/usr/local/bin/$command
		StandardOutput=journal
		$(case $command in *' -i'*) echo StandardInput=socket ;; esac)
	END
	on_system systemctl daemon-reload
	on_system systemctl start echo.socket
	! on_system systemctl -q is-active echo.service || fail "it runs before anybody asked"
}

# cured_when_activated COMMAND SETTING...
cured_when_activated() {
	activated "$@"
	echo_shows_fault
	on_system systemctl -q is-active echo.service
	enable echo.service --now
	echo_is_cured
	process_has maps libbindright
	disable echo.service --now
	echo_shows_fault
}

@test "socket activation: LISTEN_FDS" {
	cured_when_activated 'echo_given LISTEN_FDS'
}

@test "socket activation: LISTEN_FDS, FreeBind, Transparent, ReusePort" {
	cured_when_activated 'echo_given LISTEN_FDS' FreeBind=yes Transparent=yes ReusePort=yes
}

@test "socket activation: standard input" {
	cured_when_activated 'echo_recvfrom -i'
}

@test "socket activation: standard input, FreeBind, BindIPv6Only=both, ReceiveBuffer" {
	cured_when_activated 'echo_recvfrom -i' FreeBind=yes BindIPv6Only=both ReceiveBuffer=1M
}

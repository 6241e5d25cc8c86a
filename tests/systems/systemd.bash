# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of systemd.

# shellcheck source=tests/systems/systems.bash
. "$(dirname "${BASH_SOURCE[0]}")/systems.bash"
root=systemd

# echo_unit [SETTING=VALUE]...: makes and starts echo.service, which answers on PORT with a
# dual-stack socket.
echo_unit() {
	put /etc/systemd/system/echo.service <<-END
		[Service]
		ExecStart=/usr/local/bin/echo_recvfrom :: $PORT
		$(printf '%s\n' "$@")
	END
	on_system systemctl daemon-reload
	on_system systemctl restart echo.service
}

# enable UNIT [--now], disable UNIT [--now]
enable() {
	printf '%s\n' '[Service]' "Environment=LD_PRELOAD=libbindright.so" Environment=BINDRIGHT_V6ONLY=auto |
		put "/etc/systemd/system/$1.d/bindright.conf"
	on_system systemctl daemon-reload
	on_system systemctl restart "$1"
}

disable() {
	on_system rm -r "/etc/systemd/system/$1.d"
	on_system systemctl daemon-reload
	on_system systemctl restart "$1"
}

# nothing_is_left: of bindrightctl in the directories of systemd.
nothing_is_left() {
	[ -z "$(on_system find /etc/systemd /run/systemd -name '*bindright*' -o -name '*.service.d')" ] ||
		fail "left: $(on_system find /etc/systemd /run/systemd -name '*bindright*')"
}

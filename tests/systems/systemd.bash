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
		Type=exec
		ExecStart=/usr/local/bin/echo_recvfrom :: $PORT
		$(printf '%s\n' "$@")
	END
	on_system systemctl daemon-reload
	on_system systemctl restart echo.service
}

# enable UNIT ARGUMENT..., disable UNIT ARGUMENT...
enable() {
	on_system bindrightctl enable "$@" >ctl.out 2>&1 || fail "enable $*: $(cat ctl.out)"
}

disable() {
	on_system bindrightctl disable "$@" >ctl.out 2>&1 || fail "disable $*: $(cat ctl.out)"
}

# ctl_says LINE: the last enable or disable did.
ctl_says() {
	grep -qxF -e "$1" ctl.out || fail "bindrightctl does not say '$1': $(cat ctl.out)"
}

# status_is NUMBER REGEX UNIT: bindrightctl status UNIT exits so, and a line matches.
status_is() {
	local status=0

	on_system bindrightctl status "$3" >ctl.out 2>&1 || status=$?
	[ "$status" -eq "$1" ] || fail "status $3: exit status $status: $(cat ctl.out)"
	grep -qE "$2" ctl.out || fail "status $3: no line like $2: $(cat ctl.out)"
}

# nothing_is_left: of bindrightctl in the directories of systemd.
nothing_is_left() {
	on_system find /etc/systemd /run/systemd -name '*bindright*' -o -name '*.service.d' >left
	[ ! -s left ] || fail "left: $(cat left)"
}

# drop_in UNIT LINE...: adds these lines to its [Service] section by hand, and restarts it. With no
# LINE, they are those that bindrightctl enable writes, for settings with which it refuses to.
drop_in() {
	local unit=$1

	shift
	[ $# -gt 0 ] || set -- Environment=LD_PRELOAD=libbindright.so Environment=BINDRIGHT_V6ONLY=auto
	printf '%s\n' '[Service]' "$@" | put "/etc/systemd/system/$unit.d/by-hand.conf"
	on_system systemctl daemon-reload
	on_system systemctl restart "$unit"
}

# echo_shows_fault, echo_is_cured: echo.service, at all addresses.
echo_shows_fault() {
	shows_fault "$PORT" "${V4[@]}" "${V6[@]}"
}

echo_is_cured() {
	is_cured "$PORT" "${V4[@]}" "${V6[@]}"
}

# process_has FILE REGEX: a line of /proc/PID/FILE of echo.service's process matches.
process_has() {
	on_system cat "/proc/$(on_system systemctl show -P MainPID echo.service)/$1" >proc
	grep -qE "$2" proc || fail "/proc/PID/$1 has no line like $2: $(cat proc)"
}

# journal_has TEXT
journal_has() {
	wait_until journal_contains "$1" || fail "the journal does not say: $1"
}

journal_contains() {
	on_system journalctl -q -o cat -u echo.service | grep -qF -e "$1"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A service's life under systemd: it shows the fault, bindrightctl enable has it run with the library,
# it is cured, bindrightctl status says so, and after bindrightctl disable it shows the fault as before.

load systemd
programs=echo_recvfrom

# lives UNIT ARGUMENT...: the whole of it; the arguments are ask's.
lives() {
	local unit=$1

	shift
	shows_fault "$@"
	enable "$unit"
	ctl_says "takes effect with: systemctl restart $unit"
	status_is 1 "^$unit  enabled, not in .*: systemctl restart $unit\$" "$unit"
	enable "$unit" --now
	is_cured "$@"
	status_is 0 "^$unit  .*  bindright [0-9.]+  v6only=auto reply=on log=warn\$" "$unit"
	disable "$unit" --now
	ctl_says "removed /etc/systemd/system/$unit.d/bindright.conf"
	shows_fault "$@"
	nothing_is_left
	disable "$unit"
}

@test "a unit of ours" {
	echo_unit
	lives echo.service "$PORT" "${V4[@]}" "${V6[@]}"
}

@test "nsd" {
	on_system systemctl restart nsd
	lives nsd.service -x "$DNS_QUESTION" 53 "${V4[@]}" "${V6[@]}"
}

# By IPv4 snmpd names the source of its answers itself.
@test "snmpd" {
	printf '%s\n' 'agentaddress udp:161,udp6:161' 'rocommunity public' 'rocommunity6 public' |
		put /etc/snmp/snmpd.conf
	on_system systemctl restart snmpd
	lives snmpd.service -x "$SNMP_QUESTION" 161 "${V6[@]}"
}

# systemctl quotes the $ when bindrightctl asks what systemd has read.
@test "the library beside the C library: an entry for each word size" {
	local directory

	directory=$(on_system sh -c 'dirname /usr/lib/*/libc.so.6')
	on_system cp /usr/local/lib/libbindright.so "$directory"
	echo_unit
	echo_shows_fault
	enable echo.service --now --library "$directory/libbindright.so"
	# shellcheck disable=SC2016 # a regular expression
	process_has environ 'LD_PRELOAD=/usr/\$LIB/libbindright\.so'
	echo_is_cured
	on_system bindrightctl check "$(on_system systemctl show -P MainPID echo.service)" >ctl.out
	grep -q ': yes: the library is in it$' ctl.out || fail "$(cat ctl.out)"
	disable echo.service --now
	nothing_is_left
}

@test "status does not count what systemd has forked, but not executed yet" {
	echo_unit
	enable echo.service
	on_system mkfifo /run/input
	echo_unit Type=simple StandardInput=file:/run/input
	# It waits for a writer.
	wait_until process_has comm '^\(.*\)$'
	status_is 0 '^echo\.service  enabled, not running$' echo.service
	on_system sh -c ': >/run/input'
	wait_until process_has comm '^echo_recvfrom$'
	status_is 0 '^echo\.service  echo_recvfrom' echo.service
}

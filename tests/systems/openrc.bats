#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd under OpenRC, and by sysvinit's means, as bindright(7) "Other init systems" says.

load openrc

# openrc_script LINE...: nsd's script becomes one of OpenRC's own, as on Alpine and Gentoo. Of
# Debian's, which is sysvinit's, OpenRC knows only that it was started.
openrc_script() {
	kill_nsd
	printf '%s\n' '#!/sbin/openrc-run' command=/usr/sbin/nsd "$@" | put /etc/init.d/nsd
	service nsd zap
	service nsd start
}

# restart_nsd: in two steps, because its workers may keep the port a little longer than nsd itself.
restart_nsd() {
	service nsd stop
	wait_until nsd_is_gone
	service nsd start
}

# cured_by_conf_d: by the page's lines in /etc/conf.d/nsd, if they are exported.
cured_by_conf_d() {
	nsd_shows_fault
	page_block OpenRC | sed 's/^export //' | put /etc/conf.d/nsd
	restart_nsd
	nsd_shows_fault
	page_block OpenRC | put /etc/conf.d/nsd
	restart_nsd
	nsd_is_cured
	on_system rm /etc/conf.d/nsd
	restart_nsd
	nsd_shows_fault
}

@test "OpenRC: conf.d, start-stop-daemon" {
	openrc_script 'command_args="-P /run/nsd.pid"' pidfile=/run/nsd.pid
	cured_by_conf_d
}

@test "OpenRC: conf.d, supervise-daemon" {
	openrc_script 'command_args=-d' supervisor=supervise-daemon
	cured_by_conf_d
}

@test "sysvinit: exported in /etc/default, which Debian's script reads, and not in conf.d" {
	nsd_shows_fault
	page_block OpenRC | put /etc/conf.d/nsd
	kill_nsd
	service nsd start
	nsd_shows_fault
	page_block OpenRC | put /etc/default/nsd
	kill_nsd
	service nsd start
	nsd_is_cured
}

@test "sysvinit: --startas" {
	nsd_shows_fault
	kill_nsd
	page_block sysvinit | put /root/start
	on_system timeout "$LIMIT_S" sh /root/start
	nsd_is_cured
	on_system start-stop-daemon --status --exec /usr/sbin/nsd
	on_system start-stop-daemon --stop --retry 5 --exec /usr/sbin/nsd
	wait_until nsd_is_gone
}

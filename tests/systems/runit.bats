#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nsd under runit, as bindright(7) "Other init systems" says.

load openrc

# run_script COMMAND: nsd's service runs this now.
run_script() {
	printf '%s\n' '#!/bin/sh' "$1" | put /etc/sv/nsd/run
	on_system chmod 755 /etc/sv/nsd/run
	on_system ln -sfn /etc/sv/nsd /etc/service/nsd
	wait_until on_system test -e /etc/sv/nsd/supervise/ok
	restart_nsd
}

# restart_nsd: by hand, because nsd's workers may keep the port a little longer than nsd itself.
restart_nsd() {
	on_system sv -w "$LIMIT_S" force-stop nsd
	wait_until nsd_is_gone
	on_system sv -w "$LIMIT_S" start nsd
}

# start_runit: init starts and keeps runit, as by Debian's package runit-sysv.
start_runit() {
	kill_nsd
	on_system sh -c 'echo SV:123456:respawn:/etc/runit/2 >>/etc/inittab'
	on_system telinit q
}

@test "runit: the wrapper in the script run" {
	start_runit
	run_script 'exec nsd -d'
	nsd_shows_fault
	run_script "$(page_line runit bindright)"
	nsd_is_cured
	run_script 'exec nsd -d'
	nsd_shows_fault
}

@test "runit: chpst -e" {
	start_runit
	run_script 'exec nsd -d'
	nsd_shows_fault
	echo /usr/local/lib/libbindright.so | put /etc/sv/nsd/env/LD_PRELOAD
	echo auto | put /etc/sv/nsd/env/BINDRIGHT_V6ONLY
	run_script "$(page_line runit chpst)"
	nsd_is_cured
	on_system rm -r /etc/sv/nsd/env/LD_PRELOAD
	restart_nsd
	nsd_shows_fault
}

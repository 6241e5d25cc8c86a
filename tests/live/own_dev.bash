# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A syslog for tests of the wrapper. Loaded after wrapper.bash.

# shellcheck source=tests/live/dev.bash
. "$(dirname "${BASH_SOURCE[0]}")/dev.bash"

servers=$abs_top_builddir/tests/servers

# with_own_dev COMMAND...: the command's /dev/log is the file ./log.
with_own_dev() {
	set_own_dev
	"${own_dev[@]}" "$@"
}

# hear_log: starts a listener at ./log, which writes what it hears to the file heard, after "ready".
hear_log() {
	local end=$((SECONDS + 6))

	rm -f log
	setpriv --pdeathsig KILL "$servers/hear" log </dev/null >heard 2>hear.err 3>&- &
	hear_pid=$!
	until grep -qsx ready heard; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}

# heard_lines COUNT: waits for this number of messages, and writes them to the file messages.
heard_lines() {
	local end=$((SECONDS + 6))

	until [ "$(wc -l <heard)" -gt "$1" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
	sed 1d heard >messages
	[ "$(wc -l <messages)" -eq "$1" ]
}

teardown() {
	[ -z "${hear_pid-}" ] || kill "$hear_pid" 2>/dev/null || true
}

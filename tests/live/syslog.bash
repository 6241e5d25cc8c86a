# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A syslog for servers of the lab. Loaded after lab.bash.

# shellcheck source=tests/live/dev.bash
. "$(dirname "${BASH_SOURCE[0]}")/dev.bash"

# with_own_dev COMMAND...: launch_server in COMMAND starts the server with ./dev as its /dev.
with_own_dev() {
	set_own_dev
	need_own_dev
	local prefix=("${own_dev[@]}" "${prefix[@]}")

	"$@"
}

# hear_log [-w]: starts a listener, which writes what it hears to the file heard.
hear_log() {
	rm -f log hear.in
	mkfifo hear.in
	exec {hear_in}<>hear.in
	# shellcheck disable=SC2154 # exec sets hear_in.
	"${dying_with_us[@]}" "$servers/hear" "$@" log <hear.in >heard 2>hear.err 3>&- &
	hear_pid=$!
	wait_until grep -qx ready heard || fail "hear is not ready: $(cat hear.err)"
	# The server may be another user by now.
	chmod a+w log
}

stop_hearing() {
	kill "$hear_pid"
	wait "$hear_pid" 2>/dev/null || true
	exec {hear_in}>&-
}

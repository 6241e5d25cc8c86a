# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A /dev of one's own, for tests of the wrapper that listen at /dev/log: in a mount namespace that
# nobody else sees. It is loaded after wrapper.bash.

servers=$abs_top_builddir/tests/servers

own_dev_unshare=(unshare -m)
[ "$(id -u)" -eq 0 ] || own_dev_unshare=(unshare -rm)

# need_own_dev: skips the test where there can be none.
need_own_dev() {
	"${own_dev_unshare[@]}" true 2>/dev/null || skip "no mount namespace of one's own here"
}

# with_own_dev COMMAND...: the command's /dev/log is the file ./log, and there is little else.
with_own_dev() {
	mkdir -p dev
	# shellcheck disable=SC2016 # The inner shell expands it.
	"${own_dev_unshare[@]}" bash -ec '
		mount -t tmpfs none "$1"
		ln -s "$PWD/log" "$1/log"
		for name in null zero urandom; do
			: >"$1/$name"
			mount --bind "/dev/$name" "$1/$name"
		done
		mount --rbind "$1" /dev
		exec "${@:2}"' - "$PWD/dev" "$@"
}

# hear_log: somebody listens at ./log; what is heard comes into the file heard, after "ready".
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

# heard_lines COUNT: so many messages have come, and lie in the file messages.
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

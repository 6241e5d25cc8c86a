# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A private /dev, in a mount namespace, for tests that listen at /dev/log.

own_dev_unshare=(unshare -m)
[ "$(id -u)" -eq 0 ] || own_dev_unshare=(unshare -rm)

# need_own_dev: skips the test if there can be none.
need_own_dev() {
	"${own_dev_unshare[@]}" true 2>/dev/null || skip "cannot create a mount namespace"
}

# set_own_dev: a command after "${own_dev[@]}" has the file ./log as its /dev/log, and little else.
set_own_dev() {
	mkdir -p dev
	# shellcheck disable=SC2016,SC2034 # The inner shell expands it; those who load this use it.
	own_dev=("${own_dev_unshare[@]}" bash -ec '
		mount -t tmpfs none "$1"
		ln -s "$PWD/log" "$1/log"
		for name in null zero urandom; do
			: >"$1/$name"
			mount --bind "/dev/$name" "$1/$name"
		done
		mount --rbind "$1" /dev
		exec "${@:2}"' - "$PWD/dev")
}

# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the scripts beside this directory share: plain messages, and cleaning up on every way out.
# Sourced, with $top set to the top of the source tree.

# What the caller runs must not be under the library because his shell is.
unset LD_PRELOAD BINDRIGHT BINDRIGHT_V6ONLY BINDRIGHT_REPLY BINDRIGHT_FOLLOW BINDRIGHT_ONLY \
	BINDRIGHT_SKIP BINDRIGHT_CHILDREN BINDRIGHT_PEERS BINDRIGHT_EXPIRY BINDRIGHT_LOG

say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

exit_actions=

# at_exit COMMAND: runs COMMAND when the script ends, however it does; what was asked for last
# runs first.
at_exit() {
	exit_actions="$1
$exit_actions"
}

run_exit_actions() {
	exit_status=$?
	trap - EXIT
	# A second Ctrl-C must not leave half of it undone.
	trap '' HUP INT TERM
	eval "$exit_actions"
	exit "$exit_status"
}

trap run_exit_actions EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

remove_scratch() {
	rm -rf "$scratch"
}

# Sets $scratch to a directory of this run alone, removed at its end.
make_scratch() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/bindright.XXXXXX") ||
		fail "no temporary directory can be made in ${TMPDIR:-/tmp}"
	at_exit remove_scratch
}

# quietly DOING COMMAND...: says what is done, and shows the command's own words only if it fails.
quietly() {
	say "$1"
	doing=$1
	shift
	"$@" >"$scratch/output" 2>&1 && return 0
	cat "$scratch/output" >&2
	printf '%s: this failed: %s\n' "${0##*/}" "$doing" >&2
	return 1
}

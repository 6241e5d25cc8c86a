# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by the scripts in scripts/: messages, and cleaning up on every exit. Sourced, with $top set
# to the top of the source tree.

# The commands of these scripts must not run with the library because the caller's shell does.
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

# at_exit COMMAND: runs COMMAND when the script ends for any reason. The last one added runs first.
at_exit() {
	exit_actions="$1
$exit_actions"
}

run_exit_actions() {
	exit_status=$?
	trap - EXIT
	# A second Ctrl-C must not interrupt the cleanup.
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

# Sets $scratch to a new directory, removed when the script ends.
make_scratch() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/bindright.XXXXXX") ||
		fail "cannot create a temporary directory in ${TMPDIR:-/tmp}"
	at_exit remove_scratch
}

# quietly DOING COMMAND...: prints DOING, and the command's output only if it fails.
quietly() {
	say "$1"
	doing=$1
	shift
	"$@" >"$scratch/output" 2>&1 && return 0
	cat "$scratch/output" >&2
	printf '%s: failed: %s\n' "${0##*/}" "$doing" >&2
	return 1
}

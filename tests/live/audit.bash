# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of bindrightctl audit, which runs on the server host. It sees all network
# namespaces of the machine; what it says of its own comes first.

ctl=$abs_top_builddir/shim/ctl/bindrightctl

# audit [ARGUMENT...]: runs it as as[@] says; sets status, output and stderr, and said to its lines
# about the server host alone.
as=()
audit() {
	run_apart "${server_host[@]}" "${as[@]}" "$ctl" audit "$@"
	[[ $stderr != *'without libmnl'* ]] || skip "bindrightctl is built without libmnl"
	said=$(sed '/^in the network namespace/,/^[0-9n]/{/^[0-9n]/!d}' <<<"$output")
}

# says REGEX, says_not REGEX: a line about the server host.
says() {
	grep -qE -e "$1" <<<"$said" || fail "audit does not say '$1': $output$stderr"
}

says_not() {
	! grep -E -e "$1" <<<"$said" || fail "audit says '$1'"
}

# ends_with STATUS: and without a message.
ends_with() {
	[ "$status" -eq "$1" ] || fail "status $status: $output$stderr"
	[ "$stderr" = "" ] || fail "it complains: $stderr"
}

# fails_with MESSAGE: with status 2, and this one line.
fails_with() {
	[ "$status" -eq 2 ] || fail "status $status: $output$stderr"
	[ "$stderr" = "bindrightctl: $1" ] || fail "it says: $stderr"
}

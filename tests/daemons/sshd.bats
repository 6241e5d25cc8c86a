#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# sshd: until a client has logged in, the process that talks to it is under a filter that kills.

load daemons
packages='openssh-server openssh-client'
# It exits with this status on the test's signal.
good_ends+='|255'
# A user that does not exist.
readonly USER_UNKNOWN=bindright-nobody

# The service manager would make its directory in /run. The test reads its log.
start() {
	[ -f key ] || ssh-keygen -q -t ed25519 -N '' -f key
	[ -f id ] || ssh-keygen -q -t ed25519 -N '' -f id
	launch_server unshare -m sh -c \
		'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec "$@"' sh \
		/usr/sbin/sshd -D -e -h "$PWD/key" -f /dev/null -o PidFile=none -p "$port" \
		-o "AuthorizedKeysFile=$PWD/id.pub" -o StrictModes=no -o PermitRootLogin=yes
}

is_ready() {
	ask_client -T "$port" "${V4[1]}" "${V6[1]}"
	every_line_is connected >/dev/null
}

# log_in USER KEY ADDRESS: prints the result.
log_in() {
	from_client ssh -F /dev/null -p "$port" -i "$2" -o BatchMode=yes -o IdentitiesOnly=yes \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		"$1@$3" echo welcome 2>&1 </dev/null
}

# attempts bare|with_library: one login that succeeds and two that do not.
attempts() {
	local address

	start_daemon "$1" || fail "it does not start"
	[ -f stranger ] || ssh-keygen -q -t ed25519 -N '' -f stranger
	for address in "${V4[1]}" "${V6[1]}"; do
		log_in root id "$address" || true
		log_in root stranger "$address" || true
		log_in "$USER_UNKNOWN" id "$address" || true
	done >"$2"
	! server_has_ended || fail "it has ended"
	! grep -i 'bad system call\|signal 31' server.err || fail "a process was killed"
}

@test "sshd under its filter" {
	attempts bare bare.said
	[ "$(grep -c '^welcome$' bare.said)" -eq 2 ] || fail "bare no login succeeds: $(cat bare.said)"
	[ "$(grep -c 'Permission denied' bare.said)" -eq 4 ] || fail "bare: $(cat bare.said)"
	same_at_each_level attempts
}

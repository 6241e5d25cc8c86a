#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The three commands of README.md on a real fault: nsd, on a host with several addresses. What they
# print is compared with examples/recording.txt, numbers apart. With RECORD set to its absolute path,
# the test writes that file instead, so nothing in it is typed by hand:
#
#	RECORD=$PWD/examples/recording.txt scripts/test --systems TESTS=tests/systems/recording.bats

load systemd

# record STATUS COMMAND...: runs it as root at a prompt, and appends what the terminal shows.
record() {
	local wanted=$1 status=0

	shift
	printf '# %s\n' "$*" >>recording
	on_system "$@" >>recording 2>&1 </dev/null || status=$?
	echo >>recording
	[ "$status" -eq "$wanted" ] || fail "$*: status $status: $(cat recording)"
}

# numberless FILE: numbers, and the blanks that line them up, differ from run to run.
numberless() {
	sed -E 's/[0-9][0-9,]*/N/g; s/ +/ /g' "$1"
}

@test "audit, enable, status: as in the recording" {
	local addresses=("${V4[@]}" "${V6[@]}") i
	local question=(-x "$DNS_QUESTION" 53)

	on_system systemctl stop snmpd
	on_system systemctl restart nsd
	shows_fault "${question[@]}" "${addresses[@]}"
	record 1 bindrightctl audit
	record 0 bindrightctl enable nsd --now
	# Each address has another number of peers, by which status puts them in order.
	for ((i = 1; i <= ${#addresses[@]}; i++)); do
		is_cured "${question[@]}" "${addresses[@]:0:i}"
	done
	record 0 bindrightctl status
	if [ -n "${RECORD-}" ]; then
		cp recording "$RECORD"
	fi
	diff <(numberless "$abs_top_srcdir/examples/recording.txt") <(numberless recording)
}

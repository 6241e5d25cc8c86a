# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of other init systems than systemd: sysvinit's init, which starts OpenRC
# and runit, and nsd as the service. What a test does to it is copied from bindright(7).

# shellcheck source=tests/systems/systems.bash
. "$(dirname "${BASH_SOURCE[0]}")/systems.bash"
root=openrc

# page_item NAME: prints the part of bindright(7) "Other init systems" about NAME.
page_item() {
	sed -n '/^\.Sh OTHER INIT SYSTEMS/,/^\.Sh CONTAINERS/p' "$abs_top_srcdir/shim/bindright.7" |
		awk -v "head=.It Sy $1" '/^\.It / { inside = $0 == head } inside'
}

# page_block NAME: prints its literal block.
page_block() {
	page_item "$1" | sed -n '/^\.Bd/,/^\.Ed/{ /^\.[BE]d/d; s/\\e/\\/g; p; }' | grep . ||
		fail "the page has no block about $1"
}

# page_line NAME WORD...: prints the line that it quotes and that has these words.
page_line() {
	page_item "$1" | sed -n 's/^\.Ql \(.*[^ ;.,]\)\( [;.,]\)\{0,1\}$/\1/p' | grep -F -e "${*:2}" ||
		fail "the page does not quote '${*:2}' for $1"
}

# service NAME ACTION: start, stop, restart or zap, as the administrator does it.
service() {
	on_system rc-service "$1" "$2" >service.out 2>&1 || fail "rc-service $*: $(cat service.out)"
}

nsd_shows_fault() {
	shows_fault -x "$DNS_QUESTION" 53 "${V4[@]}" "${V6[@]}"
}

nsd_is_cured() {
	is_cured -x "$DNS_QUESTION" 53 "${V4[@]}" "${V6[@]}"
}

# kill_nsd: at once; Debian's script waits for thirty seconds before it kills nsd's workers.
kill_nsd() {
	on_system start-stop-daemon --stop --quiet --signal KILL --exec /usr/sbin/nsd
	wait_until nsd_is_gone
}

# nsd_is_gone: its workers end after it.
nsd_is_gone() {
	[ -z "$("${server_host[@]}" ss -Hlun "sport = :53")" ]
}

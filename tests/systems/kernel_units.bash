# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests of bindrightctl enable --kernel, on top of those for systemd: the system may
# load eBPF programs, and its echo is a static program, which no preload reaches.

# shellcheck source=tests/systems/systemd.bash
. "$(dirname "${BASH_SOURCE[0]}")/systemd.bash"
# The kernel's own rights apart, systemd-nspawn takes these capabilities, and has the call filtered.
# shellcheck disable=SC2034 # systems.bash uses it
nspawn_options='--capability=CAP_BPF,CAP_PERFMON --system-call-filter=bpf'

# need_bpf: a process of the system's own systemd may attach, or the test is skipped.
need_bpf() {
	put /etc/systemd/system/try.service <<-END
		[Service]
		Type=forking
		ExecStart=/usr/local/sbin/bindrightctl attach --detach try.service
	END
	on_system systemctl daemon-reload
	on_system systemctl start try.service ||
		skip "no eBPF in a booted system: $(on_system journalctl -q -o cat -u try.service | grep bindrightctl:)"
	on_system systemctl stop try.service
	on_system rm /etc/systemd/system/try.service
	on_system systemctl daemon-reload
}

# static_program NAME SERVER: puts the server, linked statically, into the system's /usr/local/bin.
static_program() {
	"${CC:-cc}" -static -w -D_GNU_SOURCE -o program \
		"$abs_top_srcdir"/tests/servers/{"$2",common,option}.c 2>cc.err ||
		skip "no static programs here: $(tail -n 1 cc.err)"
	put "/usr/local/bin/$1" <program
	on_system chmod 755 "/usr/local/bin/$1"
}

# static_echo_unit [SETTING=VALUE]...: echo.service, as of echo_unit, with a static program.
static_echo_unit() {
	need_bpf
	static_program echo_recvfrom echo_recvfrom
	echo_unit "$@"
}

# helper_is STATE UNIT: what systemctl is-active says of the unit's helper.
helper_is() {
	wait_until helper_has_state "$@" ||
		fail "the helper of $2 is $(on_system systemctl is-active "bindright-$2")"
}

helper_has_state() {
	[ "$(on_system systemctl is-active "bindright-$2" || true)" = "$1" ]
}

# no_helper_is_left: neither a unit nor a process.
no_helper_is_left() {
	nothing_is_left
	wait_until no_helper_runs || fail "left: $(on_system systemctl list-units --all 'bindright-*')"
}

no_helper_runs() {
	[ -z "$(on_system systemctl list-units --all --plain --no-legend 'bindright-*')" ]
}

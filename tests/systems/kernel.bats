#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A service's life under systemd with bindrightctl enable --kernel: it shows the fault, is cured
# without a restart and after each start, and shows the fault as before after bindrightctl disable.

load kernel_units

# main_pid UNIT
main_pid() {
	on_system systemctl show -P MainPID "$1"
}

# lives UNIT ARGUMENT...: the whole of it; the arguments are ask's.
lives() {
	local unit=$1 pid

	shift
	shows_fault "$@"
	pid=$(main_pid "$unit")
	enable --kernel "$unit"
	ctl_says "wrote /etc/systemd/system/$unit.d/bindright.conf"
	ctl_says "wrote /etc/systemd/system/bindright-$unit"
	ctl_says "$unit is cured without a restart; listeners that it has stay as they are until its next start"
	is_cured "$@"
	[ "$(main_pid "$unit")" = "$pid" ] || fail 'enable has restarted the service'
	status_is 0 "^$unit  bindrightctl\[[0-9]+\]  in the kernel " "$unit"
	on_system systemctl restart "$unit"
	is_cured "$@"
	on_system systemctl stop "$unit"
	helper_is inactive "$unit"
	on_system systemctl start "$unit"
	is_cured "$@"
	pid=$(main_pid "$unit")
	disable "$unit"
	ctl_says "removed /etc/systemd/system/bindright-$unit"
	ctl_says "$unit is cured no longer"
	shows_fault "$@"
	[ "$(main_pid "$unit")" = "$pid" ] || fail 'disable has restarted the service'
	no_helper_is_left
	disable "$unit"
}

@test "a static program: enable --kernel" {
	static_echo_unit
	if on_system bindrightctl enable echo.service >ctl.out 2>&1; then
		fail "a preload would do"
	fi
	lives echo.service "$PORT" "${V4[@]}" "${V6[@]}"
}

@test "nsd: enable --kernel" {
	need_bpf
	on_system systemctl restart nsd
	lives nsd.service -x "$DNS_QUESTION" 53 "${V4[@]}" "${V6[@]}"
}

@test "a reload, and systemd's own, leave the cure" {
	# shellcheck disable=SC2016 # for the shell of the unit to expand
	static_echo_unit 'ExecReload=sh -c "kill -CONT $MAINPID"'
	echo_shows_fault
	enable --kernel echo.service
	on_system systemctl reload echo.service
	on_system systemctl daemon-reload
	on_system systemctl daemon-reexec
	echo_is_cured
	helper_is active echo.service
}

@test "settings: those of the first enable, then of the second" {
	static_echo_unit
	echo_shows_fault
	enable --kernel echo.service BINDRIGHT_REPLY=off
	echo_shows_fault
	enable --kernel echo.service BINDRIGHT_EXPIRY=60 "BINDRIGHT_REPLY=off,udp/$PORT=on"
	ctl_says 'already enabled: /etc/systemd/system/echo.service.d/bindright.conf'
	ctl_says 'rewrote, with other settings: /etc/systemd/system/bindright-echo.service'
	echo_is_cured
	on_system systemctl restart echo.service
	echo_is_cured
	enable --kernel echo.service --now BINDRIGHT_REPLY=off
	ctl_says 'restarted echo.service'
	echo_shows_fault
}

# has_listeners NUMBER: of echo.service on TCP.
has_listeners() {
	[ "$(on_system ss -Hlnt "sport = :$PORT" | wc -l)" -eq "$1" ]
}

@test "a program that binds 0.0.0.0 and :: on one port gets both from its next start on" {
	need_bpf
	static_program listeners listeners
	# It ends at the end of its standard input.
	put /etc/systemd/system/echo.service <<-END
		[Service]
		ExecStart=sh -c 'sleep infinity | listeners $PORT'
	END
	on_system systemctl daemon-reload
	on_system systemctl start echo.service
	journal_has 'ready'
	journal_has 'EADDRINUSE'
	has_listeners 1
	enable --kernel echo.service --now
	wait_until has_listeners 2 || fail "$(on_system ss -lnt)"
}

@test "a helper that fails: the service starts all the same, bare, and the journal says why" {
	static_echo_unit
	enable --kernel echo.service
	echo_is_cured
	on_system mv /usr/local/sbin/bindrightctl /usr/local/sbin/gone
	on_system systemctl restart echo.service
	echo_shows_fault
	helper_is failed echo.service
	journal_has 'Job for bindright-echo.service failed'
	on_system mv /usr/local/sbin/gone /usr/local/sbin/bindrightctl
	status_is 1 '^echo\.service  enabled, not attached: systemctl start bindright-echo\.service$' echo.service
	on_system systemctl start bindright-echo.service
	echo_is_cured

	# One that has failed leaves nothing either.
	on_system systemctl stop echo.service
	helper_is inactive echo.service
	if on_system systemctl start bindright-echo.service; then
		fail 'the helper starts without the service'
	fi
	disable echo.service
	no_helper_is_left
}

journal_contains_of_helper() {
	on_system journalctl -q -o cat -u bindright-echo.service | grep -qF -e "$1"
}

@test "a helper that is killed comes back; one that detach ends does not" {
	static_echo_unit
	enable --kernel echo.service
	on_system systemctl kill -s KILL bindright-echo.service
	wait_until journal_contains_of_helper 'Main process exited, code=killed'
	helper_is active echo.service
	echo_is_cured
	on_system bindrightctl detach echo.service
	echo_shows_fault
	helper_is inactive echo.service
	enable --kernel echo.service
	echo_is_cured
}

@test "from the library to the kernel and back" {
	need_bpf
	on_system systemctl restart nsd
	nsd_is() { "$1" -x "$DNS_QUESTION" 53 "${V4[@]}" "${V6[@]}"; }
	nsd_is shows_fault
	enable nsd.service --now
	nsd_is is_cured
	enable --kernel nsd.service --now
	ctl_says 'rewrote, with other settings: /etc/systemd/system/nsd.service.d/bindright.conf'
	ctl_says 'wrote /etc/systemd/system/bindright-nsd.service'
	nsd_is is_cured
	if on_system grep -q libbindright "/proc/$(main_pid nsd.service)/maps"; then
		fail 'the library is still in it'
	fi
	# The kernel cures the service until it restarts.
	enable nsd.service
	ctl_says 'removed /etc/systemd/system/bindright-nsd.service'
	nsd_is is_cured
	on_system systemctl restart nsd.service
	nsd_is is_cured
	wait_until no_helper_runs || fail 'the helper stays'
	disable nsd.service --now
	nsd_is shows_fault
	no_helper_is_left
}

@test "a unit that confines its service as far as it can" {
	static_echo_unit DynamicUser=yes ProtectSystem=strict CapabilityBoundingSet= \
		SystemCallFilter=@system-service NoNewPrivileges=yes PrivateUsers=yes Delegate=yes \
		RestrictAddressFamilies=AF_INET6 MemoryDenyWriteExecute=yes ProcSubset=pid
	echo_shows_fault
	enable --kernel echo.service
	echo_is_cured
	on_system systemctl restart echo.service
	echo_is_cured
}

# systemd would wait for sysinit.target, which waits for the unit, if the helper did.
@test "a service of early boot" {
	static_echo_unit
	put /etc/systemd/system/early.service <<-END
		[Unit]
		DefaultDependencies=no
		Before=sysinit.target
		[Service]
		Type=exec
		TimeoutStartSec=5
		ExecStart=/usr/local/bin/echo_recvfrom :: $((PORT + 1))
		[Install]
		WantedBy=sysinit.target
	END
	on_system systemctl enable -q early.service
	enable --kernel early.service
	ctl_says 'early.service does not run: takes effect when it starts'
	on_system systemctl stop sysinit.target early.service
	on_system systemctl start sysinit.target
	on_system systemctl is-active sysinit.target early.service bindright-early.service
	is_cured $((PORT + 1)) "${V4[@]}"
}

# is_one_line FILE REGEX
is_one_line() {
	if [ "$(wc -l <"$1")" -ne 1 ] || ! grep -qE "$2" "$1"; then
		fail "not the line $2: $(cat "$1")"
	fi
}

# refused UNIT REGEX: in one line.
refused() {
	if on_system bindrightctl enable --kernel "$1" >ctl.out 2>&1; then
		fail "not refused: $1"
	fi
	is_one_line ctl.out "^bindrightctl: $2"
}

@test "refused: another root directory, an attach by hand, a template, another's file" {
	static_echo_unit
	on_system bindrightctl attach --detach echo.service
	refused echo.service 'echo\.service: process [0-9]+ is attached to it: bindrightctl detach echo\.service$'
	on_system bindrightctl detach echo.service
	refused getty@.service "'getty@\.service' is a template, "
	put /etc/systemd/system/bindright-echo.service </dev/null
	refused echo.service '/etc/systemd/system/bindright-echo\.service: not written by bindrightctl enable: rename it$'
	on_system rm /etc/systemd/system/bindright-echo.service

	# systemd looks for the helper's command there.
	on_system cp -r --parents /usr/local/bin /srv
	echo_unit RootDirectory=/srv
	echo_shows_fault
	refused echo.service '/etc/systemd/system/echo\.service:4: RootDirectory=/srv: the helper cannot be started'
	drop_in echo.service 'ExecStartPre=+systemctl --version' || true
	if on_system systemctl -q is-active echo.service; then
		fail 'it could be'
	fi
}

@test "refused: who has no right to load eBPF programs" {
	static_echo_unit
	put /etc/systemd/system/enable.service <<-END
		[Service]
		Type=oneshot
		CapabilityBoundingSet=~CAP_BPF CAP_SYS_ADMIN
		ExecStart=/usr/local/sbin/bindrightctl enable --kernel echo.service
	END
	on_system systemctl daemon-reload
	if on_system systemctl start enable.service; then
		fail 'not refused'
	fi
	on_system journalctl -q -o cat -u enable.service | grep bindrightctl: >said
	is_one_line said ': no right to load eBPF programs: CAP_BPF is missing'
	nothing_is_left
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of bindrightctl's command line, in real shells. consistent.bats compares the options,
# variables and keywords with those of the code.

load wrapper
load completion

# prepare_commands: bin/bindrightctl, a systemctl that knows two units, and a root with two others,
# of which one is enabled.
prepare_commands() {
	local units=root/etc/systemd/system

	mkdir -p bin
	script bin/bindrightctl "$note_arguments"
	script bin/systemctl 'case "$*" in' \
		"*--root=/*) ls '$PWD/$units' | grep '[.]service\$' ;;" \
		'*) echo "nsd.service enabled -"; echo "ntpd@.service static -" ;;' 'esac'
	mkdir -p "$units/atftpd.service.d" some.directory
	touch "$units"/{atftpd,snmpd}.service "$units/atftpd.service.d/bindright.conf" some.program
}

# have_ports: the shells run in a network of their own, with a UDP server on port 5398.
have_ports() {
	unshare -rn true 2>/dev/null || skip 'no network namespace'
	# shellcheck disable=SC2016 # for the script to expand
	script in_network \
		"setpriv --pdeathsig KILL '$abs_top_builddir/tests/servers/echo_recvfrom' 5398 >out 2>&1 </dev/null &" \
		'tries=500; until grep -q ready out; do' \
		'[ $((tries -= 1)) -gt 0 ] || exit 1; sleep 0.01; done' 'exec "$@"'
	# shellcheck disable=SC2034 # for type_into
	within="unshare -rn ./in_network"
}

@test "bash: subcommands and options" {
	bash_completes 'bindrightctl au\tx' 'audit x'
	bash_completes 'bindrightctl \e*' 'attach audit check detach disable enable status'
	bash_completes 'bindrightctl --v\t' --version
	bash_completes 'bindrightctl status --pr\tx' 'status --prometheus x'
	bash_completes 'bindrightctl enable nsd --n\tx' 'enable nsd --now x'
	bash_completes 'bindrightctl audit --no\tx' 'audit --no-peek x'
	bash_completes 'bindrightctl attach nsd --de\tx' 'attach nsd --detach x'
}

@test "bash: units" {
	bash_completes 'bindrightctl enable ns\tx' 'enable nsd.service x'
	bash_completes 'bindrightctl check nt\tx' 'check ntpd@.service x'
	bash_completes 'bindrightctl attach ns\tx' 'attach nsd.service x'
	bash_completes "bindrightctl enable --root $PWD/root \e*" "enable --root $PWD/root atftpd.service snmpd.service"
	bash_completes "bindrightctl disable --root=$PWD/root \e*" "disable --root=$PWD/root atftpd.service"
	bash_completes 'bindrightctl enable --root some.d\tx' 'enable --root some.directory/x'
}

@test "bash: units without systemctl" {
	prepare_commands
	# shellcheck disable=SC2016 # for bash to expand
	run_apart bash -c '. "$1"; PATH=; root=root; _bindrightctl_units' - \
		"$abs_top_srcdir/scripts/completion/bindrightctl.bash"
	gives "$(printf '%s\n' atftpd.service snmpd.service)"
}

@test "bash: settings" {
	bash_completes 'bindrightctl enable nsd BINDRIGHT_V6\tau\tx' 'enable nsd BINDRIGHT_V6ONLY=auto x'
	bash_completes 'bindrightctl enable nsd BINDRIGHT_V6ONLY=off,tcp/22=fo\t' 'enable nsd BINDRIGHT_V6ONLY=off,tcp/22=force'
	bash_completes 'bindrightctl enable nsd BINDRIGHT_REPLY=off BINDRIGHT_LOG=warn:sy\t' \
		'enable nsd BINDRIGHT_REPLY=off BINDRIGHT_LOG=warn:syslog'
	bash_completes 'bindrightctl attach nsd BINDRIGHT_V6\tau\tx' 'attach nsd BINDRIGHT_V6ONLY=auto x'
	bash_completes 'bindrightctl enable nsd BINDRIGHT=\e*' 'enable nsd BINDRIGHT=off on'
}

@test "bash: processes, users, programs and files" {
	bash_completes "bindrightctl check $$\tx" "check $$ x"
	bash_completes "bindrightctl audit --pid $$\tx" "audit --pid $$ x"
	bash_completes "bindrightctl detach $$\tx" "detach $$ x"
	bash_completes "bindrightctl attach $PWD/root/et\tx" "attach $PWD/root/etc/x"
	bash_completes 'bindrightctl check --user=nobo\tx' 'check --user=nobody x'
	bash_completes 'bindrightctl check printe\tx' 'check printenv x'
	bash_completes 'bindrightctl check ./some.p\tx' 'check ./some.program x'
}

@test "bash: ports" {
	have_ports
	bash_completes 'bindrightctl audit u\tx' 'audit udp/5398 x'
}

@test "zsh: the file is well formed, and compinit takes it" {
	zsh_takes bindrightctl
}

@test "zsh: subcommands and options" {
	zsh_completes 'bindrightctl au\tx' 'audit x'
	zsh_completes 'bindrightctl status --pr\tx' 'status --prometheus x'
	zsh_completes 'bindrightctl enable nsd --n\tx' 'enable nsd --now x'
	zsh_completes 'bindrightctl attach nsd --de\tx' 'attach nsd --detach x'
}

@test "zsh: units" {
	zsh_completes 'bindrightctl enable ns\tx' 'enable nsd.service x'
	zsh_completes 'bindrightctl detach ns\tx' 'detach nsd.service x'
	zsh_completes "bindrightctl enable --root $PWD/root sn\tx" "enable --root $PWD/root snmpd.service x"
	zsh_completes "bindrightctl disable --root=$PWD/root a\tx" "disable --root=$PWD/root atftpd.service x"
}

@test "zsh: settings" {
	zsh_completes 'bindrightctl enable nsd BINDRIGHT_V6\tau\t' 'enable nsd BINDRIGHT_V6ONLY=auto'
	zsh_completes 'bindrightctl attach nsd BINDRIGHT_V6\tau\t' 'attach nsd BINDRIGHT_V6ONLY=auto'
	zsh_completes 'bindrightctl enable nsd BINDRIGHT_V6ONLY=off,tcp/22=fo\t' 'enable nsd BINDRIGHT_V6ONLY=off,tcp/22=force'
	zsh_completes 'bindrightctl enable nsd BINDRIGHT_REPLY=off BINDRIGHT_LOG=warn:sy\t' \
		'enable nsd BINDRIGHT_REPLY=off BINDRIGHT_LOG=warn:syslog'
}

@test "zsh: processes, users, programs and files" {
	zsh_completes 'bindrightctl check --user=nobo\tx' 'check --user=nobody x'
	zsh_completes 'bindrightctl check printe\tx' 'check printenv x'
	zsh_completes 'bindrightctl check ./some.p\tx' 'check ./some.program x'
}

@test "zsh: ports" {
	have_ports
	zsh_completes 'bindrightctl audit u\tx' 'audit udp/5398 x'
}

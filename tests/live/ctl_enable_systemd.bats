#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How enable and disable speak with a running systemd: a script in the place of systemctl answers,
# fails and lies, in a mount namespace with an /etc and a /run of its own; and what they say without one.

load kernel
load units

teardown() {
	[ -z "${process-}" ] || kill "$process" || true
	[ -z "${cgroup-}" ] || close_cgroup
}

setup_file() {
	unshare -m true 2>/dev/null || export unavailable='no mount namespaces here'
}

# in_systemd COMMAND...: runs it where systemd seems to run. The script systemctl reads its answers
# from the files shown and environment, and fails at the verb in the file failing.
in_systemd() {
	[ -z "${unavailable-}" ] || skip "$unavailable"
	mkdir -p bin etc/systemd/system run/systemd/system
	cat >bin/systemctl <<-'SCRIPT'
		#!/bin/sh
		cd "$answers" || exit
		printf '%s\n' "$*" >>calls
		case " $* " in *" $(cat failing 2>/dev/null || echo none) "*) echo "Failed: no" >&2; exit 1 ;; esac
		case "$*" in
		*property=Environment\ show*) cat environment ;;
		*' show '*) cat shown ;;
		*daemon-reload*) cp environment.reloaded environment 2>/dev/null || : ;;
		esac
	SCRIPT
	chmod +x bin/systemctl
	# shellcheck disable=SC2016
	run_apart unshare -m sh -c 'mount --bind etc/systemd /etc/systemd && mount --bind run /run &&
		cd / && exec "$@"' sh env PATH="$PWD/bin:$PATH" answers="$PWD" "$@"
}

# answer NAME=VALUE...: what systemctl show says besides.
answer() {
	printf '%s\n' Id=srv.service LoadState=loaded FragmentPath=/etc/systemd/system/srv.service \
		DropInPaths= Transient=no ActiveState=active MainPID=1 User= \
		'ExecStart={ path=/bin/bash ; argv[]=/bin/bash - ; ignore_errors=no ; start_time=[n/a] }' \
		"$@" >shown
	echo 'Environment=LD_PRELOAD=libbindright.so "BINDRIGHT_V6ONLY=auto"' >environment
	mkdir -p etc/systemd/system
	printf '%s\n' '[Service]' 'ExecStart=/bin/bash -' >etc/systemd/system/srv.service
	rm -rf calls failing environment.reloaded etc/systemd/system/srv.service.d
}

# fails PATTERN: status 2, the last line of the errors is this, and nothing is left behind.
fails() {
	# shellcheck disable=SC2053
	if [ "$status" -ne 2 ] || [[ ${stderr_lines[-1]-} != "bindrightctl: "$1 ]]; then
		fail "not: $1"
	fi
	[ ! -e etc/systemd/system/srv.service.d ] || fail 'something is left behind'
}

ctl_enable() {
	in_systemd "$ctl" enable srv --library "$library" "$@"
}

have_environment() {
	printf 'Environment=LD_PRELOAD=%s BINDRIGHT_V6ONLY=auto\n' "$library" >environment
}

@test "enable: has systemd read the file, looks again and restarts" {
	answer
	have_environment
	ctl_enable
	[ "$status" -eq 0 ] || fail enable
	says 'wrote /etc/systemd/system/srv.service.d/bindright.conf' \
		'takes effect with: systemctl restart srv.service'
	[ "$(sed 's/.* \(show\|daemon-reload\).*/\1/' calls | xargs)" = 'show daemon-reload show show show' ]

	ctl_enable --now
	says 'already enabled: *' 'restarted srv.service'
	grep -q 'try-restart srv.service' calls
	[ "$(grep -c daemon-reload calls)" -eq 1 ]

	in_systemd "$ctl" disable srv --now
	says 'removed *' 'restarted srv.service'
	[ ! -e etc/systemd/system/srv.service.d ]
	sed -i 's/^ActiveState=.*/ActiveState=inactive/' shown
	ctl_enable --now
	says 'wrote *' 'srv.service does not run: takes effect when it starts'
	# No command that would start it.
	in_systemd "$ctl" disable srv
	says 'removed *' 'srv.service does not run: takes effect when it starts'
}

@test "enable: a warning is given once, though it looks again" {
	answer "ExecStart={ path=$PWD/absent ; argv[]=absent ; ignore_errors=no ; start_time=[n/a] }"
	sed -i "s|^ExecStart=.*|ExecStart=$PWD/absent|" etc/systemd/system/srv.service
	have_environment
	ctl_enable
	[ "$status" -eq 0 ] || fail enable
	[ "$(grep -c 'warning: srv.service: cannot tell ' <<<"$stderr")" -eq 1 ]
}

@test "enable: what systemd does not take is taken out again" {
	answer
	ctl_enable
	fails '/etc/systemd/system/srv.service.d/bindright.conf is as it was before'
	[ "${stderr_lines[0]}" = 'bindrightctl: srv.service: systemd does not have LD_PRELOAD from the drop-in' ]
	[ "$(grep -c daemon-reload calls)" -eq 2 ]

	answer
	have_environment
	echo daemon-reload >failing
	ctl_enable
	fails '*bindright.conf is as it was before'
	[ "${stderr_lines[0]}" = 'bindrightctl: systemctl daemon-reload: Failed: no' ]

	# A file that was there stays as it was.
	answer
	have_environment
	ctl_enable
	cp etc/systemd/system/srv.service.d/bindright.conf kept
	ctl_enable BINDRIGHT_REPLY=off
	[ "$status" -eq 2 ]
	cmp kept etc/systemd/system/srv.service.d/bindright.conf
}

@test "enable, disable: what an interrupted one has left, systemd reads before a restart" {
	answer
	have_environment
	ctl_enable
	# The file is there, and systemd does not know it yet.
	cp environment environment.reloaded
	echo Environment= >environment
	: >calls
	ctl_enable --now
	[ "$status" -eq 0 ] || fail enable
	says 'already enabled: *' 'restarted srv.service'
	[ "$(grep -o 'daemon-reload\|try-restart' calls | xargs)" = 'daemon-reload try-restart' ]

	# The file is gone, and systemd still has it.
	rm -r etc/systemd/system/srv.service.d
	sed -i 's,^DropInPaths=.*,DropInPaths=/etc/systemd/system/srv.service.d/bindright.conf,' shown
	: >calls
	in_systemd "$ctl" disable srv --now
	says 'not enabled: there is no *' 'restarted srv.service'
	[ "$(grep -o 'daemon-reload\|try-restart' calls | xargs)" = 'daemon-reload try-restart' ]
}

@test "enable, disable: one after the other" {
	answer
	have_environment
	# shellcheck disable=SC2016 # for the inner shell to expand
	in_systemd sh -c 'exec 9>/run/bindrightctl.lock; flock 9
		"$@" 9>&- & sleep 0.3; cat "$answers/calls" 2>/dev/null; echo free; exec 9>&-; wait $!' \
		sh "$ctl" enable srv --library "$library"
	[ "$status" -eq 0 ] || fail enable
	says free 'wrote *' 'takes effect with: *'
}

@test "enable: a restart that fails leaves the file, and says so" {
	answer
	have_environment
	echo try-restart >failing
	ctl_enable --now
	[ "$status" -eq 2 ]
	[ "$stderr" = 'bindrightctl: systemctl try-restart srv.service: Failed: no' ]
	says 'wrote /etc/systemd/system/srv.service.d/bindright.conf'
	[ -e etc/systemd/system/srv.service.d/bindright.conf ]
}

@test "enable: a unit whose files or programs systemd sees otherwise" {
	answer DropInPaths=/etc/systemd/system/srv.service.d/gone.conf
	sed -i '/^DropInPaths=$/d' shown
	ctl_enable
	fails '/etc/systemd/system/srv.service.d/gone.conf: No such file or directory: systemctl daemon-reload'

	# A name without a directory.
	answer
	have_environment
	sed -i 's,path=/bin/bash,path=bash,' shown
	ctl_enable
	[ "$status" -eq 0 ] && [ -z "$stderr" ] || fail 'bash is not found'
}

# As squid starts its workers.
@test "enable: a unit of which a process runs in secure mode" {
	[ "$(id -u)" -eq 0 ] || skip 'only root has two user IDs'
	open_cgroup
	mkdir "$cgroup/srv.service"
	enter_cgroup "$cgroup/srv.service"
	"${prefix[@]}" setpriv --euid 54321 --pdeathsig KILL sleep 60 >/dev/null 3>&- &
	process=$!
	wait_until grep -qx sleep "/proc/$process/comm"
	answer "ExecStart={ path=$(command -v sleep) ; argv[]=sleep 60 ; ignore_errors=no ; start_time=[n/a] }"
	ctl_enable
	fails "*: its process sleep\\[$process\\] runs in secure mode (its real and effective user differ,*"
}

@test "enable: whom systemd does not answer, because there is no bus" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	answer
	share_with_another_user
	echo show >failing
	in_systemd setpriv --reuid 54321 --clear-groups "$ctl" enable srv --library "$library"
	fails 'cannot write /etc/systemd/system/srv.service.d/bindright.conf: Permission denied (root can)'
}

# by_kernel ARGUMENT...: enable --kernel, where that can be.
by_kernel() {
	[ "$(id -u)" -eq 0 ] || skip 'only root may load eBPF programs'
	in_systemd "$ctl" enable --kernel srv "$@"
	[[ $stderr != *'built without the kernel back end'* && $stderr != *cgroup2* &&
		$stderr != *' eBPF '* ]] || skip "${stderr#bindrightctl: }"
}

answer_by_kernel() {
	answer ControlGroup=/nowhere \
		'ExecStartPre={ path=systemctl ; argv[]=systemctl restart bindright-srv.service ; ignore_errors=yes }'
}

@test "enable --kernel: has systemd read the files, and starts the helper of a unit that runs" {
	answer_by_kernel
	by_kernel
	[ "$status" -eq 0 ] || fail enable
	says 'wrote /etc/systemd/system/srv.service.d/bindright.conf' \
		'wrote /etc/systemd/system/bindright-srv.service' \
		'srv.service is cured without a restart; *'
	[ "$(grep -oE 'daemon-reload|(re)?start .*' calls | xargs)" = 'daemon-reload restart bindright-srv.service' ]
	grep -qx "ExecStart=:$(realpath "$ctl") attach --detach srv.service" etc/systemd/system/bindright-srv.service

	# A helper whose settings are the same goes on.
	: >calls
	by_kernel
	says 'already enabled: *' 'already enabled: *' 'srv.service is cured without a restart; *'
	[ "$(grep -oE 'daemon-reload|(re)?start .*' calls | xargs)" = 'start bindright-srv.service' ]

	: >calls
	in_systemd "$ctl" disable srv
	says 'removed *' 'removed *' 'srv.service is cured no longer'
	[ "$(grep -oE 'daemon-reload|stop .*' calls | xargs)" = 'daemon-reload stop bindright-srv.service' ]
	[ ! -e etc/systemd/system/bindright-srv.service ]

	# Where there is none, none starts.
	sed -i 's/^ActiveState=.*/ActiveState=inactive/' shown
	: >calls
	by_kernel
	says 'wrote *' 'wrote *' 'srv.service does not run: takes effect when it starts'
	! grep -E 'start' calls || fail 'it was started'
}

@test "enable --kernel: what systemd does not take, or cannot start, is taken out again" {
	answer
	by_kernel
	fails '/etc/systemd/system/srv.service.d/bindright.conf is as it was before'
	[ "${stderr_lines[0]}" = 'bindrightctl: srv.service: systemd does not have ExecStartPre from the drop-in' ]
	[ ! -e etc/systemd/system/bindright-srv.service ] || fail 'the helper is left'

	answer_by_kernel
	echo restart >failing
	by_kernel
	fails '/etc/systemd/system/srv.service.d/bindright.conf is as it was before'
	[ "${stderr_lines[0]}" = 'bindrightctl: systemctl restart bindright-srv.service: Failed: no' ]
	[ ! -e etc/systemd/system/bindright-srv.service ] || fail 'the helper is left'

	# The helper that there was runs on, with its settings.
	answer_by_kernel
	by_kernel BINDRIGHT_EXPIRY=60
	cp etc/systemd/system/bindright-srv.service kept
	echo daemon-reload >failing
	by_kernel
	[ "$status" -eq 2 ]
	cmp kept etc/systemd/system/bindright-srv.service
}

# refuses_filter ERROR-NUMBER FILTER REASON: systemd shows this filter.
refuses_filter() {
	answer "SystemCallErrorNumber=$1" "SystemCallFilter=$2"
	echo SystemCallFilter=@some >>etc/systemd/system/srv.service
	have_environment
	ctl_enable
	fails "srv.service: /etc/systemd/system/srv.service:3: SystemCallFilter= $3, which the library calls"
}

# takes_filter ERROR-NUMBER FILTER
takes_filter() {
	answer "SystemCallErrorNumber=$1" "SystemCallFilter=$2"
	have_environment
	ctl_enable
	[ "$status" -eq 0 ] || fail "refused with SystemCallFilter=$2"
}

@test "enable: a filter of system calls that the library could not work with" {
	local kill=2147483646
	local all='getpid getrandom getsockname getsockopt madvise mmap munmap recvmsg rt_sigprocmask sendmsg setsockopt statx write'

	takes_filter $kill ''
	takes_filter $kill '~'
	takes_filter $kill '~_sysctl kill setsockopts ptrace'
	takes_filter $kill "access $all zzz"
	# By an error, the library can do without all but the four.
	takes_filter 1 'getsockopt recvmsg sendmsg setsockopt'
	takes_filter $kill '~statx:EPERM'
	takes_filter 1 '~statx'

	refuses_filter 1 '~setsockopt' 'refuses setsockopt'
	refuses_filter $kill '~accept recvmsg:EPERM' 'refuses recvmsg'
	refuses_filter $kill "access ${all/getsockopt/getsockopt:13}" 'refuses getsockopt'
	refuses_filter $kill '~setsockopt' 'kills the service at setsockopt'
	refuses_filter 0 '~statx' 'kills the service at statx'
	refuses_filter 1 '~statx:kill' 'kills the service at statx'
	refuses_filter $kill "${all% statx*}" 'kills the service at statx'
}

@test "enable: states of units, as systemd tells them" {
	answer
	for state in not-found bad-setting error masked; do
		answer
		sed -i "s/^LoadState=.*/LoadState=$state/" shown
		ctl_enable
		case $state in
		not-found) fails "unknown unit 'srv.service'" ;;
		masked) fails "'srv.service' is masked (*" ;;
		*) fails "systemd cannot load 'srv.service' (/etc/systemd/system/srv.service): *" ;;
		esac
	done
	answer Transient=yes
	sed -i '/^Transient=no/d' shown
	ctl_enable
	fails "'srv.service' is transient *"
}

@test "enable: a systemctl that is missing, fails or says nonsense" {
	answer
	echo show >failing
	ctl_enable
	fails 'systemctl show srv.service: Failed: no'
	answer
	head -c 3000000 /dev/urandom >shown
	ctl_enable
	fails '*'
	answer
	: >shown
	ctl_enable
	fails "*'srv.service'*"
	answer
	in_systemd env PATH=/nowhere "$ctl" enable srv
	fails 'systemctl show srv.service: cannot run systemctl: No such file or directory'
}

@test "enable: without systemd" {
	[ ! -e /run/systemd/system ] || skip 'systemd runs here'
	for verb in enable disable; do
		run_ctl "$verb" srv
		[ "$status" -eq 2 ]
		[ "$stderr" = 'bindrightctl: systemd does not run here: see OTHER INIT SYSTEMS in bindright(7)' ]
	done
}

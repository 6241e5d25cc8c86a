#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl status, of the units that enable was used on: in a mount namespace with an /etc/systemd
# of its own, and a control group in the place of the unit's.

load kernel
load units

setup_file() {
	unshare -m true 2>/dev/null || export unavailable='no mount namespaces here'
}

teardown() {
	[ -z "${process-}" ] || kill "$process" || true
	[ -z "${cgroup-}" ] || close_cgroup
}

# mark_enabled UNIT ARGUMENT...: what enable writes for it.
mark_enabled() {
	[ -z "${unavailable-}" ] || skip "$unavailable"
	unit "$1" 'ExecStart=/usr/sbin/srv'
	run_ctl enable --root root "$@"
	[[ $stderr != *'built without the kernel back end'* ]] || skip 'no kernel back end'
	[ "$status" -eq 0 ] || fail "enable $*"
	mkdir -p etc/systemd/system
	cp -r "root/etc/systemd/system/$1.d" etc/systemd/system
}

# run_in UNIT VARIABLE=VALUE...: a program that does nothing, in that unit's control group.
run_in() {
	[ -z "${process-}" ] || kill "$process" || true
	[ -n "${cgroup-}" ] || open_cgroup
	mkdir -p "$cgroup/$1"
	enter_cgroup "$cgroup/$1"
	shift
	"${prefix[@]}" setpriv --pdeathsig KILL env "$@" sleep 60 >/dev/null 3>&- &
	process=$!
	wait_until is_sleep "$process"
}

is_sleep() {
	[ "$(cat "/proc/$1/comm")" = sleep ]
}

# shows STATUS LINE [ARGUMENT...]: status ARGUMENT exits with STATUS, and prints this line.
shows() {
	local wanted=$1 line=$2

	shift 2
	# shellcheck disable=SC2016 # for the inner shell to expand
	run_apart unshare -m sh -c 'mount --bind etc/systemd /etc/systemd && exec "$@"' sh "$ctl" status "$@"
	if [ "$status" -ne "$wanted" ] || ! grep -qE -e "$line" <<<"$output"; then
		fail "not $wanted: $line"
	fi
}

@test "a unit that does not run, or runs without the library, or with it" {
	mark_enabled srv.service --library "$in_root"
	mkdir -p etc/systemd/system/own.service.d
	echo '[Service]' >etc/systemd/system/own.service.d/bindright.conf
	shows 0 '^srv\.service  enabled, not running$' srv
	! grep own.service <<<"$output" || fail 'a drop-in of somebody else'

	run_in srv.service
	shows 1 '^srv\.service  enabled, not in sleep\[[0-9]+\]: systemctl restart srv\.service$' srv
	shows 1 '"has_library": ?false' --json srv
	shows 1 '^bindright_enabled_without_library\{unit="srv\.service"\} 1$' --prometheus srv

	run_in srv.service LD_PRELOAD="$library"
	shows 0 '^srv\.service  sleep\[[0-9]+\]  bindright [0-9]' srv
	! grep enabled <<<"$output" || fail 'it is in there'
	shows 0 '"has_library": ?true' --json srv

	cp "$library" libbindright.so
	run_in srv.service LD_PRELOAD="$PWD/libbindright.so"
	cp libbindright.so new
	mv new libbindright.so
	shows 0 '^    its file was replaced since: systemctl restart srv\.service$' srv
}

@test "an instance of a template" {
	mark_enabled tpl@.service --library "$in_root"
	run_in tpl@1.service
	shows 1 '^tpl@\.service  enabled, not in sleep\[[0-9]+\]: systemctl restart .tpl@\*\.service.$' tpl@1
}

@test "a unit that the kernel is to cure" {
	mkdir -p root/usr/local/sbin
	cp "$ctl" root/usr/local/sbin
	mark_enabled srv.service --kernel
	run_in srv.service
	shows 1 '^srv\.service  enabled, not attached: systemctl start bindright-srv\.service$' srv

	run_apart "$ctl" detach --json "$cgroup/srv.service"
	grep '"was_attached": *false' <<<"$output" || fail 'detach does not say it'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl enable --kernel and disable, on trees of --root, as in ctl_enable.bats.

# shellcheck disable=SC1003,SC2016 # backslashes and dollars as units have them
# shellcheck disable=SC2034 # units.bash uses $as

load units

# install_program: puts bindrightctl below the root, where this build expects it.
install_program() {
	run_ctl enable --root root --kernel srv.service
	[[ $stderr != *'built without the kernel back end'* ]] || skip 'no kernel back end'
	[[ $stderr == "bindrightctl: the program is missing: '$PWD/root"* ]] || fail 'it is there'
	program=${stderr#*"'$PWD/root"}
	program=${program%"'"}
	mkdir -p "root${program%/*}"
	touch "root$program"
}

@test "enable --kernel: a drop-in and the unit of a helper, which disable takes out" {
	local helper=root/etc/systemd/system/bindright-srv.service

	unit srv.service 'ExecStart=/nowhere'
	mkdir -p root/etc/systemd/system
	install_program
	find root >before
	run_ctl enable --root root --kernel srv BINDRIGHT_REPLY=off,udp/53=on BINDRIGHT_LOG=warn:/a%b
	[ "$status" -eq 0 ] && [ -z "$stderr" ] || fail enable
	says "wrote $PWD/$drop_in" "wrote $PWD/$helper" 'takes effect when that system starts'
	has '# Written by bindrightctl enable; taken out by: bindrightctl disable srv.service' \
		'[Service]' 'ExecStartPre=-+systemctl restart bindright-srv.service'
	[ "$(head -n 1 $helper)" = "$(head -n 1 "$drop_in")" ]
	grep -qx "ExecStart=:$program attach --detach srv.service BINDRIGHT_REPLY=off,udp/53=on BINDRIGHT_LOG=warn:/a%%b" $helper
	grep -qx 'Before=srv.service' $helper
	run_ctl enable --root root --kernel srv BINDRIGHT_REPLY=off,udp/53=on BINDRIGHT_LOG=warn:/a%b
	says "already enabled: $PWD/$drop_in" "already enabled: $PWD/$helper"
	run_ctl enable --root root --kernel srv
	says "already enabled: $PWD/$drop_in" "rewrote, with other settings: $PWD/$helper" \
		'takes effect when that system starts'
	disable srv
	says "removed $PWD/$drop_in" "removed $PWD/$helper" 'takes effect when that system starts'
	find root | diff -u before -

	# What an enable or a disable that was interrupted has left.
	run_ctl enable --root root --kernel srv
	rm -r "${drop_in%/*}"
	disable srv
	find root | diff -u before -
}

@test "enable --kernel: systemd reads what was written" {
	need systemd-analyze
	unit srv.service 'ExecStart=/nowhere'
	install_program
	run_ctl enable --root root --kernel srv
	# It looks for the commands, below the root or not.
	install -m 755 /bin/cat root/nowhere
	install -m 755 /bin/cat "root$program"
	systemd-analyze verify --root="$PWD/root" --man=no srv.service bindright-srv.service \
		>verify.out 2>&1 || true
	if grep -E 'bindright.conf|bindright-srv' verify.out | grep -vF 'is not executable'; then
		fail 'systemd complains about the files'
	fi
}

@test "enable: from the library to the kernel and back leaves nothing of the other" {
	local helper=root/etc/systemd/system/bindright-srv.service

	unit srv.service 'ExecStart=/usr/sbin/srv'
	install_program
	enable srv
	run_ctl enable --root root --kernel srv
	says "rewrote, with other settings: $PWD/$drop_in" "wrote $PWD/$helper" 'takes effect *'
	! grep LD_PRELOAD "$drop_in" || fail 'the library is left'
	enable srv
	says "rewrote, with other settings: $PWD/$drop_in" "removed $PWD/$helper" 'takes effect *'
	has '[Service]' "Environment=LD_PRELOAD=$in_root" 'Environment=BINDRIGHT_V6ONLY=auto'
	[ ! -e $helper ]
}

@test "enable --kernel: sockets, instances, and names that systemd escapes" {
	local name

	unit srv.service 'ExecStart=/nowhere'
	install_program
	printf '%s\n' '[Socket]' 'ListenDatagram=53' >root/usr/lib/systemd/system/srv.socket
	run_ctl enable --root root --kernel srv.socket
	grep -qx 'ExecStartPre=-+systemctl restart bindright-srv.socket.service' \
		root/etc/systemd/system/srv.socket.d/bindright.conf
	grep -qx '\[Socket\]' root/etc/systemd/system/srv.socket.d/bindright.conf
	grep -qx "ExecStart=:$program attach --detach srv.socket" root/etc/systemd/system/bindright-srv.socket.service
	disable srv.socket
	[ ! -e root/etc/systemd/system/srv.socket.d ]

	unit t@.service 'ExecStart=/nowhere'
	unit 'a\x2db.service' 'ExecStart=/nowhere'
	for name in t@1.service 'a\x2db.service'; do
		run_ctl enable --root root --kernel "$name"
		[ "$status" -eq 0 ] || fail "$name"
		[ -e "root/etc/systemd/system/bindright-$name" ]
		grep -Fqx "Before=$name" "root/etc/systemd/system/bindright-$name"
	done
	grep -Fqx "ExecStart=:$program attach --detach \"a\\\\x2db.service\"" \
		'root/etc/systemd/system/bindright-a\x2db.service'
	grep -Fqx 'ExecStartPre=-+systemctl restart "bindright-a\\x2db.service"' \
		'root/etc/systemd/system/a\x2db.service.d/bindright.conf'
}

@test "enable --kernel: refuses what the kernel cannot do, and changes nothing" {
	local long

	unit srv.service 'ExecStart=/nowhere'
	install_program
	refuses "'--library' cannot be had with '--kernel', *" srv --kernel
	in_root_refuses() {
		local pattern=$1

		shift
		run_ctl enable --root root --kernel "$@"
		# shellcheck disable=SC2053 # a pattern
		if [ "$status" -ne 2 ] || [ "${#stderr_lines[@]}" -ne 1 ] ||
			[[ $stderr != "bindrightctl: "$pattern ]]; then
			fail "not refused with: $pattern"
		fi
		[ ! -e "${drop_in%/*}/bindright.conf" ] || fail 'a drop-in'
		[ ! -e root/etc/systemd/system/bindright-srv.service ] || fail 'a helper'
	}
	in_root_refuses "BINDRIGHT_V6ONLY: the kernel back end cannot do 'force' (allowed: auto, off)" \
		srv BINDRIGHT_V6ONLY=force
	in_root_refuses "BINDRIGHT_REPLY: the kernel back end cannot do 'interface' (allowed: on, off)" \
		srv BINDRIGHT_REPLY=on,udp/53=interface
	in_root_refuses "BINDRIGHT_ONLY: *" srv BINDRIGHT_ONLY=srv
	in_root_refuses "unknown unit 'no.service'*" no
	unit t@.service 'ExecStart=/nowhere'
	in_root_refuses "'t@.service' is a template, *" t@.service
	unit nothing.service 'Type=oneshot'
	in_root_refuses '*/nothing.service: no ExecStart=*' nothing
	printf '%s\n' '[Timer]' >root/usr/lib/systemd/system/srv.timer
	in_root_refuses "'srv.timer' is no service or socket, but a timer" srv.timer
	long=$(printf 'a%.0s' {1..240}).service
	unit "$long" 'ExecStart=/nowhere'
	in_root_refuses "'$long': the name is too long*" "$long"

	unit srv.service 'ExecStart=/nowhere' 'RootImage=/a.raw'
	in_root_refuses '*/srv.service:4: RootImage=/a.raw: the helper cannot be started from another root directory' srv
	unit srv.service 'ExecStart=/nowhere' 'RootDirectory=/'
	drop zz.conf 'ExecStartPre='
	in_root_refuses '*/zz.conf:2: ExecStartPre=: takes out what starts the helper' srv
	mv "${drop_in%/*}/zz.conf" "${drop_in%/*}/a.conf"
	mkdir -p root/etc/systemd/system
	echo '[Service]' >root/etc/systemd/system/bindright-srv.service
	run_ctl enable --root root --kernel srv
	[[ $stderr == *"/bindright-srv.service: not written by bindrightctl enable: rename it" ]]
	# disable leaves that one, too.
	run_ctl disable --root root srv
	[ -e root/etc/systemd/system/bindright-srv.service ]
}

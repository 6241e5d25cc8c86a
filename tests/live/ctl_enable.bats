#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl enable and disable, on trees of --root: no systemd runs. What systemd makes of the
# files is seen by its own systemd-analyze, where that is installed.

# shellcheck disable=SC1003,SC2016 # backslashes and dollars as units have them
# shellcheck disable=SC2034 # units.bash uses $as

load units

@test "enable: writes a drop-in, twice changes nothing, disable leaves nothing behind" {
	unit srv.service "ExecStart=/usr/sbin/srv"
	mkdir -p root/etc/systemd/system
	find root >before

	enable srv.service
	says "wrote $PWD/$drop_in" 'takes effect when that system starts'
	has '# Written by bindrightctl enable; taken out by: bindrightctl disable srv.service' \
		'[Service]' "Environment=LD_PRELOAD=$in_root" 'Environment=BINDRIGHT_V6ONLY=auto'
	[ "$(stat -c %a "$drop_in" "${drop_in%/*}" | xargs)" = '644 755' ]

	touch -d @1 "$drop_in"
	enable srv
	says "already enabled: $PWD/$drop_in"
	[ "$(stat -c %Y "$drop_in")" = 1 ] || fail 'an unchanged file was written again'

	disable srv
	says "removed $PWD/$drop_in" 'takes effect when that system starts'
	find root | diff -u before -
	disable srv
	says "not enabled: there is no $PWD/$drop_in"
}

@test "enable: other settings rewrite the file, and bad ones leave it" {
	unit srv.service "ExecStart=/usr/sbin/srv"
	enable srv
	enable srv BINDRIGHT_REPLY=interface BINDRIGHT_V6ONLY=force,udp/53=off
	says "rewrote, with other settings: $PWD/$drop_in" 'takes effect when that system starts'
	has '[Service]' "Environment=LD_PRELOAD=$in_root" \
		'Environment=BINDRIGHT_REPLY=interface' 'Environment=BINDRIGHT_V6ONLY=force,udp/53=off'
	cp "$drop_in" kept

	refuses "BINDRIGHT_V6ONLY: unknown keyword 'sometimes' (allowed: force, default, auto, dual, off)" \
		srv BINDRIGHT_V6ONLY=sometimes
	refuses "BINDRIGHT_COLOUR: unknown variable*" srv BINDRIGHT_COLOUR=on
	refuses "'on' is not a setting (allowed: BINDRIGHT_NAME=value)" srv on
	refuses "'LD_PRELOAD=x' is not a setting*" srv LD_PRELOAD=x
	refuses "BINDRIGHT_ONLY: systemd takes no value*" srv $'BINDRIGHT_ONLY=a\001'
	refuses "BINDRIGHT_ONLY: systemd takes no value*" srv $'BINDRIGHT_ONLY=a\xff'
	cmp kept "$drop_in"
}

@test "enable: --json" {
	unit srv.service "ExecStart=/usr/sbin/srv"
	enable srv --json
	if [[ $stderr == *jansson* ]]; then
		skip 'built without jansson'
	fi
	printf '%s\n' "$output" | tr -d ' \n' >json
	[ "$(cat json)" = "{\"version\":1,\"unit\":\"srv.service\",\"file\":\"$PWD/$drop_in\",\"changed\":true,\"restart\":\"systemctlrestartsrv.service\"}" ] ||
		fail "$(cat json)"
	enable srv --json
	[[ $output == *'"changed": false'* ]]
	disable srv --json
	[[ $output == *'"changed": true'* ]]
}

@test "enable: $LIB where the library is beside the C library, else the path" {
	local directory

	unit srv.service "ExecStart=/usr/sbin/srv"
	for directory in /lib /usr/lib64 /usr/lib/x86_64-linux-gnu /usr/local/lib /opt; do
		mkdir -p "root$directory"
		cp "$library" "root$directory/libbindright.so"
		enable srv --library "$directory/libbindright.so"
		grep -qx "Environment=LD_PRELOAD=$directory/libbindright.so" "$drop_in" || fail "$directory"
	done
	# What has the name of the C library has to be one.
	touch root/usr/lib64/libc.so.6
	enable srv --library /usr/lib64/libbindright.so
	grep -qx 'Environment=LD_PRELOAD=/usr/lib64/libbindright.so' "$drop_in"
	need_lib
	for directory in /lib /usr/lib64 /usr/lib/x86_64-linux-gnu; do
		cp "$library" "root$directory/libc.so.6"
	done
	for directory in /usr/lib64 /usr/lib/x86_64-linux-gnu; do
		enable srv --library "$directory/libbindright.so"
		grep -Fqx 'Environment=LD_PRELOAD=/usr/$LIB/libbindright.so' "$drop_in" || fail "$directory"
	done
	enable srv --library /lib/libbindright.so
	grep -qx 'Environment=LD_PRELOAD=/lib/libbindright.so' "$drop_in"

	refuses "the library is missing: '$PWD/root/nowhere.so'*" srv --library /nowhere.so
	refuses "the library is missing: *" srv --library /opt
	refuses "--library: '/a b.so' has a space or a colon*" srv --library '/a b.so'
	refuses "--library: 'b.so' is not an absolute path" srv --library b.so
}

@test "enable: a program of another word size, without and with the library for that" {
	need_lib
	printf 'int main(void) { return 0; }\n' >program.c
	"${CC:-cc}" -m32 program.c -o root/usr/sbin/srv 2>/dev/null || skip 'no 32-bit programs'
	"${CC:-cc}" -m32 -shared program.c -o other.so
	unit srv.service "ExecStart=/usr/sbin/srv"
	mkdir -p root/usr/lib64
	cp "$library" root/usr/lib64/libbindright.so
	cp "$library" root/usr/lib64/libc.so.6
	refuses '*: a 32-bit program, and the library is for 64-bit ones' srv \
		--library /usr/lib64/libbindright.so
	cp other.so root/usr/lib/libbindright.so
	enable srv --library /usr/lib64/libbindright.so
	# Its path alone is for one word size.
	rm root/usr/lib64/libc.so.6
	refuses '*: a 32-bit program, *' srv --library /usr/lib64/libbindright.so
}

@test "enable: a present LD_PRELOAD stays behind the library, and a sanitizer before it" {
	unit srv.service 'ExecStart=/usr/sbin/srv' 'Environment=LD_PRELOAD=a.so' \
		'Environment="A=b c" "LD_PRELOAD=/x/libjemalloc.so.2 b.so"'
	enable srv
	has '[Service]' "Environment=\"LD_PRELOAD=$in_root:/x/libjemalloc.so.2 b.so\"" \
		'Environment=BINDRIGHT_V6ONLY=auto'

	drop a.conf 'Environment=' 'Environment=LD_PRELOAD=libasan.so.8'
	enable srv
	has '[Service]' "Environment=LD_PRELOAD=libasan.so.8:$in_root" \
		'Environment=BINDRIGHT_V6ONLY=auto'

	# The library's own entry, under whatever path, is replaced.
	drop a.conf 'Environment=LD_PRELOAD=/old/libbindright.so:c.so'
	enable srv
	has '[Service]' "Environment=LD_PRELOAD=$in_root:c.so" 'Environment=BINDRIGHT_V6ONLY=auto'
}

@test "enable: BINDRIGHT_V6ONLY that the unit sets is not overridden by the default" {
	unit srv.service 'ExecStart=/usr/sbin/srv' 'Environment=BINDRIGHT_V6ONLY=dual'
	enable srv
	has '[Service]' "Environment=LD_PRELOAD=$in_root"
	unit srv.service 'ExecStart=/usr/sbin/srv' 'EnvironmentFile=-/etc/default/%N'
	mkdir -p root/etc/default
	echo BINDRIGHT_V6ONLY=dual >root/etc/default/srv
	enable srv
	has '[Service]' "Environment=LD_PRELOAD=$in_root"
	refuses "$PWD/root/etc/default/srv:1: sets BINDRIGHT_V6ONLY, *" srv BINDRIGHT_V6ONLY=auto
}

@test "enable: aliases, templates, instances, linked and generated units" {
	unit real.service 'ExecStart=/usr/sbin/srv'
	mkdir -p root/etc/systemd/system root/run/systemd/generator.late root/opt
	ln -s /usr/lib/systemd/system/real.service root/etc/systemd/system/alias.service
	enable alias
	says "wrote $PWD/root/etc/systemd/system/real.service.d/bindright.conf" '*'
	disable alias
	says "removed $PWD/root/etc/systemd/system/real.service.d/bindright.conf" '*'

	unit foo@.service 'ExecStart=/usr/sbin/%p %i'
	cp root/usr/sbin/srv root/usr/sbin/foo
	enable foo@
	says "wrote $PWD/root/etc/systemd/system/foo@.service.d/bindright.conf" '*'
	enable foo@x
	says "wrote $PWD/root/etc/systemd/system/foo@x.service.d/bindright.conf" '*'
	disable foo@x
	run_ctl disable foo@x --root root
	[ "$status" -eq 2 ]
	[[ $stderr == *' is enabled by its template ('*'): bindrightctl disable foo@.service' ]]
	ln -s foo@.service root/usr/lib/systemd/system/bar@.service
	enable bar@y
	says "wrote $PWD/root/etc/systemd/system/foo@y.service.d/bindright.conf" '*'

	unit real.service 'ExecStart=/usr/sbin/srv'
	mv root/usr/lib/systemd/system/real.service root/opt/real.service
	ln -s /opt/real.service root/etc/systemd/system/real.service
	enable real
	says "wrote $PWD/root/etc/systemd/system/real.service.d/bindright.conf" '*'

	unit made.service 'ExecStart=/usr/sbin/srv'
	mv root/usr/lib/systemd/system/made.service root/run/systemd/generator.late
	enable made
	says "wrote $PWD/root/etc/systemd/system/made.service.d/bindright.conf" '*'
}

@test "enable: units that are none to enable" {
	unit srv.service 'ExecStart=/usr/sbin/srv'
	unit srv.socket '[Socket]' ListenDatagram=53
	unit each.socket '[Socket]' ListenStream=53 Accept=yes
	unit other.socket '[Socket]' ListenStream=53 Service=srv.service
	unit srv.timer '[Timer]' OnBootSec=1
	unit masked.service 'ExecStart=/usr/sbin/srv'
	mkdir -p root/etc/systemd/system root/run/systemd/transient root/etc/init.d
	ln -s /dev/null root/etc/systemd/system/masked.service
	: >root/etc/systemd/system/empty.service
	unit run-1.service 'ExecStart=/usr/sbin/srv'
	mv root/usr/lib/systemd/system/run-1.service root/run/systemd/transient
	: >root/etc/init.d/old

	refuses "unknown unit 'nosuch.service' below $PWD/root" nosuch
	refuses "unknown unit 'old.service'; only a running systemd makes a unit of '$PWD/root/etc/init.d/old'" old
	refuses "'srv.socket' is a socket, which srv.service serves: name that" srv.socket
	refuses "'each.socket' is a socket, which each@.service serves: name that" each.socket
	refuses "'other.socket' is a socket, which srv.service serves: name that" other.socket
	refuses "'srv.timer' is no service, but a timer" srv.timer
	refuses "'masked.service' is masked ($PWD/root/etc/systemd/system/masked.service): *" masked
	refuses "'empty.service' is masked (*" empty
	refuses "'run-1.service' is transient (*" run-1
	refuses "'a/b' is not the name of a unit *" a/b
	refuses "'' is not the name of a unit *" ''
	refuses "'$(printf '%0254d' 0)' is longer than *" "$(printf '%0254d' 0)"
	unit none.service 'Type=oneshot' 'ExecStop=/usr/sbin/srv'
	refuses "none.service: $PWD/root/usr/lib/systemd/system/none.service: no ExecStart=*" none
}

# refuses_with TEXT LINE...: a unit with these lines is refused, and the message begins with its file.
refuses_with() {
	local text=$1

	shift
	unit srv.service 'ExecStart=/usr/sbin/srv' "$@"
	refuses "srv.service: $PWD/root/usr/lib/systemd/system/srv.service:$text" srv
}

@test "enable: settings that keep the library from the service" {
	refuses_with '4: UnsetEnvironment= takes LD_PRELOAD out' 'UnsetEnvironment=A LD_PRELOAD'
	refuses_with '4: UnsetEnvironment= *' "UnsetEnvironment=LD_PRELOAD=$in_root"
	refuses_with '6: NoExecPaths=/ forbids executing *' '# \' '#' 'NoExecPaths=/' 'ExecPaths=/usr/sbin /lib'
	refuses_with '4: NoExecPaths=-/usr/lib forbids *' 'NoExecPaths=-/usr/lib' 'ExecPaths=/usr'
	refuses_with '4: InaccessiblePaths=/opt +/usr hides *' 'InaccessiblePaths=/opt +/usr'
	refuses_with '4: TemporaryFileSystem=/usr:ro hides *' 'TemporaryFileSystem=/usr:ro'
	refuses_with '4: TemporaryFileSystem=/usr:ro hides *' 'TemporaryFileSystem=/usr:ro' \
		'BindPaths=/usr/lib:/opt'
	refuses_with '4: RootDirectory=/srv/root gives *' 'RootDirectory=/srv/root'
	refuses_with '4: RootImage=/srv/image gives *' 'RootImage=/srv/image'

	cp "$library" root/home
	unit srv.service 'ExecStart=/usr/sbin/srv' ProtectHome=yes
	refuses '*:4: ProtectHome=yes hides *' srv --library /home/libbindright.so
	unit srv.service 'ExecStart=/usr/sbin/srv' ProtectHome=tmpfs
	refuses '*:4: ProtectHome=tmpfs hides *' srv --library /home/libbindright.so
	unit srv.service 'ExecStart=/usr/sbin/srv' PrivateTmp=true
	refuses '*:4: PrivateTmp=true hides *' srv --library /tmp/libbindright.so
	unit srv.service 'ExecStart=/usr/sbin/srv' User=nobody
	chmod 700 root/home
	refuses "srv.service: $PWD/root/home: its permissions keep nobody *" srv --library /home/libbindright.so
	chmod 755 root/home
	chmod 600 root/home/libbindright.so
	refuses "srv.service: $PWD/root/home/libbindright.so: its permissions *" srv --library /home/libbindright.so
	# To pass through a directory, it need not be readable.
	chmod 644 root/home/libbindright.so
	chmod 711 root/home
	enable srv --library /home/libbindright.so
	disable srv
	# A group's bits hold for its members, whatever others may do.
	if [ "$(id -u)" -eq 0 ]; then
		chgrp "$(id -g nobody)" root/home/libbindright.so
		chmod 604 root/home/libbindright.so
		refuses "srv.service: $PWD/root/home/libbindright.so: its permissions *" srv --library /home/libbindright.so
	fi
}

@test "enable: the like settings that do not" {
	local lines=(
		'UnsetEnvironment=LD_PRELOAD=other.so LD_LIBRARY_PATH'
		'UnsetEnvironment=LD_PRELOAD|UnsetEnvironment='
		'UnsetEnvironment=LD_PRELOAD_32=x LD_PRELOADED'
		'EnvironmentFile=-/etc/default/absent'
		'NoExecPaths=/|ExecPaths=/usr/sbin /usr/lib'
		'NoExecPaths=/usr/libexec /usr/li'
		'InaccessiblePaths=/usr|InaccessiblePaths='
		'InaccessiblePaths=/home'
		'TemporaryFileSystem=/usr|BindReadOnlyPaths=/usr/lib'
		'TemporaryFileSystem=/usr:ro|BindPaths=/srv/lib:/usr/lib:rbind'
		'RootDirectory=/'
		'ProtectHome=yes|PrivateTmp=yes|ProtectSystem=strict|NoNewPrivileges=yes|DynamicUser=yes'
	)
	local line

	for line in "${lines[@]}"; do
		mapfile -d '|' -t < <(printf '%s' "$line")
		unit srv.service 'ExecStart=/usr/sbin/srv' "${MAPFILE[@]}"
		enable srv || fail "$line"
		disable srv
	done
}

@test "enable: what else sets LD_PRELOAD and wins" {
	mkdir -p root/etc/default
	printf '%s\n' '# LD_PRELOAD=a' 'A=b' '' ' LD_PRELOAD="c.so"' >root/etc/default/srv
	unit srv.service 'ExecStart=/usr/sbin/srv' 'EnvironmentFile=-/etc/default/%p'
	refuses "srv.service: $PWD/root/etc/default/srv:4: sets LD_PRELOAD, and EnvironmentFile= wins *" srv
	unit srv.service 'ExecStart=/usr/sbin/srv' 'EnvironmentFile=/etc/def*/s?v'
	refuses "srv.service: $PWD/root/etc/default/srv:4: sets LD_PRELOAD, *" srv
	sed -i 's/^ LD_PRELOAD/#&/' root/etc/default/srv
	enable srv
	disable srv

	# Drop-ins are read in the order of their names.
	unit srv.service 'ExecStart=/usr/sbin/srv'
	drop override.conf '' 'Environment=A=b LD_PRELOAD=x.so'
	refuses 'srv.service: *.d/override.conf:3: sets LD_PRELOAD, and comes after bindright.conf*' srv
	drop override.conf 'Environment='
	refuses 'srv.service: *.d/override.conf:2: an empty Environment= unsets LD_PRELOAD, *' srv
	drop override.conf 'Environment=LD_PRELOADED=x.so'
	enable srv
	disable srv
	drop override.conf 'Environment=BINDRIGHT_REPLY=off'
	refuses '*.d/override.conf:2: sets BINDRIGHT_REPLY, *' srv BINDRIGHT_REPLY=on
	enable srv
}

@test "enable: programs that no preload reaches" {
	cp root/usr/sbin/srv root/usr/sbin/setuid
	chmod u+s root/usr/sbin/setuid
	chown 1 root/usr/sbin/setuid 2>/dev/null || skip 'needs root'
	chmod u+s root/usr/sbin/setuid
	unit srv.service 'ExecStart=/usr/sbin/srv' 'ExecStart=!-/usr/sbin/setuid -x'
	refuses "srv.service: $PWD/root/usr/sbin/setuid: *" srv
	unit srv.service 'ExecStart=/usr/sbin/setuid' 'ExecStart=' 'ExecStart=@srv srv0 ; /usr/sbin/srv'
	enable srv
	disable srv
	unit srv.service 'ExecStart=/usr/sbin/srv a ; setuid b'
	refuses "srv.service: $PWD/root/usr/sbin/setuid: *" srv
	# One that is not there may come later.
	unit srv.service 'ExecStart=/usr/sbin/absent'
	run_ctl enable srv --root root --library "$in_root"
	[ "$status" -eq 0 ]
	[[ $stderr == *'warning: srv.service: cannot tell '*'root/usr/sbin/absent: is missing' ]]
}

@test "enable: files of others are left alone" {
	unit srv.service 'ExecStart=/usr/sbin/srv'
	mkdir -p "${drop_in%/*}"
	echo '[Service]' >"$drop_in"
	refuses "$PWD/$drop_in: not written by bindrightctl enable*" srv
	run_ctl disable srv --root root
	[ "$status" -eq 2 ]
	[[ $stderr == *"$drop_in: not written by bindrightctl enable: it stays" ]]
	[ "$(cat "$drop_in")" = '[Service]' ]
	ln -sf /dev/null "$drop_in"
	refuses "$PWD/$drop_in: not written by *" srv
	rm -r "${drop_in%/*}"
	mkdir -p root/usr/lib/systemd/system/srv.service.d
	echo '[Service]' >root/usr/lib/systemd/system/srv.service.d/bindright.conf
	refuses "$PWD/root/usr/lib/systemd/system/srv.service.d/bindright.conf: not written by *" srv
	rm -r root/usr/lib/systemd/system/srv.service.d

	# Files beside ours, and their directory, stay.
	enable srv
	drop z.conf A=b
	disable srv
	[ "$(ls "${drop_in%/*}")" = z.conf ]
}

@test "enable: what cannot be written or read" {
	unit srv.service 'ExecStart=/usr/sbin/srv'
	mkdir -p root/etc/systemd
	: >root/etc/systemd/system
	refuses "cannot *$drop_in: Not a directory" srv
	rm root/etc/systemd/system
	refuses "--root: 'nowhere': No such file or directory" srv --root nowhere
	refuses "--root: 'root/usr/sbin/srv' is no directory" srv --root root/usr/sbin/srv
	refuses "'--now' cannot be had with '--root'*" srv --now

	# A link below the root leads nowhere out of it.
	mkdir outside
	ln -s "$PWD/outside" root/etc/systemd/system
	refuses '*/root/etc/systemd/system: a symbolic link that leads nowhere' srv
	rm root/etc/systemd/system
	mkdir root/etc/systemd/system
	ln -s "$PWD/outside" root/etc/systemd/system/srv.service.d
	refuses '*/srv.service.d: a symbolic link that leads nowhere' srv
	[ -z "$(ls outside)" ]
}

@test "enable: without root, one line" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	unit srv.service 'ExecStart=/usr/sbin/srv'
	share_with_another_user
	as=(setpriv --reuid 54321 --clear-groups)
	refuses "cannot write $PWD/$drop_in: Permission denied (root can)" srv
	as=()
	enable srv
	as=(setpriv --reuid 54321 --clear-groups)
	run_ctl disable srv --root root
	[ "$status" -eq 2 ]
	[ "$stderr" = "bindrightctl: cannot remove $PWD/$drop_in: Permission denied (root can)" ]
}

@test "enable: systemd reads what was written" {
	need systemd-analyze
	unit srv.service 'ExecStart=/usr/sbin/srv' 'Environment=LD_PRELOAD=a.so'
	enable srv 'BINDRIGHT_LOG=debug:/var/log/a%b "c\d$e;f'"'"'g' 'BINDRIGHT_SKIP=%n,ü'
	systemd-analyze cat-config --root="$PWD/root" systemd/system/srv.service >merged 2>cat.err ||
		skip "systemd-analyze: $(cat cat.err)"
	grep -qxF 'Environment="BINDRIGHT_LOG=debug:/var/log/a%%b \"c\\d$e;f'"'"'g"' merged
	systemd-analyze verify --root="$PWD/root" --man=no srv.service >verify.out 2>&1 || true
	if grep -F bindright.conf verify.out; then
		fail 'systemd complains about the drop-in'
	fi
}

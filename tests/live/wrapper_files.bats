#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which settings files the wrapper trusts, and that none can block it: neither by its length nor its
# kind nor its writer.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

# soon COMMAND...: with a time limit, which no refusal reaches.
soon() {
	run_apart timeout 3 "$@"
}

@test "a file that others can write" {
	local mode

	make_wrapper
	for mode in 0664 0620 0602 0666 0646; do
		echo 'BINDRIGHT_V6ONLY=off' >etc/bindright/tool.conf
		chmod "$mode" etc/bindright/tool.conf
		bindright -s tool touch ran
		refused 125 "-s: the settings file '$PWD/etc/bindright/tool.conf' can be written by * (mode $mode; *"
		bindright -c etc/bindright/tool.conf touch ran
		refused 125 "-c: the settings file 'etc/bindright/tool.conf' can be written by * (mode $mode; *"
		ln -sf "$PWD/etc/bindright/tool.conf" etc/bindright/link.conf
		bindright -s link touch ran
		refused 125 "-s: *link.conf' can be written by *"
	done
	[[ $stderr == *"by everyone"* ]]
	[ ! -e ran ]
	chmod 0644 etc/bindright/tool.conf
	bindright -s link printenv BINDRIGHT_V6ONLY
	gives off
}

@test "the directory of a file is not checked" {
	mkdir -m 777 open
	echo 'BINDRIGHT_V6ONLY=off' >open/conf
	bindright -c open/conf printenv BINDRIGHT_V6ONLY
	gives off
}

@test "a file of another user" {
	need_another_user
	echo 'BINDRIGHT_V6ONLY=off' >conf
	chown 54321 conf
	bindright -c conf touch ran
	refused 125 "-c: the settings file 'conf' belongs to uid 54321 (allowed: root, and *uid 0)"
	[ ! -e ran ]

	# Files of root and of the user itself are accepted.
	run_apart "${as_other_user[@]}" "$wrapper" -c conf printenv BINDRIGHT_V6ONLY
	gives off
	chown 0 conf
	run_apart "${as_other_user[@]}" "$wrapper" -c conf printenv BINDRIGHT_V6ONLY
	gives off
	chown 54322 conf
	run_apart "${as_other_user[@]}" "$wrapper" -c conf printenv BINDRIGHT_V6ONLY
	refused 125 "*belongs to uid 54322 (*uid 54321)"
}

@test "a service's file is a regular file, or a link to one" {
	make_wrapper
	mkfifo etc/bindright/fifo.conf
	mkdir etc/bindright/directory.conf
	ln -s /dev/zero etc/bindright/zero.conf
	ln -s /dev/null etc/bindright/null.conf
	ln -s nothing etc/bindright/dangling.conf
	ln -s loop.conf etc/bindright/loop.conf
	soon "$wrapper" -s fifo touch ran
	refused 125 "-s: *fifo.conf' is a pipe, not a settings file (allowed: a regular file)"
	soon "$wrapper" -s directory touch ran
	refused 125 "-s: *directory.conf' is a directory, not a settings file"
	soon "$wrapper" -s zero touch ran
	refused 125 "-s: *zero.conf' is a device, not a settings file"
	soon "$wrapper" -s null touch ran
	refused 125 "-s: *null.conf' is a device, not a settings file"
	soon "$wrapper" -s dangling touch ran
	refused 125 "-s: the settings file *dangling.conf' does not exist (there are none)"
	soon "$wrapper" -s loop touch ran
	refused 125 "-s: cannot read the settings file *loop.conf': Too many levels of symbolic links"
	soon "$wrapper" -s "$(printf 'x%.0s' {1..4096})" touch ran
	refused 125 "-s: the service name 'xxx*xxx' is too long"
	[ ! -e ran ]
}

@test "-c accepts a pipe of any owner, and waits for its end" {
	run_apart "$wrapper" -c <(echo BINDRIGHT_V6ONLY=off) printenv BINDRIGHT_V6ONLY
	gives off
	run_apart "$wrapper" -c <(
		echo BINDRIGHT_V6ONLY=off
		sleep 0.5
		echo BINDRIGHT_PEERS=99
	) printenv BINDRIGHT_PEERS
	gives 99
	run_apart "$wrapper" -c <(:) printenv LD_PRELOAD
	gives "$library"
	run_apart sh -c 'echo BINDRIGHT_V6ONLY=off | "$1" -c /dev/stdin printenv BINDRIGHT_V6ONLY' - "$wrapper"
	gives off
	run_apart "$wrapper" -c /dev/stdin printenv BINDRIGHT_V6ONLY <<<BINDRIGHT_V6ONLY=off
	gives off
	run_apart "$wrapper" -c <(echo BINDRIGHT_V6ONLY=x) true
	refused 125 "/dev/fd/*:1: BINDRIGHT_V6ONLY: *'x'*"
}

@test "a fifo: with a writer it is read, without one it is refused" {
	mkfifo fifo
	soon "$wrapper" -c fifo touch ran
	refused 125 "-c: no process writes to the fifo 'fifo'"
	exec 7<>fifo
	echo BINDRIGHT_V6ONLY=off >&7
	(sleep 0.5; exec 7>&-) &
	exec 7>&-
	run_apart timeout 5 "$wrapper" -c fifo printenv BINDRIGHT_V6ONLY
	gives off
	wait
	chmod 622 fifo
	soon "$wrapper" -c fifo touch ran
	refused 125 "-c: *'fifo' can be written by everyone*"
	[ ! -e ran ]
}

@test "a pipe that has no end" {
	run_apart timeout 9 "$wrapper" -c /dev/stdin touch ran < <(
		echo BINDRIGHT_V6ONLY=off
		exec sleep 8
	)
	refused 125 "-c: '/dev/stdin' did not end within 5 seconds"
	soon "$wrapper" -c /dev/stdin touch ran < <(exec yes '# comment')
	refused 125 "-c: the settings file '/dev/stdin' is larger than 64 KiB"
	[ ! -e ran ]
}

@test "devices and sockets" {
	local device

	for device in /dev/zero /dev/null /dev/full /dev/urandom; do
		[ -e "$device" ] || continue
		soon "$wrapper" -c "$device" touch ran
		refused 125 "-c: '$device' is a device, not a settings file"
	done
	if command -v socat >/dev/null; then
		timeout 10 socat UNIX-LISTEN:socket - </dev/null 3>&- &
		until [ -S socket ]; do sleep 0.01; done
		soon "$wrapper" -c socket touch ran
		kill $!
		refused 125 "-c: 'socket' is a socket, not a settings file"
	fi
	[ ! -e ran ]
}

@test "the size: 64 KiB are allowed" {
	head -c 65536 /dev/zero | tr '\0' '\n' >conf
	bindright -c conf printenv LD_PRELOAD
	gives "$library"
	echo >>conf
	bindright -c conf touch ran
	refused 125 "-c: the settings file 'conf' is larger than 64 KiB"
	truncate -s 100G conf 2>/dev/null || true
	soon "$wrapper" -c conf touch ran
	refused 125 "-c: the settings file 'conf' is larger than 64 KiB"
	[ ! -e ran ]
}

@test "a NUL is an error, with its line" {
	printf 'BINDRIGHT_V6ONLY=off\n# a\0b\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:2: the line holds a NUL byte *"
	printf 'BINDRIGHT_V6ONLY=o\0ff\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:1: the line holds a NUL byte *"
	[ ! -e ran ]
}

@test "a read error" {
	soon "$wrapper" -c /proc/self/mem touch ran
	refused 125 "-c: cannot read the settings file '/proc/self/mem': Input/output error"
	[ ! -e ran ]
}

@test "DOS line endings, in any line" {
	printf '# comment\r\n\r\nBINDRIGHT=on\r\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:2: the line holds a control character (is it a DOS line ending?)"
	printf '# comment\r\nBINDRIGHT=on\r\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:2: BINDRIGHT: the value holds a control character (is it a DOS line ending?)"
	[ ! -e ran ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl check, of programs and of processes. Where it says no, the loader is asked too: bare,
# the library is not in such a program.

load ctl_check

@test "a program that links with the C library: yes" {
	ctl check "$servers/echo_recvfrom"
	says 0 "$servers/echo_recvfrom: yes"
	ctl check -q "$servers/echo_recvfrom"
	says 0
}

@test "a static program: no" {
	compile still "${CC:-cc}" -static
	run_with "$library" ./still
	is_not_loaded "$pid"
	ctl check ./still
	says 1 './still: no: statically linked' '    instead: *one socket for each address: *'
	ctl check "$pid"
	begins 1 "still\[$pid]: no: LD_PRELOAD names the library, but it is not loaded: statically linked"
	# No library of its word size would help.
	compile still_32 "${CC:-cc}" -m32 -static
	ctl check ./still_32
	says 1 './still_32: no: statically linked' '    instead: *one socket for each address: *'
}

@test "Go: no, even where the library is loaded" {
	# like_go has the note of Go's programs, and links with the C library as a cgo program does.
	ctl check "$servers/like_go"
	begins 1 "$servers/like_go: no: written in Go, which makes its system calls itself"
	need go
	cat >wait.go <<-'END'
		package main

		// #include <unistd.h>
		import "C"

		func main() {
			C.pause()
		}
	END
	HOME=$PWD GO111MODULE=off go build -o wait_go wait.go || skip 'Go cannot compile C'
	run_with "$library" ./wait_go
	is_loaded "$pid"
	ctl check "$pid"
	begins 1 "wait_go\[$pid]: no: the library is in it, but it is written in Go, *"
}

@test "Free Pascal: no" {
	need fpc
	cat >socket.pas <<-'END'
		program socket;
		uses cthreads, sockets;
		var address: TInetSockAddr;
		begin
			fillchar(address, sizeof(address), 0);
			address.sin_family := AF_INET;
			halt(fpbind(fpsocket(AF_INET, SOCK_DGRAM, 0), @address, sizeof(address)));
		end.
	END
	fpc socket.pas >fpc.out 2>&1 || fail "$(cat fpc.out)"
	LD_DEBUG=bindings ./socket 2>traced
	grep -q "symbol \`dlopen'" traced
	! grep -q "symbol \`bind'" traced || fail 'it calls bind of the C library'
	ctl check ./socket
	begins 1 './socket: no: written in Free Pascal, which makes its system calls itself'
}

@test "another word size, another C library: no" {
	readelf -h "$library" | grep -q ELF64 || skip "the library is for 32-bit programs itself"
	compile m32 "${CC:-cc}" -m32
	ctl check ./m32
	begins 1 './m32: no: a 32-bit program, and the library is for 64-bit ones'
	run_with "$library" ./m32
	is_not_loaded "$pid"
	ctl check "$pid"
	begins 1 "m32\[$pid]: no: LD_PRELOAD names the library, but it is not loaded: a 32-bit program,*"
	compile musl musl-gcc
	ctl check ./musl
	begins 1 './musl: no: built for another C library (loader /lib/ld-musl-*)'
}

@test "a set-user-ID program: no, but for its owner" {
	need_root
	compile privileged "${CC:-cc}"
	chown nobody privileged
	chmod 4755 privileged
	run_with "$library" ./privileged
	is_not_loaded "$pid"
	ctl check ./privileged
	begins 1 './privileged: no: is set-user-ID nobody, and user root would become nobody'
	ctl check "$pid"
	begins 1 "privileged\[$pid]: no: LD_PRELOAD *: is set-user-ID nobody, and user root would*"
	ctl check --user nobody ./privileged
	begins 0 './privileged: yes'
}

@test "a set-group-ID program: no, also for root" {
	need_root
	compile privileged "${CC:-cc}"
	chgrp nogroup privileged
	chmod 2755 privileged
	run_with "$library" ./privileged
	is_not_loaded "$pid"
	ctl check ./privileged
	begins 1 './privileged: no: is set-group-ID nogroup, and user root would gain that group'
	# Not if the group may not execute it.
	chmod 2705 privileged
	run_with "$library" ./privileged
	is_loaded "$pid"
	ctl check ./privileged
	begins 0 './privileged: yes'
}

@test "file capabilities: no, but for root" {
	need_root
	need setcap
	let_others_in
	compile privileged "${CC:-cc}"
	setcap cap_net_raw=ep privileged || skip 'the file system keeps no capabilities'
	run_with "$library" "${as_nobody[@]}" ./privileged
	is_not_loaded "$pid"
	ctl check --user nobody ./privileged
	begins 1 './privileged: no: has file capabilities (cap_net_raw=ep), which user nobody would gain'
	ctl check "$pid"
	begins 1 "privileged\[$pid]: no: LD_PRELOAD *: has file capabilities (cap_net_raw=ep), which *"
	run_with "$library" ./privileged
	is_loaded "$pid"
	ctl check ./privileged "$pid"
	begins 0 './privileged: yes'
	[[ $output == *"privileged[$pid]: yes: the library is in it"* ]]
	# What is only inheritable gives nothing.
	setcap cap_net_raw=i privileged
	run_with "$library" "${as_nobody[@]}" ./privileged
	is_loaded "$pid"
	ctl check --user nobody ./privileged
	begins 0 './privileged: yes'
}

@test "a process that starts with real and effective user different: no" {
	need_root
	let_others_in
	compile plain "${CC:-cc}"
	run_with "$library" setpriv --euid nobody ./plain
	is_not_loaded "$pid"
	ctl check "$pid"
	begins 1 "plain\[$pid]: no: LD_PRELOAD names the library, but it is not loaded: starts with real and effective user different, *"
	run_with '' setpriv --euid nobody ./plain
	ctl check "$pid"
	begins 1 "plain\[$pid]: no: starts with real and effective user different, *"
}

@test "a process without the library" {
	compile plain "${CC:-cc}"
	run_with '' ./plain
	ctl check "$pid"
	begins 0 "plain\[$pid]: yes: the library is not in it, but could act there"
}

@test "a process whose library is missing" {
	compile plain "${CC:-cc}"
	run_with "$PWD/gone/libbindright.so" ./plain
	grep -q 'cannot be preloaded' loader.err
	ctl check "$pid"
	begins 1 "plain\[$pid]: no: LD_PRELOAD names the library, but it is not loaded: there is no file $PWD/gone/libbindright.so"
	run_with libbindright.so ./plain
	ctl check "$pid"
	begins 1 "*: the loader found no libbindright.so in its directories"
}

@test "a process whose root directory lacks the library" {
	need_root
	mkdir root
	compile plain "${CC:-cc}"
	copy_with_libraries plain root
	run_with "$library" chroot root /plain
	is_not_loaded "$pid"
	ctl check "$pid"
	begins 1 "plain\[$pid]: no: *: its root directory or mount namespace has no file $library"
}

@test "a library that the process's user may not read" {
	need_root
	let_others_in
	compile plain "${CC:-cc}"
	mkdir -m 0700 closed
	cp "$library" closed
	run_with "$PWD/closed/libbindright.so" "${as_nobody[@]}" ./plain
	is_not_loaded "$pid"
	ctl check "$pid"
	begins 1 "*: not every user may read $PWD/closed/libbindright.so"
}

@test "processes that cannot be judged, and threads of the kernel" {
	need_root
	let_others_in
	compile plain "${CC:-cc}"
	run_with '' ./plain
	ctl_as_nobody check "$pid"
	says 2 "plain\[$pid]: unknown: /proc/$pid/maps cannot be read: Permission denied; ask as root"
	ctl check 4194304
	says 2 '4194304: unknown: there is no such process'
	ctl check 99999999999999999999999
	says 2 '*: unknown: not a process ID'
	# It ends after bash has become a program that waits for nobody.
	bash -c 'sleep 1 & echo $! >zombie; exec sleep 60' 3>&- &
	started+=($!)
	wait_until is_zombie || fail 'no zombie'
	ctl check "$(cat zombie)"
	says 2 'sleep\[*]: unknown: it has ended; its parent has not waited for it'
	[ "$(cat /proc/2/comm)" = kthreadd ] || skip 'no kernel threads in this PID namespace'
	ctl check 2
	says 1 'kthreadd\[2]: no: a thread of the kernel, which runs no program'
}

is_zombie() {
	grep -q '^State:[[:space:]]*Z' "/proc/$(cat zombie)/status"
}

@test "scripts" {
	compile still "${CC:-cc}" -static
	printf '#!%s\n' "$PWD/still" >script
	printf '#!/bin/sh\n' >shell
	printf '#!/no/interpreter\n' >broken
	chmod +x script shell broken
	ctl check ./script
	begins 1 "./script: no: its interpreter $PWD/still: statically linked"
	ctl check ./shell
	begins 0 './shell: yes'
	[[ $output == *'warning: it is a script for /bin/sh: check the programs that it starts, too'* ]]
	ctl check ./broken
	says 2 './broken: unknown: its interpreter /no/interpreter cannot be read: No such file or directory'
}

@test "files that are no programs" {
	: >empty
	printf 'text\n' >text
	printf '\177ELF' >short
	mkfifo pipe
	cp "$library" library
	chmod +x empty text short pipe
	ctl check ./empty ./text ./short
	says 2 './empty: unknown: it is neither a program nor a script*' './text: unknown: *' './short: unknown: *'
	ctl check ./pipe
	says 2 './pipe: unknown: it is not a regular file'
	ctl check .//. /
	says 2 '*: unknown: it is not a regular file' '/: unknown: it is not a regular file'
	ctl check ./library
	says 2 './library: unknown: it is not a program that can be started'
	ctl check ./nothing
	says 2 './nothing: unknown: No such file or directory'
}

@test "a file that cannot be read" {
	need_root
	let_others_in
	compile plain "${CC:-cc}"
	chmod 0711 plain
	ctl_as_nobody check ./plain
	says 2 './plain: unknown: it cannot be read: Permission denied'
}

@test "io_uring, and no sockets at all: warnings" {
	compile plain "${CC:-cc}"
	ctl check ./plain
	says 0 './plain: yes' "    warning: neither it nor its libraries call the C library's socket functions*"
	printf 'int io_uring_queue_init(void);int io_uring_queue_init(void) { return 0; }\n' >uring.c
	"${CC:-cc}" -shared -fPIC -o liburing.so.2 uring.c
	printf 'int io_uring_queue_init(void);int main(void) { return io_uring_queue_init(); }\n' >ring.c
	"${CC:-cc}" -o ring ring.c liburing.so.2 -Wl,-rpath,"\$ORIGIN"
	ctl check ./ring
	begins 0 './ring: yes'
	[[ $output == *'warning: it can use io_uring, '* ]]
}

@test "several: a block each, and the worst status" {
	compile still "${CC:-cc}" -static
	ctl check "$servers/echo_recvfrom" ./still
	says 1 "$servers/echo_recvfrom: yes" './still: no: *' '    instead: *'
	ctl check ./still ./nothing "$servers/echo_recvfrom"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 4 ]
}

@test "names: in PATH and sbin a program, else a unit" {
	mkdir bin
	cp "$servers/echo_recvfrom" bin/some-daemon
	PATH=$PWD/bin:$PATH ctl check some-daemon
	says 0 "$PWD/bin/some-daemon: yes"
	ctl check some-daemon
	begins 2 'some-daemon*: unknown: *'
	cp "$servers/echo_recvfrom" bin/other.service
	PATH=$PWD/bin:$PATH ctl check other.service
	begins 2 'other.service: unknown: *'
}

@test "--json" {
	need jq
	compile still "${CC:-cc}" -static
	ctl check --json ./still "$servers/echo_recvfrom"
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.version, (.checks[] | .name, .verdict, .reason)]' <<<"$output")" = \
		"[1,\"./still\",\"no\",\"statically linked\",\"$servers/echo_recvfrom\",\"yes\",\"\"]" ]
	[[ $(jq -r '.checks[0].instead' <<<"$output") == *'one socket for each address: see bindright(7)' ]]
	[ "$(jq -c '.checks[1] | [.instead, .attached_by]' <<<"$output")" = '["",null]' ]
}

@test "wrong use: one line, and 2" {
	ctl check
	[ "$status" -eq 2 ]
	[[ $stderr == "bindrightctl: PROGRAM, UNIT or PID missing; try 'bindrightctl check --help'" ]]
	ctl check --user no-such-user "$servers/echo_recvfrom"
	[ "$status" -eq 2 ]
	[ "$stderr" = "bindrightctl: option '--user': there is no user 'no-such-user'" ]
	ctl check --user
	[ "$status" -eq 2 ]
	ctl check --help
	[ "$status" -eq 0 ]
	[[ $output == 'Usage: bindrightctl check'* ]]
}

@test "output that cannot be written" {
	local arguments

	for arguments in --help "$(type -P true)"; do
		status=0
		"$tool" check "$arguments" >/dev/full 2>errors || status=$?
		[ "$status" -eq 2 ] || fail "$arguments: status $status"
		grep -q '^bindrightctl: cannot write to standard output: ' errors
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_CHILDREN=off: a program in which the library acts does not pass it to the programs that
# it starts. Its forked workers keep it.

load lab

# Whether a process has loaded the library, and the LD_PRELOAD that it was started with.
has_library() {
	grep -q "/$(basename "$library")\$" "/proc/$1/maps"
}

preload_of() {
	tr '\0' '\n' <"/proc/$1/environ" | sed -n 's/^LD_PRELOAD=//p'
}

# Another library, which does nothing.
readonly OTHERS=libm.so.6

# start_child: starts a server whose parent is a shell, and sets child_pid to the server's process
# ID.
start_child() {
	# shellcheck disable=SC2016 # The inner shell expands it.
	launch_server bash -c 'setpriv --pdeathsig KILL "$@" & echo "child $!"; wait' - \
		"$servers/echo_recvfrom" :: "$PORT"
	wait_until server_is_ready || fail "not ready"
	child_pid=$(sed -n 's/^child //p' server.out)
}

child_acts() {
	has_library "$child_pid" || fail "the child has no library"
	[ "$(v6only_of u)" = 1 ]
	ask_client "$PORT" "${V6[@]}"
	every_line_is right
}

child_is_bare() {
	! has_library "$child_pid" || fail "the child has the library"
	[ "$(v6only_of u)" = 0 ]
	ask_client "$PORT" "${V6[@]}"
	some_wrong
}

@test "on, the default: programs that it starts have the library" {
	bare start_child
	child_is_bare

	with_library start_child
	has_library "$server_pid"
	child_acts
	[ "$(preload_of "$child_pid")" = "$library" ]
	BINDRIGHT_CHILDREN=on with_library start_child
	child_acts
}

@test "off: programs that it starts run bare, without the variable if nothing else is in it" {
	BINDRIGHT_CHILDREN=off with_library start_child
	has_library "$server_pid" || fail "the parent has no library"
	child_is_bare
	! tr '\0' '\n' <"/proc/$child_pid/environ" | grep '^LD_PRELOAD' || fail "LD_PRELOAD is set"
	[ ! -s server.err ] || fail "the log is not empty"
	# The settings stay, for a wrapper that a child may start.
	tr '\0' '\n' <"/proc/$child_pid/environ" | grep -qx BINDRIGHT_CHILDREN=off
}

@test "off: others in LD_PRELOAD stay, in any position" {
	local preload list

	export BINDRIGHT_CHILDREN=off
	[ -f "$library" ]
	for list in "$library:$OTHERS" "$OTHERS:$library" "$OTHERS $library" " $library  $OTHERS:" \
		"$library:$OTHERS:$library"; do
		preload=$list
		start_child
		has_library "$server_pid" || fail "the parent has no library"
		child_is_bare
		[ "$(preload_of "$child_pid" | tr -d ' :')" = "$OTHERS" ] ||
			fail "of '$list' the child has '$(preload_of "$child_pid")'"
		grep -q "/${OTHERS%%.*}[-.]" "/proc/$child_pid/maps" || fail "the child has no $OTHERS"
	done
	# Several others keep their separators.
	preload="libc.so.6:$library $OTHERS"
	start_child
	[ "$(preload_of "$child_pid")" = "libc.so.6:$OTHERS" ] || fail "$(preload_of "$child_pid")"
}

@test "off: by any name for which the loader finds the library" {
	local preload list

	export BINDRIGHT_CHILDREN=off
	ln -s "$library" ./other.so
	mkdir lib
	cp "$library" lib/
	for list in "$PWD/other.so" ./other.so lib/libbindright.so "$PWD/lib/../lib//libbindright.so"; do
		preload=$list
		start_child
		has_library "$server_pid" || fail "the parent has no library"
		[ -z "$(preload_of "$child_pid")" ] || fail "the child has $(preload_of "$child_pid")"
		! has_library "$child_pid" || fail "the child has the library"
	done
	# shellcheck disable=SC2034 # launch_server reads it.
	preload=libbindright.so
	LD_LIBRARY_PATH=$PWD/lib BINDRIGHT_CHILDREN=off start_child
	has_library "$server_pid" || fail "the parent has no library"
	[ -z "$(preload_of "$child_pid")" ] || fail "the child has $(preload_of "$child_pid")"
}

@test "off: forked workers keep the library" {
	BINDRIGHT_CHILDREN=off replies_are_cured V4 echo_forked 0.0.0.0 "$PORT"
	BINDRIGHT_CHILDREN=off replies_are_cured V4 echo_forked -a 0.0.0.0 "$PORT"
}

@test "off: the program itself is cured" {
	BINDRIGHT_CHILDREN=off replies_are_cured V6 echo_recvfrom -6 :: "$PORT"
}

@test "off, with ONLY: a program in which the library does not act passes it on" {
	export BINDRIGHT_CHILDREN=off
	BINDRIGHT_ONLY=echo_recvfrom with_library start_child
	child_acts
	[ -z "$(preload_of "$child_pid")" ] || fail "the child would pass it on"
	BINDRIGHT_ONLY='bash,echo_*' with_library start_child
	child_is_bare
}

@test "off, with SKIP: a program in which the library does not act passes it on" {
	export BINDRIGHT_CHILDREN=off
	BINDRIGHT_SKIP=env,bash,setpriv with_library start_child
	child_acts
	# setpriv is another program in between.
	BINDRIGHT_SKIP=bash with_library start_child
	child_is_bare
}

@test "off: a program under BINDRIGHT=off passes it on" {
	BINDRIGHT=off BINDRIGHT_CHILDREN=off with_library start_child
	has_library "$child_pid"
	[ "$(preload_of "$child_pid")" = "$library" ]
}

# Bash keeps its own copy of the environment, dash does not.
@test "off: a shell prints the same LD_PRELOAD as the programs that it starts" {
	local shell

	for shell in bash dash; do
		command -v "$shell" >/dev/null || continue
		# shellcheck disable=SC2016 # That shell expands it.
		BINDRIGHT_CHILDREN=off with_library launch_server "$shell" -c \
			'echo "${LD_PRELOAD-none}"; printenv LD_PRELOAD; echo "status $?"; echo ready; read -r _'
		wait_until server_is_ready || fail "not ready"
		has_library "$server_pid"
		printf '%s\n' none 'status 1' ready >expected.out
		same_text expected.out server.out
	done
}

@test "a script goes by the name of its interpreter" {
	# shellcheck disable=SC2016 # The script expands it.
	printf '%s\n' '#!/bin/bash' 'printenv LD_PRELOAD || echo none' >gamma
	chmod +x gamma
	[ "$(LD_PRELOAD=$library BINDRIGHT_CHILDREN=off BINDRIGHT_ONLY=gamma ./gamma)" = "$library" ]
	[ "$(LD_PRELOAD=$library BINDRIGHT_CHILDREN=off BINDRIGHT_ONLY=bash ./gamma)" = none ]
}

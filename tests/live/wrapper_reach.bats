#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The wrapper warns in the command's log if no preload can act in the command, and starts it anyway.

load wrapper

# warns PATTERN: the command ran, and one line on stderr matches.
warns() {
	# shellcheck disable=SC2053 # It is a pattern.
	if [ "$status" -ne 0 ] || [ "${#stderr_lines[@]}" -ne 1 ] || [[ $stderr != $1 ]]; then
		show_run
	fi
}

# is_silent: the command ran, and there is nothing on stderr.
is_silent() {
	if [ "$status" -ne 0 ] || [ "$stderr" != "" ]; then
		show_run
	fi
}

# static_program FILE: copies a static program. ldconfig is static in most distributions.
static_program() {
	local candidate

	command -v readelf >/dev/null || skip "readelf is not installed"
	for candidate in /sbin/ldconfig.real /sbin/ldconfig /bin/busybox; do
		[ -x "$candidate" ] || continue
		! readelf -l "$candidate" 2>/dev/null | grep -q INTERP || continue
		cp "$candidate" "$1"
		return
	done
	skip "no static program"
}

@test "a dynamic command: no message" {
	bindright true
	is_silent
	bindright sh -c 'exec env true'
	is_silent
}

@test "a static program" {
	static_program still
	bindright ./still --version
	warns "bindright: still\[*\]: warn: *'./still': statically linked"
}

@test "a script whose interpreter is static" {
	static_program still
	printf '#!%s --version\n' "$PWD/still" >script
	chmod +x script
	bindright ./script
	warns "bindright: script\[*\]: warn: *'$PWD/still': statically linked"
	printf '#! \t%s --version\n' "$PWD/still" >script
	bindright ./script
	warns "bindright: script\[*\]: warn: *'$PWD/still': statically linked"
}

@test "as many scripts as the kernel follows" {
	local i

	static_program script0
	for i in 1 2 3 4 5; do
		printf '#!%s\n' "$PWD/script$((i - 1))" >"script$i"
		chmod +x "script$i"
	done
	bindright ./script5
	# What the program makes of the scripts' names does not matter.
	[[ $stderr == "bindright: script5["*"]: warn: "*"'$PWD/script0': statically linked"* ]] || fail "$stderr"
}

@test "a set-user-ID program" {
	[ "$(id -u)" -eq 0 ] || skip "only root can make a set-user-ID program of another user"
	cp "$(type -P echo)" privileged
	chown nobody privileged
	chmod u+s privileged
	bindright ./privileged text
	[ "$output" = text ]
	warns "bindright: privileged\[*\]: warn: *'./privileged': is set-user-ID nobody, and user root would become nobody"
	# Its owner gains no privileges.
	cp "$(type -P echo)" own
	chmod u+s own
	bindright ./own text
	is_silent
}

@test "a wrapper whose real and effective user differ" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become another user"
	# Without a shell, because shells drop such privileges. The loader ignores the library.
	run_apart setpriv --ruid 54321 --clear-groups "$program" "$library" /etc "$bindrightctl" \
		grep -c libbindright /proc/self/maps
	[ "$output" = 0 ]
	[[ $stderr == "bindright: grep["*"]: warn: "*": starts with real and effective user different, "* ]] ||
		show_run
}

@test "a program in Go" {
	# like_go has the ELF note of Go programs.
	bindright "$abs_top_builddir/tests/servers/like_go"
	warns "bindright: like_go\[*\]: warn: *: written in Go, which makes its system calls itself"
}

@test "a program of another word size" {
	# The wrapper reads only the file's header; this file cannot run.
	cp "$(type -P true)" other
	printf '\003' | dd of=other bs=1 seek=4 conv=notrunc status=none
	bindright ./other || true
	[[ ${stderr_lines[0]} == "bindright: other["*"warn: "*"built for another machine than the library"* ]] ||
		show_run
}

@test "-q: no message" {
	static_program still
	bindright ./still --version
	warns "*: statically linked"
	bindright -q ./still --version
	is_silent
	bindright --quiet --log=debug "$abs_top_builddir/tests/servers/like_go"
	is_silent
	# Refusals stay.
	bindright -q --v6only=x true
	refused 125 "--v6only: *'x'*"
	bindright -q -q no-such-command
	refused 127 "*not found"
}

@test "the settings apply to the warning" {
	static_program still
	BINDRIGHT_LOG=off bindright ./still --version
	is_silent
	bindright --log="warn:$PWD/log" ./still --version
	is_silent
	grep -q 'warn: .*statically linked' log
	# No warning if the library is not meant to act.
	BINDRIGHT=off bindright ./still --version
	is_silent
	BINDRIGHT_SKIP=still bindright ./still --version
	is_silent
}

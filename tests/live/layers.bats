#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How shim/ is laid out, which HACKING.md draws: who may include whom, and what only one place does.
# Each rule is tried on the sources, and on a copy of them that breaks it.

load lab

setup() {
	enter_test_directory || return
	cp -R "$abs_top_srcdir/shim" "$abs_top_srcdir/HACKING.md" .
	find shim \( -name .libs -o -name .deps -o -name musl -o -name time64 \) -prune -exec rm -rf {} +
}

teardown() {
	:
}

# sources [DIRECTORY...]: the sources of the library, or of these directories of it.
sources() {
	[ $# -gt 0 ] || set -- calls replies listeners sockets settings runtime libc
	(cd shim && find "${@}" -name '*.[ch]' | LC_ALL=C sort)
}

# matches REGEX FILE...: "FILE: LINE" for each line of code that matches; comments do not count.
matches() {
	local regex=$1 file

	shift
	for file; do
		sed -e 's,/\*.*\*/,,' -e '/\/\*/,/\*\//d' "shim/$file" | grep -E "$regex" | sed "s,^,$file: ,"
	done
}

# level DIRECTORY: a file includes only its own directory's headers and those of higher numbers.
level() {
	case $1 in
	calls) echo 1 ;;
	replies | listeners) echo 2 ;;
	sockets) echo 3 ;;
	runtime) echo 4 ;;
	libc) echo 5 ;;
	settings) echo 6 ;;
	.) echo 7 ;; # attributes.h
	*) echo 0 ;;
	esac
}

include_down() {
	local file include from to

	for file in $(sources); do
		from=${file%/*}
		sed -nE 's/^#include "([^"]+)"$/\1/p' "shim/$file" >includes
		while read -r include; do
			to=$(dirname "$include")
			[ "$from" = "$to" ] || [ "$(level "$to")" -gt "$(level "$from")" ] ||
				echo "$file: includes $include"
		done <includes
	done
}

# The directories that tools may use: they are not told what the library does in a process.
tools_include() {
	find shim/ctl -name '*.[ch]' -exec sed -nE 's/^#include "(calls|replies|listeners)\/.*/\1/p' {} +
}

# The kernel back end is a tool, too, and judges by settings alone.
kernel_includes() {
	find shim/kernel -name '*.[ch]' ! -name '*.bpf.[ch]' ! -name '*.lskel.h' ! -name skel_internal.h -exec \
		sed -nE '/^#include "(kernel|ctl|settings)\/|^#include "runtime\/log\.h"/!s/^#include "(.*)".*/\1/p' {} +
}

# What is compiled for the kernel has no library and no other directory.
ebpf_includes() {
	find shim/kernel -name '*.bpf.[ch]' -exec \
		sed -nE '/^#include ("(shared|[a-z]+\.bpf)\.h"|<(linux|bpf)\/.*>|<std[a-z]*\.h>)$/!s/^#include (.*)/\1/p' {} +
	sed -nE '/^#include <linux\/types\.h>$/!s/^#include (.*)/\1/p' shim/kernel/shared.h
}

decide_without_system_calls() {
	# shellcheck disable=SC2046 # file names without blanks
	matches '^#include "(runtime/impl|libc/next|runtime/log)\.h"' $(sources settings) \
		listeners/decide.c listeners/decide.h sockets/address.c sockets/address.h \
		replies/hash.h replies/peers.c replies/peers.h replies/peer_entry.h replies/last_peer.h \
		runtime/bpf.c runtime/bpf.h
}

# only_in REGEX FILE-REGEX: code that matches stands in these files alone.
only_in() {
	# shellcheck disable=SC2046 # file names without blanks
	matches "$1" $(sources | grep -vE "^($2)")
}

# holds RULE...: no line comes of it.
holds() {
	"$@" >broken
	[ ! -s broken ] || fail "$*: $(cat broken)"
}

# breaks FILE LINE RULE...: with this line at its end, the file breaks the rule.
breaks() {
	local file=$1 line=$2

	shift 2
	cp "shim/$file" kept
	printf '%s\n' "$line" >>"shim/$file"
	"$@" >broken
	mv kept "shim/$file"
	[ -s broken ] || fail "$*: does not see '$line' in $file"
}

@test "layers: includes run down, and replies and listeners do not know each other" {
	holds include_down
	breaks sockets/tag.c '#include "replies/pktinfo.h"' include_down
	breaks replies/rx.h '#include "listeners/decide.h"' include_down
	breaks listeners/v6only.c '#include "replies/watch.h"' include_down
	breaks settings/rules.c '#include "runtime/log.h"' include_down
	holds tools_include
	breaks ctl/wrapper.c '#include "replies/watch.h"' tools_include
	breaks ctl/audit/audit.c '#include "listeners/ports.h"' tools_include
	holds kernel_includes
	breaks kernel/attach.c '#include "replies/watch.h"' kernel_includes
	breaks kernel/helper.h '#include "sockets/tag.h"' kernel_includes
	breaks kernel/programs.c '#include "runtime/impl.h"' kernel_includes
	holds ebpf_includes
	breaks kernel/replies.bpf.c '#include "kernel/helper.h"' ebpf_includes
	breaks kernel/listeners.bpf.c '#include <sys/socket.h>' ebpf_includes
	breaks kernel/shared.h '#include "settings/settings.h"' ebpf_includes
}

@test "layers: decisions make no system calls" {
	holds decide_without_system_calls
	breaks listeners/decide.c '#include "runtime/impl.h"' decide_without_system_calls
}

@test "layers: one file calls dlsym" {
	local rule=(only_in '\bdlsym\(' 'libc/next\.c$')

	holds "${rule[@]}"
	breaks calls/bind.c 'void *x = dlsym(RTLD_NEXT, "bind");' "${rule[@]}"
}

@test "layers: one directory reads and writes control messages" {
	local rule=(only_in '\bCMSG_[A-Z]+\(|cmsg_(len|level|type)\b' 'replies/')

	holds "${rule[@]}"
	breaks calls/recv.c 'size_t x = CMSG_SPACE(4);' "${rule[@]}"
}

@test "layers: the library's own system calls go by runtime/impl" {
	local rule=(only_in '\bnext_(impl_syscall|getsockname|getpeername)\(' 'runtime/impl\.c$|libc/next\.[ch]$')

	holds "${rule[@]}"
	breaks sockets/sockets.c 'int x = next_getsockname(fd, addr, len);' "${rule[@]}"
}

@test "layers: platforms differ in libc/ and attributes.h alone" {
	# Include guards are no platform's.
	local rule=(only_in '^# *((if|ifdef|elif)\b|ifndef .*([^H]|[^_]H)$)' 'libc/')

	holds "${rule[@]}"
	breaks calls/options.c '#ifdef __linux__' "${rule[@]}"
	breaks replies/rx.h '#ifndef SO_COOKIE' "${rule[@]}"
}

# long_files_and_functions: of more than 400 and 60 lines.
long_files_and_functions() {
	local file

	for file in $(sources) $(sources ctl kernel | grep -vE 'lskel|skel_internal'); do
		awk -v file="$file" '/^\{/ { start = NR }
			/^\}/ { if (start && NR - start > 60) print file ":" start ": a long function"; start = 0 }
			END { if (NR > 400) print file ": a long file" }' "shim/$file"
	done
}

@test "layers: functions fit on a screen, and files have one concern" {
	holds long_files_and_functions
	breaks calls/start.c "$(printf '{\n%s}' "$(yes x | head -n 61)
")" long_files_and_functions
}

# not_on_the_map: files that HACKING.md does not name, and names there that are no file's.
not_on_the_map() {
	local file name

	sed -n '/^## The map/,/^## /p' HACKING.md >map
	for file in $(sources) $(sources ctl kernel | grep -vE 'lskel|skel_internal'); do
		name=$(basename "${file%.[ch]}")
		grep -qE "(^|[^a-z0-9_])$name(\.[ch])?([^a-z0-9_]|$)" map || echo "$file is not on the map"
	done
	grep -oE '\b[a-z0-9_]+\.[ch]\b' map | LC_ALL=C sort -u | while read -r name; do
		[ -n "$(find shim tests -name "$name" 2>/dev/null)" ] || echo "the map names $name"
	done
}

@test "layers: the map in HACKING.md has every file" {
	holds not_on_the_map
	: >shim/calls/unheard_of.c
	not_on_the_map >broken
	[ -s broken ] || fail "a file that is not on the map is not seen"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server under the filters of systemd's SystemCallFilter=. A loader makes the same ones from systemd's
# own sets before exec, so the library cannot read them.

load daemons
packages='systemd libseccomp-dev gcc libc6-dev'

# make_loader: ./under allow|deny errno|kill FILE COMMAND...: FILE names the calls.
make_loader() {
	cat >under.c <<-'END'
		#include <errno.h>
		#include <seccomp.h>
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>

		int main(int argc, char **argv)
		{
			int allows = strcmp(argv[1], "allow") == 0;
			uint32_t refusal = strcmp(argv[2], "errno") == 0 ? SCMP_ACT_ERRNO(EPERM)
									 : SCMP_ACT_KILL_PROCESS;
			FILE *names = fopen(argv[3], "re");
			scmp_filter_ctx filter = seccomp_init(allows ? refusal : SCMP_ACT_ALLOW);
			char name[100];
			int number;

			if (filter == NULL || names == NULL)
				return 1;
			while (fscanf(names, "%99s", name) == 1) {
				number = seccomp_syscall_resolve_name(name);
				if (number != __NR_SCMP_ERROR)
					seccomp_rule_add(filter, allows ? SCMP_ACT_ALLOW : refusal, number, 0);
			}
			if (seccomp_load(filter) < 0)
				return 1;
			execvp(argv[4], argv + 4);
			return 1;
		}
	END
	gcc -o under under.c -lseccomp
}

# list_calls_of SET...: prints the system calls in these sets and in those that they name.
list_calls_of() {
	local name

	for name; do
		systemd-analyze syscall-filter "$name"
	done | sed -n -E 's/^ +([@a-z_0-9-]+)$/\1/p' | sort -u | while read -r name; do
		case $name in
		@*) list_calls_of "$name" ;;
		*) echo "$name" ;;
		esac
	done | sort -u
}

# use_filter allow|deny errno|kill SET...: sets the server's filter. systemd also allows @default,
# unless it allows all.
use_filter() {
	local sets=("${@:3}")

	[ "$1" = deny ] || sets+=(@default)
	[ -x under ] || make_loader
	list_calls_of "${sets[@]}" >calls.named
	[ "$(wc -l <calls.named)" -ge 20 ] || fail "systemd does not describe ${sets[*]}"
	in_front=(./under "$1" "$2" calls.named)
}

start() {
	launch_server "${in_front[@]}" "$servers/echo_recvfrom" -d :: "$port"
}

@test "a server with SystemCallFilter=@system-service" {
	local action

	v6only=auto
	for action in errno kill; do
		use_filter allow "$action" @system-service
		is_cured V4 V6
	done
}

@test "a server with sets that hold just what it needs" {
	v6only=auto
	use_filter allow errno @basic-io @file-system @network-io @signal @process
	is_cured V4 V6
}

# Many units have these, such as nsd's.
@test "a server with SystemCallFilter=~@clock and others" {
	local action

	v6only=auto
	for action in errno kill; do
		use_filter deny "$action" @clock @cpu-emulation @debug @keyring @module @mount @obsolete \
			@resources
		is_cured V4 V6
	done
}

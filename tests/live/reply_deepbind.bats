#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A module loaded with RTLD_DEEPBIND finds libc's definitions before the library's.

load lab

module=$servers/.libs/echo_module.so

# Sanitizers refuse RTLD_DEEPBIND, and make calls after the library's dlopen.
need_plain_build() {
	need nm
	! nm -D "$library" | grep -qE '__(asan|tsan|ubsan)_' || skip "built with a sanitizer"
}

@test "RTLD_DEEPBIND: IPv4" {
	need_plain_build
	replies_are_cured V4 echo_deepbind "$module" 0.0.0.0 "$PORT"
}

@test "RTLD_DEEPBIND: IPv6" {
	need_plain_build
	replies_are_cured V6 echo_deepbind "$module" -6 :: "$PORT"
}

@test "RTLD_DEEPBIND: with BINDRIGHT=off as bare" {
	need_plain_build
	BINDRIGHT=off with_library start_server echo_deepbind "$module" 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
}

@test "libc's own definitions are changed by RTLD_DEEPBIND only, and not with BINDRIGHT=off" {
	local mode

	need_plain_build
	[ "$(LD_PRELOAD=$library "$servers/whose" -d "$module")" = libbindright.so ]
	for mode in -d ''; do
		[[ $("$servers/whose" $mode "$module") == libc.* ]]
		[[ $(BINDRIGHT=off LD_PRELOAD=$library "$servers/whose" $mode "$module") == libc.* ]]
	done
	[[ $(LD_PRELOAD=$library "$servers/whose" "$module") == libc.* ]]
}

@test "RTLD_DEEPBIND: as bare beside another preload library that defines these calls" {
	need_plain_build
	# shellcheck disable=SC2034 # launch_server uses it.
	for preload in "$library $servers/.libs/preloaded.so" "$servers/.libs/preloaded.so $library"; do
		start_server echo_deepbind "$module" 0.0.0.0 "$PORT"
		ask_client "$PORT" "${V4[@]}"
		some_wrong
	done
}

@test "dlopen: the program's own library path applies" {
	need_plain_build
	bare start_server echo_deepbind echo_module.so 0.0.0.0 "$PORT"
	with_library start_server echo_deepbind echo_module.so 0.0.0.0 "$PORT"
}

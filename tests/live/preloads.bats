#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Other preload libraries, each before and after this one, in a program that forks: if the calls go
# from one to the other, the program is cured; otherwise it is as with the other library alone.

load lab

setup_file() {
	! nm -D "$library" | grep -qE '__(a|t|ub)san_' || skip_file "built with a sanitizer"
}

# Ends what a test has started beside the server.
teardown() {
	local status=0

	stop_server || status=$?
	[ -z "${helper_pid-}" ] || kill "$helper_pid" 2>/dev/null || true
	close_lab
	return "$status"
}

# find_preload PATTERN...: sets "other" to the first such library, or skips the test.
find_preload() {
	local directory pattern file

	for directory in /usr/lib/"$(uname -m)"-linux-* /usr/lib64 /usr/lib; do
		for pattern; do
			# It is meant to be a pattern.
			# shellcheck disable=SC2231
			for file in $directory/$pattern; do
				if [ -f "$file" ] && is_loadable "$file"; then
					other=$file
					return 0
				fi
			done
		done
	done
	skip "$1 is not installed"
}

# is_loadable FILE: programs such as the servers can load it.
is_loadable() {
	! LD_PRELOAD=$1 "$servers/ask" 2>&1 | grep -q 'cannot be preloaded'
}

# has_loaded FILE...: the server has loaded all of them.
has_loaded() {
	local file

	for file; do
		grep -qF "$(realpath "$file")" "/proc/$server_pid/maps" || fail "$file is not loaded"
	done
}

# Both take LIBRARY..., the preload libraries in this order.
is_as_bare_with() {
	local preload=$*

	echo "under test: LD_PRELOAD='$preload'"
	start_server echo_forked -e 0.0.0.0 "$PORT"
	has_loaded "$@"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 0 ] || fail "IPV6_V6ONLY is set"
}

is_cured_with() {
	local preload=$*

	echo "under test: LD_PRELOAD='$preload'"
	start_server echo_forked -e 0.0.0.0 "$PORT"
	has_loaded "$@"
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_is right
	start_server echo_forked -6 -a :: "$PORT"
	ask_client -r 2 "$PORT" "${V6[@]}"
	every_line_is right
	start_server echo_recvfrom :: "$PORT"
	[ "$(v6only_of u)" = 1 ] || fail "IPV6_V6ONLY is not set"
}

# is_cured_beside_other: the fault is there with the other library alone, and gone with both.
is_cured_beside_other() {
	is_as_bare_with "$other"
	is_cured_with "$other" "$library"
	is_cured_with "$library" "$other"
}

@test "eatmydata" {
	find_preload libeatmydata.so
	is_cured_beside_other
}

@test "jemalloc" {
	find_preload 'libjemalloc.so*'
	is_cured_beside_other
}

@test "tcmalloc" {
	find_preload 'libtcmalloc_minimal.so*'
	is_cured_beside_other
}

@test "mimalloc" {
	find_preload 'libmimalloc.so*'
	is_cured_beside_other
}

@test "faketime: another day, and a stopped clock" {
	find_preload faketime/libfaketime.so.1
	export FAKETIME
	for FAKETIME in '+1d' '2020-02-02 20:20:20'; do
		is_cured_beside_other
	done
}

@test "one that refuses all calls made by syscall()" {
	local preload

	other=$servers/.libs/preloaded.so
	is_cured_beside_other
	# The library's own calls are libc's: it writes its log.
	for preload in "$other $library" "$library $other"; do
		BINDRIGHT_REPLY=maybe start_server echo_recvfrom :: "$PORT"
		grep -q "error: BINDRIGHT_REPLY: unknown keyword 'maybe'" server.err || fail "$preload: no log"
	done
}

@test "proxychains" {
	find_preload 'libproxychains.so*' 'libproxychains4.so*'
	printf '[ProxyList]\nsocks4 127.0.0.1 9050\n' >proxychains.conf
	export PROXYCHAINS_CONF_FILE=$PWD/proxychains.conf PROXYCHAINS_QUIET_MODE=1
	is_cured_beside_other
}

@test "fakeroot, by its daemon" {
	local key

	need faked-sysv
	find_preload libfakeroot/libfakeroot-sysv.so
	key=$(faked-sysv) || skip "fakeroot's daemon does not start"
	helper_pid=${key#*:}
	export FAKEROOTKEY=${key%:*}
	is_cured_beside_other
}

# If it comes first it calls libc directly, whose definitions it gets by a handle.
@test "socket_wrapper without a directory: cured if after the library, as bare if before it" {
	find_preload libsocket_wrapper.so
	is_as_bare_with "$other"
	is_as_bare_with "$other" "$library"
	is_cured_with "$library" "$other"
}

# Its sockets are AF_UNIX ones in a directory. It takes all of its locks before a fork, and would
# abort if the library called it then.
@test "socket_wrapper: its own sockets are as with it alone" {
	local preload server

	find_preload libsocket_wrapper.so
	mkdir wrapped
	export SOCKET_WRAPPER_DIR=$PWD/wrapped SOCKET_WRAPPER_DEFAULT_IFACE=10
	for server in "echo_forked" "echo_forked -e" "echo_recvmsg"; do
		for preload in "$other" "$other $library" "$library $other"; do
			echo "under test: $server, LD_PRELOAD='$preload'"
			rm -f wrapped/*
			# Split into words.
			# shellcheck disable=SC2086
			start_server $server 0.0.0.0 "$PORT"
			# shellcheck disable=SC2086
			has_loaded $preload
			LD_PRELOAD=$other ask_locally -r 2 "$PORT" 127.0.0.10
			every_line_is right
		done
	done
}

# It refuses UDP sockets, so there is nothing to cure. Its syscall() waits while it starts, and
# refuses unknown calls.
@test "torsocks: it refuses the same as alone" {
	local preload status

	find_preload torsocks/libtorsocks.so 'torsocks/libtorsocks.so*'
	for preload in "$other" "$other $library" "$library $other"; do
		status=0
		"${server_host[@]}" timeout --kill-after=1 "$LIMIT_S" env LD_PRELOAD="$preload" \
			"$servers/echo_recvfrom" 0.0.0.0 "$PORT" >said 2>&1 || status=$?
		echo "status $status" >>said
		[ -f alone ] || mv said alone
		[ ! -f said ] || same_text alone said
	done
	grep -q 'echo_recvfrom: socket' alone || fail "it refuses nothing: $(cat alone)"
}

# find_asan: sets "other" to the library of programs with AddressSanitizer.
find_asan() {
	[ -x "$servers/asan/echo_recvfrom" ] || skip "the compiler does not build with AddressSanitizer"
	other=$(ldd "$servers/asan/echo_recvfrom" | awk '$1 ~ /asan/ { print $3 }')
	[ -n "$other" ] || skip "AddressSanitizer is in the program itself"
	export ASAN_OPTIONS=detect_leaks=0
}

@test "AddressSanitizer: it must come first, and programs with and without it are cured" {
	local server preload

	find_asan
	for server in asan/echo_recvfrom echo_recvfrom; do
		preload=$other
		start_server "$server" 0.0.0.0 "$PORT"
		ask_client "$PORT" "${V4[@]}"
		some_wrong

		preload="$other $library"
		start_server "$server" 0.0.0.0 "$PORT"
		has_loaded "$other" "$library"
		ask_client -r 2 "$PORT" "${V4[@]}"
		every_line_is right
		[ ! -s server.err ] || fail "the log is not empty"
	done
}

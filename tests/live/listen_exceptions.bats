#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Listeners that the library must leave as the program made them. Bare they have no fault, so each
# test compares the run with the library with the bare one: what each call returned, what ss prints
# about the socket, and who can connect. The last test shows that the library is active.

load lab

# listeners_stay FLAG... PORT: both runs print the same, which is in "calls" and "sockets".
listeners_stay() {
	bare start_server listeners "$@"
	keep_facts bare
	with_library start_server listeners "$@"
	keep_facts with
	same_text bare.calls with.calls
	same_text bare.sockets with.sockets
}

# keep_facts NAME: writes both. An ephemeral port differs from run to run and is masked.
keep_facts() {
	sed -E 's/^port .*/port N/' server.out >"$1.calls"
	"${server_host[@]}" ss -6Hlnteu |
		grep -oE '(tcp|udp|v6only:.)|\[?[0-9a-f:.*]+\]?:[0-9]+' |
		sed -E 's/:(3[2-9]|4.|5.|60)[0-9]{3}$/:N/' >"$1.sockets"
}

@test "a v4-mapped address" {
	listeners_stay -l ::ffff:192.0.2.2 "$PORT"
	grep -qx "bind ::ffff:192.0.2.2 ok" with.calls
	can_connect 192.0.2.2
	listeners_stay -u -l ::ffff:192.0.2.2 "$PORT"
	grep -qx "bind ::ffff:192.0.2.2 ok" with.calls
}

@test "the v4-mapped wildcard" {
	listeners_stay -l ::ffff:0.0.0.0 "$PORT"
	grep -qx "bind ::ffff:0.0.0.0 ok" with.calls
	can_connect "${V4[@]}"
}

@test "a specific address" {
	# ss prints IPV6_V6ONLY for wildcard listeners only.
	listeners_stay -l "${V6[1]}" "$PORT"
	grep -qxF "[${V6[1]}]:$PORT" with.sockets
	can_connect "${V6[1]}"
	listeners_stay -u -l "${V6[1]}" "$PORT"
	grep -qxF "[${V6[1]}]:$PORT" with.sockets
}

@test "port 0: an ephemeral port" {
	listeners_stay -f 6 0
	grep -qx v6only:0 with.sockets
	listeners_stay -u -f 6 0
	grep -qx v6only:0 with.sockets
}

@test "listen without bind: an ephemeral port" {
	listeners_stay -n -f 6 0
	grep -qx v6only:0 with.sockets
}

@test "a socket bound a second time" {
	with_library start_server listeners -f 6 -b "$PORT"
	grep -qx "bind :: EINVAL" server.out
	bare start_server listeners -f 6 -b "$PORT"
	grep -qx "bind :: EINVAL" server.out
}

@test "a listener bound before the program began" {
	inherited() {
		"$1" launch_server "$servers/inherit" -t :: "$PORT" env \
			LD_PRELOAD="$2" "$servers/listeners" -i
		wait_until server_is_ready || fail "not ready"
		keep_facts "$1"
		can_connect "${V4[@]}" "${V6[@]}"
	}

	# The binding program is bare both times: only the program that listens has the library.
	inherited bare ''
	inherited bare_binder "$library"
	same_text bare.calls bare_binder.calls
	same_text bare.sockets bare_binder.sockets
}

bare_binder() {
	[ -f "$library" ] || fail "no library at $library: run make first"
	bare "$@"
}

@test "none of these: the library is active" {
	bare start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 0 ]
	with_library start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 1 ]
}

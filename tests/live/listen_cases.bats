#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The cases for which the library was started: old sshd's two listeners, sshd -6, Apache's Listen, a
# loop over getaddrinfo's addresses, Oracle's listener, and netcat.

load lab

# Old sshd, like all loops over getaddrinfo(AI_PASSIVE): socket, SO_REUSEADDR, bind, listen for
# each.
@test "old sshd: both listeners, in both orders, under each keyword but off" {
	local order keyword second

	for order in -4first -6first; do
		second=::
		[ "$order" = -4first ] || second=0.0.0.0
		bare start_server listeners -r "$order" "$PORT"
		server_said "bind $second EADDRINUSE"
		for keyword in force default auto dual; do
			BINDRIGHT_V6ONLY=$keyword with_library start_server listeners -r "$order" "$PORT"
			server_said "listen 0.0.0.0 ok"
			server_said "listen :: ok"
			can_connect "${V4[@]}" "${V6[@]}"
			[ ! -s server.err ] || fail "the log is not empty"
		done
		BINDRIGHT_V6ONLY=off with_library start_server listeners -r "$order" "$PORT"
		server_said "bind $second EADDRINUSE"
	done
}

@test "old sshd -6: does not answer IPv4" {
	bare start_server listeners -r -f 6 "$PORT"
	can_connect "${V4[@]}" "${V6[@]}"

	with_library start_server listeners -r -f 6 "$PORT"
	cannot_connect "${V4[@]}"
	can_connect "${V6[@]}"
}

# Today's sshd sets IPV6_V6ONLY itself: there is no fault to see, and the library must not cause
# one.
@test "today's sshd: as bare, under each keyword" {
	local keyword

	command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || skip "sshd is not installed"
	ssh-keygen -q -t ed25519 -N '' -f key
	"${server_host[@]}" "$(find_sshd)" -t -h "$PWD/key" -f /dev/null 2>sshd.err ||
		skip "sshd cannot run here: $(head -n 1 sshd.err)"
	bare sshd_serves_both
	for keyword in force default auto off dual; do
		BINDRIGHT_V6ONLY=$keyword with_library sshd_serves_both
	done
	bare sshd_serves_v6
	for keyword in force default auto off; do
		BINDRIGHT_V6ONLY=$keyword with_library sshd_serves_v6
	done
}

find_sshd() {
	command -v sshd || echo /usr/sbin/sshd
}

run_sshd() {
	launch_server "$(find_sshd)" -D -e -h "$PWD/key" -f /dev/null -o PidFile=none -p "$PORT" "$@"
	wait_until grep -q "Server listening on :: port $PORT" server.err || fail "sshd does not listen"
}

# It exits with this status on the test's signal.
end_sshd() {
	kill "$server_pid"
	wait "$server_pid" || true
	server_pid=
}

sshd_serves_both() {
	run_sshd
	# The order of the two lines is getaddrinfo's.
	wait_until grep -q "Server listening on 0.0.0.0 port $PORT" server.err || fail "not on IPv4"
	can_connect "${V4[@]}" "${V6[@]}"
	! grep -i 'failed' server.err || fail "sshd complains"
	end_sshd
}

sshd_serves_v6() {
	run_sshd -6
	cannot_connect "${V4[@]}"
	can_connect "${V6[@]}"
	end_sshd
}

# "Listen 80": one socket on ::, with IPV6_V6ONLY cleared, for both families.
@test "Apache's Listen: auto and default keep IPv4, force warns" {
	local keyword

	bare start_server listeners -r -d -f 6 "$PORT"
	can_connect "${V4[@]}" "${V6[@]}"
	for keyword in auto default dual off; do
		BINDRIGHT_V6ONLY=$keyword with_library start_server listeners -r -d -f 6 "$PORT"
		can_connect "${V4[@]}" "${V6[@]}"
		[ ! -s server.err ] || fail "the log is not empty"
	done
	with_library start_server listeners -r -d -f 6 "$PORT"
	cannot_connect "${V4[@]}"
	can_connect "${V6[@]}"
	grep -q "port $PORT takes no IPv4" server.err
}

# A single listener on ::, tcp6 in netstat, which takes IPv4 too.
@test "Oracle's listener: IPv6 only under force; both under other keywords or by a rule for its port" {
	local keyword

	bare start_server listeners -f 6 "$PORT"
	[ "$(v6only_of t)" = 0 ]
	can_connect "${V4[@]}" "${V6[@]}"
	for keyword in force default force,udp/5300=off force,tcp/1521=off; do
		BINDRIGHT_V6ONLY=$keyword with_library start_server listeners -f 6 "$PORT"
		[ "$(v6only_of t)" = 1 ]
		cannot_connect "${V4[@]}"
		can_connect "${V6[@]}"
	done
	for keyword in off auto dual "force,tcp/$PORT=off" "force,tcp/5000-5400=dual"; do
		BINDRIGHT_V6ONLY=$keyword with_library start_server listeners -f 6 "$PORT"
		[ "$(v6only_of t)" = 0 ]
		can_connect "${V4[@]}" "${V6[@]}"
	done
}

# netcat_hears ADDRESS: the netcat of launch_server prints what is sent there.
netcat_hears() {
	"${client_host[@]}" timeout "$LIMIT_S" nc -N -w 2 "$1" "$PORT" <<<"to $1" || true
	wait_until grep -qxF "to $1" server.out
}

start_netcat() {
	launch_server nc "$@"
	wait_until netcat_is_ready || fail "netcat does not listen"
}

netcat_is_ready() {
	"${server_host[@]}" ss -Hlnt "sport = :$PORT" | grep -q .
}

@test "nc -6 -l: does not answer IPv4" {
	need nc
	bare start_netcat -6 -l -k "$PORT"
	netcat_hears "${V4[1]}"
	netcat_hears "${V6[1]}"

	with_library start_netcat -6 -l -k "$PORT"
	cannot_connect "${V4[@]}"
	netcat_hears "${V6[1]}"
}

@test "nc -6 -l and nc -4 -l: each serves its own family, with the other one and alone" {
	need nc
	# They set SO_REUSEPORT, so both can be bound bare; the fault is that the first alone takes
	# both.
	bare start_netcat -6 -l -k "$PORT"
	with_netcat_beside -4 netcat_hears "${V6[1]}"
	netcat_hears "${V4[2]}"

	with_library start_netcat -6 -l -k "$PORT"
	with_netcat_beside -4 netcat_hears "${V6[1]}"
	cannot_connect "${V4[@]}"

	with_library start_netcat -4 -l -k "$PORT"
	with_netcat_beside -6 netcat_hears "${V4[1]}"
	ask_client -T "$PORT" "${V6[@]}"
	every_line_is refused
}

# with_netcat_beside FLAG COMMAND...: runs COMMAND beside a second netcat, which hears its own
# family.
with_netcat_beside() {
	local flag=$1 pid
	local -A address=([-4]=${V4[1]} [-6]=${V6[1]})

	shift
	"${server_host[@]}" "${dying_with_us[@]}" env ${preload:+LD_PRELOAD="$preload"} \
		nc "$flag" -l -k "$PORT" >beside.out 2>&1 3>&- {server_in}>&- &
	pid=$!
	wait_until two_listen || fail "the second netcat does not listen: $(cat beside.out)"
	"$@"
	"${client_host[@]}" timeout "$LIMIT_S" nc -N -w 2 "${address[$flag]}" "$PORT" <<<beside || true
	wait_until grep -qx beside beside.out || fail "the second netcat hears nothing"
	kill "$pid"
	wait "$pid" || true
}

two_listen() {
	[ "$("${server_host[@]}" ss -Hlnt "sport = :$PORT" | wc -l)" -eq 2 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl audit --watch: counts on the wire at which address each port was asked, and from which
# it answered.

load lab
load audit

# watch [ARGUMENT...]: starts audit --watch on the server host, and returns when it listens.
watch() {
	"${server_host[@]}" "${dying_with_us[@]}" "${as[@]}" timeout -s KILL 120 \
		"$ctl" audit --watch 3600 "$@" \
		>watch.out 2>watch.err 3>&- {server_in}>&- &
	watch_pid=$!
	wait_until is_watching || {
		! grep 'without libmnl' watch.err || skip "bindrightctl is built without libmnl"
		fail "it does not listen: $(cat watch.out watch.err)"
	}
}

is_watching() {
	[ "$("${server_host[@]}" cat /proc/net/packet | wc -l)" -gt 1 ]
}

# end_watch: by SIGINT, which timeout passes on; sets status, and said to its lines. timeout would end
# one that goes on.
end_watch() {
	status=0
	kill -INT "$watch_pid"
	wait "$watch_pid" || status=$?
	[ "$status" -ne 137 ] || fail "SIGINT does not end it"
	output=$(cat watch.out)
	# shellcheck disable=SC2034 # ends_with reads it.
	stderr=$(cat watch.err)
	said=$output
}

@test "bare some answers are wrong, and with the library all are right" {
	bare start_server echo_recvfrom :: "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	ask_client -n 3 "$PORT" "${V4[@]}"
	ask_client -n 3 "$PORT" "${V6[@]}"
	end_watch
	ends_with 1
	says "^udp +$PORT +right: asked at ${V4[0]}, answered from there: 1 answer$"
	says "^udp +$PORT +WRONG: asked at ${V4[1]}, answered from ${V4[0]}: 1 answer$"
	says "^udp +$PORT +WRONG: asked at ${V4[2]}, answered from ${V4[0]}: 1 answer$"
	[ "$(grep -c "^udp .*WRONG: asked at 2001:db8::., answered from 2001:db8::.: 1 answer$" <<<"$said")" -eq 2 ]

	BINDRIGHT_V6ONLY=off with_library start_server echo_recvfrom :: "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	ask_client -r 5 "$PORT" "${V4[@]}" "${V6[@]}"
	end_watch
	ends_with 0
	says_not 'WRONG'
	[ "$(grep -c 'answered from there: 5 answers$' <<<"$said")" -eq 6 ]
}

@test "a program that asks for the address itself is proved wrong, or right" {
	bare start_server echo_pktinfo 0.0.0.0 "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	ask_client "$PORT" "${V4[@]}"
	end_watch
	ends_with 1
	says 'asks for the address itself \(--watch tells\)'
	says "WRONG: asked at ${V4[1]}, answered from ${V4[0]}"
	bare start_server echo_pktinfo -s 0.0.0.0 "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	ask_client "$PORT" "${V4[@]}"
	end_watch
	ends_with 0
	[ "$(grep -c 'answered from there: 1 answer$' <<<"$said")" -eq 3 ]
}

@test "on the loopback device each datagram counts once" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	ask_locally "$PORT" "${V4[@]}" 127.0.0.1
	end_watch
	[ "$(grep -c ', answered from .*: 1 answer$' <<<"$said")" -eq 4 ]
}

# The bridge's port passes each datagram on, and so is seen too.
@test "on a bridge each answer counts once" {
	server_ip link add br0 type bridge || skip "no bridges"
	server_ip addr flush dev wire0
	server_ip link set wire0 master br0
	server_ip link set br0 up
	server_ip addr add "${V4[0]}/24" dev br0
	server_ip addr add "${V4[1]}/24" dev br0
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	wait_until ask_client -t 200 "$PORT" "${V4[0]}"
	for _ in 1 2 3; do
		ask_client "$PORT" "${V4[1]}"
	done
	end_watch
	says "WRONG: asked at ${V4[1]}, answered from ${V4[0]}: 3 answers$"
}

@test "a port that nobody asks, and one that does not answer" {
	bare start_server listeners -u -4first "$PORT"
	watch --pid "$server_pid" "udp/$PORT"
	end_watch
	says "^udp +$PORT +not asked$"
	watch --pid "$server_pid" "udp/$PORT"
	ask_client -t 100 "$PORT" "${V4[0]}"
	end_watch
	says "^udp +$PORT +asked, not answered$"
}

@test "JSON" {
	need jq
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	watch --json --pid "$server_pid" "udp/$PORT"
	ask_client "$PORT" "${V4[1]}"
	end_watch
	ends_with 1
	[ "$(jq -r '.wire[] | [.port, .asked_at, .answered_from, .count] | join(" ")' <<<"$output")" = \
		"$PORT ${V4[1]} ${V4[0]} 1" ]
}

@test "without CAP_NET_RAW it says so" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become another user"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	audit --watch 30 "udp/$PORT"
	says '^not seen without CAP_NET_RAW: the wire$'
}

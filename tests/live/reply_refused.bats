#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The administrator's policy, or IPv6's duplicate address detection, refuses the request destination
# as a source. Bare the program does not name it, and the answer leaves from another address. With
# the library the program must not see the refusal.

load lab
load refused

# policies_are_as_bare SOCKET FAMILY ADDRESS: for rules and routes of every kind that refuses this
# source.
policies_are_as_bare() {
	local socket=$1 family=$2 refused=$3 action policy

	by_rule() {
		server_ip "$family" rule add from "$refused" "$action" pref 100
	}
	by_route() {
		server_ip "$family" route add "$action" default table 100
		server_ip "$family" rule add from "$refused" lookup 100 pref 100
	}
	no_policy() {
		server_ip "$family" rule del pref 100
		# The table does not exist if it had no route.
		server_ip "$family" route flush table 100 2>/dev/null || true
	}
	for action in unreachable prohibit blackhole; do
		for policy in by_rule by_route; do
			refused_is_as_bare "$socket" "$policy" no_policy "$refused"
			warned_of 1 sendto.err
			# The remedy is for IPv6 alone.
			[ "$family" = -6 ] || ! grep nonlocal_bind sendto.err || fail "$policy $action"
		done
	done
}

@test "policy routing, unreachable, prohibit, blackhole: IPv4" {
	policies_are_as_bare 0.0.0.0 -4 "${V4[1]}"
}

@test "policy routing, unreachable, prohibit, blackhole: IPv6" {
	policies_are_as_bare '-6 ::' -6 "${V6[1]}"
}

@test "policy routing, unreachable, prohibit, blackhole: IPv4 on a dual-stack socket" {
	export BINDRIGHT_V6ONLY=off
	policies_are_as_bare '-d ::' -4 "${V4[1]}"
}

# dad_begins [OPTION]: removes the request destination and adds it again, so the kernel probes it
# first.
dad_begins() {
	server_ip addr del "${V6[1]}/64" dev wire0
	server_ip addr add "${V6[1]}/64" dev wire0 "$@"
}

# A hundred probes, one per second: longer than any of these tests.
probe_long() {
	server_sysctl net.ipv6.conf.wire0.dad_transmits=100
}

# is_marked FLAG: ip(8) prints this flag for the request destination.
is_marked() {
	server_ip -6 addr show dev wire0 "$1" | grep -qF "${V6[1]}/"
}

probe() {
	probe_long
	dad_begins
	is_marked tentative || fail "the address is not tentative"
}

duplicate() {
	client_ip addr add "${V6[1]}/64" dev wire1 nodad
	dad_begins
	wait_until is_marked dadfailed || fail "the duplicate is not detected"
}

@test "an IPv6 address that is tentative" {
	refused_is_as_bare '-6 ::' probe renew_lab "${V6[1]}"
	warned_of 1 sendto.err
}

@test "an IPv6 address that another host has" {
	refused_is_as_bare '-6 ::' duplicate renew_lab "${V6[1]}"
	warned_of 1 sendto.err
}

@test "an IPv6 address that is optimistic is a source" {
	probe_long
	server_sysctl net.ipv6.conf.wire0.optimistic_dad=1 ||
		skip "the kernel has no optimistic addresses"
	dad_begins optimistic
	is_marked optimistic || fail "the address is not optimistic"
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client "$PORT" "${V6[1]}"
	some_wrong

	with_library start_server echo_recvfrom -6 :: "$PORT"
	ask_client -r 2 "$PORT" "${V6[1]}"
	every_line_is right
	[ ! -s server.err ] || fail "a warning"
}

# Policies that refuse two of the addresses, and their end.
refuse() {
	server_ip rule add from "${V4[1]}" prohibit pref 100
	server_ip rule add from "${V4[2]}" prohibit pref 101
}

allow() {
	server_ip rule del pref 100
	server_ip rule del pref 101
}

@test "refused once, then forgotten: one more send, and none for the next answer" {
	need strace
	under_strace trace bare wait_server 0.0.0.0 sendto 1 -a 2
	answer_after refuse "${V4[1]}"
	these_sends "sendto 11" "sendto 11"
	allow

	under_strace trace with_library wait_server 0.0.0.0 sendto 1 -a 2
	answer_after refuse "${V4[1]}"
	warned_of 1 server.err
	# EACCES may also come from a seccomp filter, which the library checks once per socket.
	these_sends "sendmsg -1 EACCES" "probe -1 EMSGSIZE" "probe -1 EACCES" "sendto 11" "sendto 11"
}

@test "refused in the middle and at the end of a batch: all are sent, each once" {
	need strace
	asked=("${V4[0]}" "${V4[1]}" "${V4[0]}" "${V4[0]}" "${V4[2]}")
	under_strace trace bare wait_server 0.0.0.0 sendmmsg 5
	answer_after refuse "${asked[@]}"
	these_sends "sendmmsg 5"
	cp server.out bare.out
	cp answers bare.answers
	allow

	under_strace trace with_library wait_server 0.0.0.0 sendmmsg 5
	answer_after refuse "${asked[@]}"
	same_text bare.out server.out
	same_text bare.answers answers
	warned_of 1 server.err
	# Up to the first that is refused, then that one without its source.
	these_sends "sendmmsg 1" "probe -1 EACCES" "sendmmsg 3" "probe -1 EACCES" "sendmmsg 1"
}

@test "nine refusals on one socket: one warning" {
	asked=()
	for _ in 1 2 3 4 5 6 7 8 9; do
		asked+=("${V4[1]}")
	done
	with_library wait_server 0.0.0.0 sendto 9
	answer_after refuse "${asked[@]}"
	every_line_is "wrong ${V4[0]}"
	warned_of 1 server.err
}

# fresh_replies bare|with_library OPTION...: prints them without the ports, which differ from run to
# run.
fresh_replies() {
	"$1" start_server echo_fresh "${@:2}" 0.0.0.0 "$PORT"
	ask_client "$PORT" "${V4[@]}"
	sed -E 's/ [0-9]+$//' answers >"$1.answers"
}

@test "a fresh socket that uses what another has learned: as bare" {
	refuse
	fresh_replies bare
	fresh_replies with_library
	same_text bare.answers with_library.answers
	fresh_replies bare -c
	fresh_replies with_library -c
	same_text bare.answers with_library.answers
}

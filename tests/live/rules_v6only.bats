#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY as a list of rules: in one process, some listeners on :: are made IPv6-only and
# others left alone, by protocol and port. Bare, all of them take IPv4 too.

load lab

# v6only_at PROTOCOL PORT: prints IPV6_V6ONLY of the IPv6 socket there: 0 or 1.
v6only_at() {
	local flag=t

	[ "$1" = tcp ] || flag=u
	"${server_host[@]}" ss "-6Hlne$flag" "sport = :$2" | grep -o 'v6only:[01]' | cut -d : -f 2
}

# are_v6only 0|1 PROTOCOL/PORT...
are_v6only() {
	local expected=$1 place

	shift
	for place; do
		[ "$(v6only_at "${place%/*}" "${place#*/}")" = "$expected" ] ||
			fail "v6only of $place is not $expected"
	done
}

# The listeners of one process, as its arguments and as the rules name them.
readonly places=(tcp/5300 udp/5300 tcp/5310 udp/5310 tcp/5320 udp/5320)

# rules_give RULES PROTOCOL/PORT...: with RULES these listeners are IPv6-only, and no others.
rules_give() {
	local rules=$1 place

	shift
	bare start_server listeners -f 6 "${places[@]}"
	are_v6only 0 "${places[@]}"

	BINDRIGHT_V6ONLY=$rules with_library start_server listeners -f 6 "${places[@]}"
	[ ! -s server.err ] || fail "the log is not empty"
	for place in "${places[@]}"; do
		if [[ " $* " = *" $place "* ]]; then
			are_v6only 1 "$place"
		else
			are_v6only 0 "$place"
		fi
	done
}

@test "all but one port of TCP" {
	rules_give force,tcp/5310=off tcp/5300 udp/5300 udp/5310 tcp/5320 udp/5320
	ask_client -T 5310 "${V4[@]}" "${V6[@]}"
	every_line_is connected
	ask_client -T 5300 "${V4[@]}"
	every_line_is refused
	ask_client -T 5300 "${V6[@]}"
	every_line_is connected
}

@test "one port of UDP alone" {
	rules_give off,udp/5310=force udp/5310
}

@test "a range, and * for both protocols" {
	rules_give off,*/5305-5310=force tcp/5310 udp/5310
	rules_give off,*/5300-5319=force tcp/5300 udp/5300 tcp/5310 udp/5310
}

@test "* for all ports of a protocol" {
	rules_give off,tcp/*=force tcp/5300 tcp/5310 tcp/5320
}

@test "later rules override earlier ones" {
	rules_give off,tcp/*=force,tcp/5300-5315=off,*/5310=force tcp/5310 udp/5310 tcp/5320
	rules_give force,tcp/5300=off,*/*=off,udp/5320=force udp/5320
}

@test "MPTCP is TCP and UDP-Lite is UDP to the rules" {
	bare launch_server "$servers/listeners" -f 6 mptcp/5300 udplite/5310
	wait_until server_is_ready || {
		wait "$server_pid" || server_pid=
		skip "no MPTCP or no UDP-Lite"
	}

	# ss does not list UDP-Lite, so check for both whether the port's IPv4 side is free.
	! is_free_for_v4 mptcp/5300 || fail "no fault to cure"
	! is_free_for_v4 udplite/5310 || fail "no fault to cure"

	BINDRIGHT_V6ONLY=off,tcp/5300=force with_library start_server listeners -f 6 mptcp/5300 udplite/5310
	is_free_for_v4 mptcp/5300
	! is_free_for_v4 udplite/5310 || fail "udplite/5310 is IPv6-only"

	BINDRIGHT_V6ONLY=off,udp/5310=force with_library start_server listeners -f 6 mptcp/5300 udplite/5310
	! is_free_for_v4 mptcp/5300 || fail "mptcp/5300 is IPv6-only"
	is_free_for_v4 udplite/5310
}

# is_free_for_v4 PROTOCOL/PORT: another program can bind 0.0.0.0 there.
is_free_for_v4() {
	"${server_host[@]}" timeout "$LIMIT_S" "$servers/listeners" -f 4 "$1" </dev/null |
		grep -qx 'bind 0.0.0.0 ok'
}

# The port differs each time.
ephemeral_are_v6only() {
	local expected=$1

	"${server_host[@]}" ss -6Hlnetu | grep -o 'v6only:[01]' | cut -d : -f 2 | tr -d '\n' >states
	[ "$(cat states)" = "$expected" ] || fail "v6only is $(cat states), not $expected"
}

@test "port 0 is left alone unless a rule names it" {
	bare start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 0

	BINDRIGHT_V6ONLY=force with_library start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 0
	BINDRIGHT_V6ONLY='off,tcp/*=force' with_library start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 0
	BINDRIGHT_V6ONLY='force,udp/0=force' with_library start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 0
	BINDRIGHT_V6ONLY='off,tcp/0=force' with_library start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 1
	BINDRIGHT_V6ONLY='off,*/0=force' with_library start_server listeners -f 6 tcp/0 udp/0
	ephemeral_are_v6only 11
	BINDRIGHT_V6ONLY='force,tcp/0=force,tcp/0=off' with_library start_server listeners -f 6 tcp/0
	ephemeral_are_v6only 0
}

@test "the rule for port 0 applies to a socket that listens without bind" {
	bare start_server listeners -n -f 6 tcp/0
	ephemeral_are_v6only 0

	BINDRIGHT_V6ONLY='force,tcp/*=force' with_library start_server listeners -n -f 6 tcp/0
	ephemeral_are_v6only 0
	BINDRIGHT_V6ONLY='off,tcp/0=force' with_library start_server listeners -n -f 6 tcp/0
	ephemeral_are_v6only 1
	[ ! -s server.err ] || fail "the log is not empty"
	BINDRIGHT_V6ONLY='off,udp/0=force' with_library start_server listeners -n -f 6 tcp/0
	ephemeral_are_v6only 0
}

@test "the log names the rule, and the port that the kernel chose" {
	local chosen

	export BINDRIGHT_LOG=info BINDRIGHT_V6ONLY='off,tcp/5300-5310=force,tcp/0=force'
	with_library start_server listeners -f 6 tcp/5300
	same_line "fd 3 tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/5300-5310=force)"
	with_library start_server listeners -f 6 tcp/5320
	same_line "fd 3 tcp [::]:5320: IPV6_V6ONLY left clear, takes IPv4 too (BINDRIGHT_V6ONLY=off)"
	with_library start_server listeners -f 6 tcp/0
	chosen=$(sed -n 's/^port //p' server.out)
	same_line "fd 3 tcp [::]:$chosen: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/0=force)"
	with_library start_server listeners -n -f 6 tcp/0
	chosen=$(sed -n 's/^port //p' server.out)
	same_line "fd 3 tcp [::]:$chosen: IPV6_V6ONLY set (BINDRIGHT_V6ONLY, rule tcp/0=force)"
	BINDRIGHT_V6ONLY=force with_library start_server listeners -f 6 tcp/5300
	same_line "fd 3 tcp [::]:5300: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=force)"
}

# same_line TEXT: the log is this one line.
same_line() {
	echo "bindright: listeners[$server_pid]: info: $1" >expected.err
	same_text expected.err server.err
}

@test "a listener that a rule leaves alone: no warning if the program cleared the option itself" {
	BINDRIGHT_V6ONLY=force,tcp/5310=off with_library start_server listeners -d -f 6 tcp/5310
	[ ! -s server.err ] || fail "the log is not empty"
	BINDRIGHT_V6ONLY=off,tcp/5310=force with_library start_server listeners -d -f 6 tcp/5300 tcp/5310
	[ "$(wc -l <server.err)" -eq 1 ]
	grep -q "warn: .*5310.*rule tcp/5310=force.*port 5310 takes no IPv4" server.err ||
		fail "no warning that names the rule"
}

@test "an inherited listener: a warning only if its rule requires another value" {
	inherited() {
		bare launch_server "$servers/inherit" -t :: "$PORT" env LD_PRELOAD="$library" \
			BINDRIGHT_V6ONLY="$1" "$servers/listeners" -i
		wait_until server_is_ready || fail "not ready"
		are_v6only 0 "tcp/$PORT"
	}

	inherited "force,tcp/$PORT=off"
	[ ! -s server.err ] || fail "the log is not empty"
	inherited "off,tcp/$PORT=force"
	grep -q 'warn: .*inherited already bound' server.err || fail "no warning"
}

@test "a pair of listeners: the rule for its port lets both bind" {
	bare start_server listeners -6first 5300 5310
	[ "$(grep -cx 'bind 0.0.0.0 EADDRINUSE' server.out)" -eq 2 ]

	BINDRIGHT_V6ONLY=off,tcp/5310=force with_library start_server listeners -6first 5300 5310
	[ "$(grep -cx 'bind 0.0.0.0 EADDRINUSE' server.out)" -eq 1 ]
	are_v6only 0 tcp/5300
	are_v6only 1 tcp/5310
}

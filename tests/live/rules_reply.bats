#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_REPLY as a list of rules: in one process, replies of some sockets are cured and those of
# others are left alone, by port.

load lab

readonly CURED=5310 OTHER=5320

# ask_each_address PORT: leaves the verdicts in the file answers.
ask_each_address() {
	ask_client "$1" "${V4[@]}"
}

replies_are_right() {
	ask_each_address "$1"
	every_line_is right
}

# The answers are those in bare.answers; every port has the same.
replies_are_as_bare() {
	ask_each_address "$1"
	same_text bare.answers answers
}

# start_bare NAME ARGUMENT...: shows the fault, and keeps the answers.
start_bare() {
	bare start_server "$@"
	ask_each_address "$CURED"
	some_wrong
	cp answers bare.answers
	replies_are_as_bare "$OTHER"
}

@test "off except one port" {
	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"

	BINDRIGHT_REPLY=off,udp/$CURED=on with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	[ ! -s server.err ] || fail "the log is not empty"
	replies_are_right "$CURED"
	replies_are_as_bare "$OTHER"
}

@test "on except one port" {
	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"

	BINDRIGHT_REPLY=on,udp/$OTHER=off with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	replies_are_right "$CURED"
	replies_are_as_bare "$OTHER"
}

@test "ranges, *, and later rules over earlier ones" {
	local rules

	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"
	for rules in 'off,udp/5305-5310=on' 'off,*/5310-5319=on' 'on,udp/5311-65535=off' \
		'off,*/*=on,udp/5320=off' 'on,udp/*=off,*/5310=on' 'off,udp/0-5310=on' \
		'off,udp/5320=on,udp/5310-5320=off,*/5300-5310=on'; do
		BINDRIGHT_REPLY=$rules with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
		replies_are_right "$CURED"
		replies_are_as_bare "$OTHER"
	done
}

@test "a rule for TCP is invalid: one complaint, and the default applies" {
	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"

	BINDRIGHT_REPLY="off,udp/$CURED=on,tcp/*=off" \
		with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	[ "$(wc -l <server.err)" -eq 1 ]
	grep -qE ": error: BINDRIGHT_REPLY: unknown protocol 'tcp' at character 17 .*udp, \*\); the default is used$" \
		server.err
	replies_are_right "$CURED"
	replies_are_right "$OTHER"
}

@test "the same on IPv6" {
	bare start_server echo_ports -6 :: "$CURED" "$OTHER"
	ask_client "$OTHER" "${V6[@]}"
	some_wrong
	cp answers bare.answers

	BINDRIGHT_REPLY=off,udp/$CURED=on with_library start_server echo_ports -6 :: "$CURED" "$OTHER"
	ask_client "$CURED" "${V6[@]}"
	every_line_is right
	ask_client "$OTHER" "${V6[@]}"
	same_text bare.answers answers
}

@test "a socket with off ignores a peer that another socket knows" {
	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"
	ask_client -p 4000 "$OTHER" "${V4[2]}"
	some_wrong

	# It asks the first socket first, so there is something to follow.
	BINDRIGHT_REPLY=on,udp/$OTHER=off with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	ask_client -p 4000 "$CURED" "${V4[2]}"
	every_line_is right
	ask_client -p 4000 "$OTHER" "${V4[2]}"
	some_wrong
	BINDRIGHT_REPLY=off,udp/$CURED=on with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	ask_client -p 4000 "$CURED" "${V4[2]}"
	every_line_is right
	ask_client -p 4000 "$OTHER" "${V4[2]}"
	some_wrong
}

# A watched socket would have its option set, and use recvmsg.
@test "a socket with off has no option set, and receives and sends by the program's own calls" {
	need strace
	BINDRIGHT_REPLY=on,udp/$OTHER=off under_strace with.trace with_library \
		start_server echo_ports 0.0.0.0 "$OTHER"
	ask_each_address "$OTHER"
	stop_server
	[ "$(grep -c 'recvfrom(' with.trace)" -ge "${#V4[@]}" ] || fail "the trace shows no recvfrom"
	[ "$(grep -c 'sendto(' with.trace)" -eq "${#V4[@]}" ] || fail "expected one sendto for each"
	! grep -E 'PKTINFO|recvmsg|sendmsg|setsockopt' with.trace || fail "the socket was watched"
}

@test "the rule for its port applies to an inherited socket" {
	inherited() {
		"$1" launch_server "$servers/inherit" 0.0.0.0 "$CURED" env LD_PRELOAD="$2" \
			BINDRIGHT_REPLY="$3" "$servers/echo_recvfrom" -i
		wait_until server_is_ready || fail "not ready"
		ask_each_address "$CURED"
	}

	inherited bare '' on
	some_wrong
	cp answers bare.answers
	inherited bare "$library" "off,udp/$CURED=on"
	every_line_is right
	inherited bare "$library" "on,udp/$CURED=off"
	same_text bare.answers answers
}

@test "the same if another socket knows the peer" {
	inherited() {
		bare launch_server "$servers/inherit" 0.0.0.0 "$OTHER" env LD_PRELOAD="$1" \
			BINDRIGHT_REPLY="on,udp/$OTHER=off" "$servers/echo_ports" -i 0.0.0.0 "$CURED"
		wait_until server_is_ready || fail "not ready"
		ask_client -p 4000 "$CURED" "${V4[2]}"
		cp answers first.answers
		ask_client -p 4000 "$OTHER" "${V4[2]}"
		some_wrong
	}

	inherited ''
	inherited "$library"
	cp first.answers answers
	every_line_is right
}

# Writes the source address of each answer, without the port, which is a fresh socket's.
keep_sources() {
	sed -E 's/^wrong ([^ ]+) [0-9]+$/\1/' answers | sort >"$1"
}

# fresh_answers RULES right|bare: the sources of echo_fresh, which answers from another socket.
fresh_answers() {
	printf '%s\n' "${V4[@]}" | sort >right.sources
	BINDRIGHT_REPLY=$1 with_library start_server echo_fresh "${@:3}" 0.0.0.0 "$CURED"
	ask_each_address "$CURED"
	keep_sources with.sources
	diff "$2.sources" with.sources || fail "with $1, the sources are not those of: $2"
}

@test "a fresh socket uses what the asked one has learned, unless a rule for port 0 is off" {
	local way

	for way in '' -c -b; do
		bare start_server echo_fresh ${way:+"$way"} 0.0.0.0 "$CURED"
		ask_each_address "$CURED"
		keep_sources bare.sources
		printf '%s\n' "${V4[@]}" | sort >right.sources
		! cmp -s bare.sources right.sources || fail "no fault to cure"

		fresh_answers on right ${way:+"$way"}
		fresh_answers "off,udp/$CURED=on" right ${way:+"$way"}
		fresh_answers "on,udp/$CURED=off" bare ${way:+"$way"}
		fresh_answers "on,udp/0=off" bare ${way:+"$way"}
		fresh_answers "off,udp/$CURED=on,*/0=off" bare ${way:+"$way"}
		fresh_answers "on,udp/0=off,udp/0=on" right ${way:+"$way"}
		fresh_answers "on,udp/$CURED=off,udp/0=on" bare ${way:+"$way"}
	done
}

@test "the rule for port 0 applies to a socket bound to port 0" {
	ask_ephemeral() {
		local place

		start_server echo_ports 0.0.0.0 0
		place=$("${server_host[@]}" ss -4Hlnu | awk '{sub(".*:", "", $4); print $4}')
		ask_each_address "$place"
	}

	bare ask_ephemeral
	some_wrong
	cp answers bare.answers
	BINDRIGHT_REPLY='off,udp/0=on' with_library ask_ephemeral
	every_line_is right
	BINDRIGHT_REPLY='on,udp/0=off' with_library ask_ephemeral
	same_text bare.answers answers
	BINDRIGHT_REPLY='off,udp/*=on' with_library ask_ephemeral
	same_text bare.answers answers
}

@test "the port of a rule is the socket's own, not the peer's" {
	start_bare echo_ports 0.0.0.0 "$CURED" "$OTHER"

	BINDRIGHT_REPLY=on,udp/4000=off with_library start_server echo_ports 0.0.0.0 "$CURED" "$OTHER"
	ask_client -p 4000 "$CURED" "${V4[1]}"
	every_line_is right
}

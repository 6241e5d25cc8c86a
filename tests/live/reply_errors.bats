#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Errors that do not come from the source: a datagram too long, a full buffer or queue, a firewall,
# a client that has ended. The program gets them, and nothing is sent a second time because of them:
# strace counts. If the source could have caused the error, the library checks by a probe, which
# sends nothing.

load lab
load refused

setup_file() {
	command -v strace >/dev/null || skip_file "strace is not installed"
	strace -o /dev/null true 2>/dev/null || skip_file "strace may not trace here"
}

# The client's time limit if no answer comes.
# shellcheck disable=SC2034 # answer_after uses it.
ask_limit_ms=300

# Twenty answers to each request, so later ones return errors of earlier ones.
readonly ANSWERS=20

# run_traced bare|with_library SOCKET CALL TROUBLE ADDRESS OPTION...: each line of result in
# server.out is one call.
run_traced() {
	local how=$1 socket=$2 call=$3 trouble=$4 asked=$5

	shift 5
	rm -f trace
	under_strace trace "$how" wait_server "$socket" "$call" 1 -a "$ANSWERS" "$@"
	answer_after "$trouble" "$asked"
	grep -E "^$call -?[0-9]" server.out >results
	traced_sends >sends
	sed -i '/^probe /d' sends
	[ "$(wc -l <results)" -eq "$ANSWERS" ]
	same_number results sends
	cut -d ' ' -f 3 results | sort -u >errors
}

same_number() {
	[ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ] ||
		fail "$(wc -l <"$1") calls of the program, $(wc -l <"$2") of the kernel"
}

# program_gets_error SOCKET ERROR TROUBLE END ADDRESS OPTION...: with TROUBLE between request and
# answer the calls fail with ERROR, and with no other; END undoes TROUBLE.
program_gets_error() {
	local socket=$1 error=$2 trouble=$3 end=$4 call

	shift 4
	for call in sendto sendmsg sendmmsg; do
		run_traced bare "$socket" "$call" "$trouble" "$@"
		grep -qx "$error" errors || fail "no $error bare"
		cp errors bare.errors
		"$end"
		run_traced with_library "$socket" "$call" "$trouble" "$@"
		grep -qE 'send(m?msg).*cmsg_type=(IP_PKTINFO|0x32)' trace || fail "no source was named"
		same_text bare.errors errors
		[ ! -s server.err ] || fail "a warning: $(cat server.err)"
		"$end"
	done
}

@test "a datagram that is too long: EMSGSIZE" {
	program_gets_error 0.0.0.0 EMSGSIZE true true "${V4[1]}" -l 65508
	program_gets_error '-6 ::' EMSGSIZE true true "${V6[1]}" -l 65528
}

# slow_down LIMIT: limits the cable to a kilobyte a second, with a queue of LIMIT bytes.
slow_down() {
	"${server_host[@]}" tc qdisc add dev wire0 root tbf rate 8kbit burst 1600 limit "$1" ||
		skip "no token bucket filter"
}

slow_with_long_queue() {
	slow_down 1000000
}

slow_with_short_queue() {
	slow_down 1600
}

speed_up() {
	"${server_host[@]}" tc qdisc del dev wire0 root
}

@test "a full send buffer: EAGAIN" {
	need tc
	program_gets_error '-o SO_SNDBUF=4000 0.0.0.0' EAGAIN slow_with_long_queue speed_up \
		"${V4[1]}" -l 1400 -D
	program_gets_error '-o SO_SNDBUF=4000 -6 ::' EAGAIN slow_with_long_queue speed_up \
		"${V6[1]}" -l 1400 -D
}

@test "a full queue of the interface: ENOBUFS" {
	need tc
	program_gets_error '-o IP_RECVERR=1 0.0.0.0' ENOBUFS slow_with_short_queue speed_up \
		"${V4[1]}" -l 1400
	program_gets_error '-o IPV6_RECVERR=1 -6 ::' ENOBUFS slow_with_short_queue speed_up \
		"${V6[1]}" -l 1400
}

# rule HOST HOOK RULE...: adds an nft rule on server_host or client_host.
rule() {
	local -n host=$1
	local hook=$2

	shift 2
	"${host[@]}" nft add table inet test || skip "no nftables"
	"${host[@]}" nft add chain inet test "$hook" "{ type filter hook $hook priority 0; }"
	"${host[@]}" nft add rule inet test "$hook" "$@"
}

forbid_sending() {
	rule server_host output udp sport "$PORT" drop
}

allow_sending() {
	"${server_host[@]}" nft delete table inet test
}

@test "a firewall drops what is sent: EPERM" {
	need nft
	program_gets_error 0.0.0.0 EPERM forbid_sending allow_sending "${V4[1]}"
	program_gets_error '-6 ::' EPERM forbid_sending allow_sending "${V6[1]}"
}

# reject_with CODE: makes the client host reject every answer.
reject_with() {
	client_sysctl net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	rule client_host input udp sport "$PORT" reject with icmpx type "$1"
}

refuse_by_host() {
	reject_with host-unreachable
}

refuse_by_port() {
	reject_with port-unreachable
}

refuse_by_admin() {
	reject_with admin-prohibited
}

refuse_by_route() {
	reject_with no-route
}

take_all() {
	"${client_host[@]}" nft delete table inet test
}

@test "the client has ended: ECONNREFUSED" {
	need nft
	program_gets_error '-o IP_RECVERR=1 0.0.0.0' ECONNREFUSED refuse_by_port take_all "${V4[1]}"
	program_gets_error '-o IPV6_RECVERR=1 -6 ::' ECONNREFUSED refuse_by_port take_all "${V6[1]}"
}

# The kernel also returns these errors for a source that it refuses.
@test "the client's host or network cannot be reached: EHOSTUNREACH, ENETUNREACH, EACCES" {
	need nft
	program_gets_error '-o IP_RECVERR=1 0.0.0.0' EHOSTUNREACH refuse_by_host take_all "${V4[1]}"
	program_gets_error '-o IPV6_RECVERR=1 -6 ::' EHOSTUNREACH refuse_by_host take_all "${V6[1]}"
	program_gets_error '-o IP_RECVERR=1 0.0.0.0' ENETUNREACH refuse_by_route take_all "${V4[1]}"
	program_gets_error '-o IPV6_RECVERR=1 -6 ::' ENETUNREACH refuse_by_route take_all "${V6[1]}"
	program_gets_error '-o IPV6_RECVERR=1 -6 ::' EACCES refuse_by_admin take_all "${V6[1]}"
}

# The second of three requests; its text is "request 1.0".
forbid_second() {
	rule server_host output udp sport "$PORT" @th,128,8 0x31 drop
}

@test "an error in the middle of a batch: the program skips it as bare" {
	need nft
	asked=("${V4[1]}" "${V4[1]}" "${V4[1]}")
	under_strace trace bare wait_server 0.0.0.0 sendmmsg 3
	answer_after forbid_second "${asked[@]}"
	cp server.out bare.out
	these_sends "sendmmsg 1" "sendmmsg -1 EPERM" "sendmmsg 1"
	allow_sending

	under_strace trace with_library wait_server 0.0.0.0 sendmmsg 3
	answer_after forbid_second "${asked[@]}"
	same_text bare.out server.out
	# The kernel does not report why a batch ended early, so the library probes the source.
	these_sends "sendmmsg 1" "probe 0" "sendmmsg -1 EPERM" "sendmmsg 1"
}

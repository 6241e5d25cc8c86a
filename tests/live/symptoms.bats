#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The section "Is this my problem?" of bindright(7): its commands show a bare server's fault as the
# page prints it, and show it cured with the library.

load lab

page=$abs_top_srcdir/shim/bindright.7

# page_shows TEXT: a line of the page has it.
page_shows() {
	grep -qF -e "$1" "$page" || fail "the page does not show: $1"
}

# local_addresses t|u: prints the local addresses of the sockets on PORT as ss does, a line each.
local_addresses() {
	"${server_host[@]}" ss "-Hln$1" "sport = :$PORT" | awk '{ print $4 }' | sort
}

# ss_prints t|u FORM...: these are all the addresses, and the page shows each, with its port 53.
ss_prints() {
	local protocol=$1 form

	shift
	printf "%s:$PORT\n" "$@" | sort >expected
	local_addresses "$protocol" >printed
	same_text expected printed
	for form; do
		page_shows "$form:53 "
	done
}

@test "ss: *, [::], 0.0.0.0 and a specific address are told apart, for TCP and UDP" {
	local protocol flag

	for protocol in t u; do
		flag=()
		[ "$protocol" = t ] || flag=(-u)
		bare start_server listeners "${flag[@]}" -f 6 "$PORT"
		ss_prints "$protocol" '*'
		[ "$(v6only_of "$protocol")" = 0 ]
		with_library start_server listeners "${flag[@]}" -f 6 "$PORT"
		ss_prints "$protocol" '[::]'
		[ "$(v6only_of "$protocol")" = 1 ]
		bare start_server listeners "${flag[@]}" -f 4 "$PORT"
		ss_prints "$protocol" 0.0.0.0
		bare start_server listeners "${flag[@]}" -l "${V4[0]}" "$PORT"
		ss_prints "$protocol" "${V4[0]}"
	done
}

@test "ss: the [::] of a server that lost IPv4 is * again under auto" {
	bare start_server listeners -f 6 "$PORT"
	can_connect "${V4[@]}"
	with_library start_server listeners -f 6 "$PORT"
	ss_prints t '[::]'
	cannot_connect "${V4[@]}"
	BINDRIGHT_V6ONLY=auto with_library start_server listeners -f 6 "$PORT"
	ss_prints t '*'
	can_connect "${V4[@]}"
}

@test "netstat prints tcp6 ::: for an IPv6 listener, whether or not it takes IPv4" {
	local mode

	need netstat
	page_shows 'tcp6 :::1521'
	for mode in bare with_library; do
		$mode start_server listeners -f 6 "$PORT"
		"${server_host[@]}" netstat -lnt | awk -v "port=:$PORT\$" '$4 ~ port { print $1, $4 }' >printed
		echo "tcp6 :::$PORT" >expected
		same_text expected printed
	done
}

@test "strace: bound for one family, EADDRINUSE for the other" {
	need strace
	page_shows '= -1 EADDRINUSE (Address already in use)'
	bare under_strace trace start_server listeners -4first "$PORT"
	grep -qE "bind\([0-9]+, \{sa_family=AF_INET, sin_port=htons\($PORT\), .* = 0\$" trace
	grep -qE "bind\([0-9]+, \{sa_family=AF_INET6, sin6_port=htons\($PORT\), .* = -1 EADDRINUSE" trace
	ss_prints t 0.0.0.0

	with_library under_strace trace start_server listeners -4first "$PORT"
	! grep EADDRINUSE trace || fail "still in use"
	ss_prints t 0.0.0.0 '[::]'
}

# One server has the port and takes both families, so the other cannot bind.
@test "ss: the * of another process prevents a bind to 0.0.0.0, its [::] does not" {
	bare start_server listeners -f 6 "$PORT"
	ss_prints t '*'
	refused_at_0 || fail "both got the port"
	with_library start_server listeners -f 6 "$PORT"
	ss_prints t '[::]'
	! refused_at_0 || fail "0.0.0.0 is in use"
}

# refused_at_0: another process, bare, cannot bind 0.0.0.0.
refused_at_0() {
	"${server_host[@]}" timeout "$LIMIT_S" "$servers/listeners" -f 4 "$PORT" </dev/null >other.out
	grep -qx 'bind 0.0.0.0 EADDRINUSE' other.out
}

# tcpdump_sees_reply_from ADDRESS: after a request to the server's second address.
tcpdump_sees_reply_from() {
	local dump_pid

	"${server_host[@]}" "${dying_with_us[@]}" timeout "$LIMIT_S" \
		tcpdump --immediate-mode -c 2 -nnt -i any udp port "$PORT" \
		>dump 2>dump.err 3>&- {server_in}>&- &
	dump_pid=$!
	wait_until grep -q 'listening on' dump.err || skip "tcpdump cannot listen here: $(cat dump.err)"
	ask_client "$PORT" "${V4[1]}"
	wait "$dump_pid" || fail "tcpdump saw no two datagrams: $(cat dump dump.err)"
	grep -q "IP $CLIENT_V4\.[0-9]* > ${V4[1]//./\\.}\.$PORT:" dump || fail "no request: $(cat dump)"
	grep -q "IP ${1//./\\.}\.$PORT > $CLIENT_V4\.[0-9]*:" dump || fail "not from $1: $(cat dump)"
}

@test "tcpdump shows the other source of a reply" {
	need tcpdump
	page_shows '192.0.2.1.53 > 192.0.2.100'
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	tcpdump_sees_reply_from "${V4[0]}"
	every_line_matches '^wrong '
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	tcpdump_sees_reply_from "${V4[1]}"
	every_line_is right
}

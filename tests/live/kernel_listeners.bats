#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The keyword auto in the kernel: an IPv4 and a dual-stack socket of one user may have one port, and
# each family arrives at its own. kernel_listeners_bare.bats has what stays as it is.

load lab
load puppet
load kernel

sources=$abs_top_srcdir/tests/servers

# ---- Two families, one port ---------------------------------------------------------------------

# pairs_work PUPPET PROTOCOL WAY OPTION...: in both orders, fails bare, and works while attached.
pairs_work() {
	local puppet=$1 protocol=$2 way=$3 order

	shift 3
	for order in 4first 6first; do
		echo "under test: $protocol $order $way $*"
		pair "$protocol" "$order" "$way" "$@"
		detach_all
		start_puppet "$puppet"
		do_lines "${calls[@]}"
		grep -q EADDRINUSE transcript || fail "bare, there is no fault"
		attach
		start_puppet "$puppet"
		do_lines "${calls[@]}"
		! grep -e ' -> ' transcript || fail "attached: $(cat transcript)"
		comes_in_at four "$protocol" "${V4[1]}" six
		comes_in_at six "$protocol" "${V6[1]}" four
		do_lines "close four" "close six" "${calls[@]}"
		! grep -e ' -> ' transcript || fail "again: $(cat transcript)"
	done
}

start_puppet() {
	launch_server "$1"
	wait_until server_is_ready || fail "the puppet is not ready"
}

@test "TCP" {
	pairs_work "$servers/puppet" tcp each
	pairs_work "$servers/puppet" tcp each reuseaddr
	pairs_work "$servers/puppet" tcp all
	pairs_work "$servers/puppet" tcp all reuseaddr
}

@test "UDP" {
	pairs_work "$servers/puppet" udp each
}

@test "UDP-Lite" {
	need_kind udplite
	pairs_work "$servers/puppet" udplite each
}

@test "MPTCP, and again after it has been closed" {
	need_kind mptcp
	pairs_work "$servers/puppet" mptcp each
	pairs_work "$servers/puppet" mptcp each reuseaddr
	pair mptcp 6first each reuseaddr
	do_lines "close four" "close six" "${calls[@]}"
	! grep -e ' -> ' transcript || fail "again: $(cat transcript)"
}

@test "static programs, of 64 and 32 bits" {
	local word
	local puppet=("$sources"/{puppet,puppet_datagrams,puppet_sockets,common,option}.c)

	for word in -m64 -m32; do
		"${CC:-cc}" "$word" -static -w -pthread -D_GNU_SOURCE -o puppet "${puppet[@]}" 2>cc.err ||
			skip "no static programs for $word here: $(tail -n 1 cc.err)"
		pairs_work ./puppet tcp each
		pairs_work ./puppet udp each
	done
}

came_in() {
	[ "$(grep -c '^came' server.out)" -eq "$came" ]
}

# go_listens NETWORK NETWORK: fails bare, and works while attached.
go_listens() {
	local kind=${1:0:3} came=0

	detach_all
	# shellcheck disable=SC2153 # lab.bash sets it
	launch_server ./listen "$PORT" "$@"
	wait_until server_is_ready || fail "not ready"
	grep -q 'address already in use' server.out || fail "bare, there is no fault"
	attach
	launch_server ./listen "$PORT" "$@"
	wait_until server_is_ready || fail "not ready"
	server_said "$1 ok"
	server_said "$2 ok"
	arrives "$kind" "${V4[1]}" "${kind}4"
	arrives "$kind" "${V6[1]}" "$kind"
}

# arrives KIND ADDRESS NETWORK
arrives() {
	if [ "$1" = tcp ]; then
		can_connect "$2"
	else
		ask_client -t 1 -m hello "$PORT" "$2"
	fi
	came=$((came + 1))
	wait_until came_in || fail "it does not arrive"
	[ "$(tail -n 1 server.out)" = "came $3" ] || fail "it arrives at another than $3"
}

@test "Go without cgo" {
	need_compiler go golang-go
	HOME=$PWD GOCACHE=$PWD/cache GO111MODULE=off CGO_ENABLED=0 go build -o listen "$sources/listen.go"
	go_listens tcp4 tcp
	go_listens tcp tcp4
	go_listens udp4 udp
	go_listens udp udp4
}

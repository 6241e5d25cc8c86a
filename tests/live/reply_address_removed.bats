#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The address that was asked is gone when the answer is to be sent. No reply could be right then,
# and bare there is nothing to cure: the answer leaves from the kernel's own choice, or fails as the
# kernel says. With the library both must be the same, sendto's result and errno included. That the
# library would have named the lost address is shown first, by a request with nothing lost.

load lab

# lose_between ASKED ADDRESS: asks, loses the address, and only then lets the server answer.
lose_between() {
	local asked=$1 lost=$2

	ask_client_meanwhile -t 1000 "$PORT" "$asked"
	server_says request
	server_ip addr del "$lost" dev wire0
	tell_server go
	client_is_done
	wait_until grep -q '^sendto' server.out
}

is_cured_without_loss() {
	ask_client_meanwhile "$PORT" "$1"
	server_says request
	tell_server go
	client_is_done
}

loss_is_as_bare() {
	bare start_server echo_wait "${server[@]}" "$PORT"
	is_cured_without_loss "$1"
	some_wrong
	bare start_server echo_wait "${server[@]}" "$PORT"
	lose_between "$@"
	cp server.out bare.out
	cp answers bare.answers

	renew_lab
	with_library start_server echo_wait "${server[@]}" "$PORT"
	is_cured_without_loss "$1"
	every_line_is right
	with_library start_server echo_wait "${server[@]}" "$PORT"
	lose_between "$@"
	same_text bare.out server.out
	same_text bare.answers answers
}

@test "the address is removed before the answer: IPv4" {
	local server=(0.0.0.0)

	loss_is_as_bare "${V4[1]}" "${V4[1]}/24"
	grep -qx 'sendto [0-9]*' server.out
}

@test "the address is removed before the answer: IPv6" {
	local server=(-6 ::)

	loss_is_as_bare "${V6[1]}" "${V6[1]}/64"
	grep -qx 'sendto [0-9]*' server.out
}

@test "the address is removed before the answer: IPv4 on a dual-stack socket" {
	local server=(-d ::)

	export BINDRIGHT_V6ONLY=off
	loss_is_as_bare "${V4[1]}" "${V4[1]}/24"
	grep -qx 'sendto [0-9]*' server.out
}

@test "the network is removed before the answer: sendto fails as bare" {
	lose_all() {
		"$1" start_server echo_wait 0.0.0.0 "$PORT"
		ask_client_meanwhile -t 500 "$PORT" "${V4[1]}"
		server_says request
		server_ip -4 addr flush dev wire0
		tell_server go
		client_is_done
		wait_until grep '^sendto' server.out >"$1.result"
	}

	lose_all bare
	grep -qx 'sendto -1 ENETUNREACH' bare.result
	renew_lab
	lose_all with_library
	same_text bare.result with_library.result
}

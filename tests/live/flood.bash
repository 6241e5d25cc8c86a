# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Many clients: all of 10.0.0.0/8 and fd00::/64 is on the client host. Loaded after lab.bash.

# open_floodgates: routes these networks to the client host, which accepts all of them as local. It
# sets neighbours by hand, because the queue of datagrams that wait for ARP is short.
open_floodgates() {
	local server_mac client_mac address

	server_mac=$(hardware_address server_ip wire0)
	client_mac=$(hardware_address client_ip wire1)
	client_ip route replace local 10.0.0.0/8 dev lo
	client_ip -6 route replace local fd00::/64 dev lo
	server_ip route replace 10.0.0.0/8 via "$CLIENT_V4"
	server_ip -6 route replace fd00::/64 via "$CLIENT_V6"
	for address in "$CLIENT_V4" "$CLIENT_V6"; do
		server_ip neigh replace "$address" lladdr "$client_mac" dev wire0
	done
	for address in "${V4[@]}" "${V6[@]}"; do
		client_ip neigh replace "$address" lladdr "$server_mac" dev wire1
	done
}

# hardware_address server_ip|client_ip DEVICE
hardware_address() {
	"$1" -o link show "$2" | sed -E 's/.*link\/ether ([^ ]+).*/\1/'
}

# flood ARGUMENT...: runs tests/servers/flood on the client host. Its output is in the file answers,
# and its last line in "flooded".
flood() {
	"${client_host[@]}" "$servers/flood" "$@" >answers 2>flood.err || [ $? -eq 1 ] ||
		fail "flood $*: $(cat flood.err)"
	flooded=$(tail -n 1 answers)
}

# all_are_right COUNT, some_are_wrong COUNT: of COUNT peers; each must have an answer.
all_are_right() {
	[ "$flooded" = "$1 right, 0 wrong, 0 mangled, 0 silent" ] || fail "$flooded"
}

some_are_wrong() {
	local pattern='^([0-9]+) right, ([1-9][0-9]*) wrong, 0 mangled, 0 silent$'

	[[ $flooded =~ $pattern ]] || fail "$flooded"
	[ $((BASH_REMATCH[1] + BASH_REMATCH[2])) -eq "$1" ] || fail "$flooded"
}

# flood_meanwhile ARGUMENT...: runs flood in the background until "flood_is_done".
flood_meanwhile() {
	# shellcheck disable=SC2154 # lab.bash sets server_in.
	"${client_host[@]}" "$servers/flood" "$@" >answers 2>flood.err 3>&- {server_in}>&- &
	flood_pid=$!
}

flood_is_done() {
	wait "$flood_pid" || [ $? -eq 1 ] || fail "flood: $(cat flood.err)"
	flooded=$(tail -n 1 answers)
}

# keep_batches FILE COUNT: copies the output of echo_batch -v, once it reports COUNT sent answers.
keep_batches() {
	wait_until batches_are_sent "$2" || fail "the server did not send $2 answers"
	cp server.out "$1"
}

batches_are_sent() {
	awk -v count="$1" '$1 == "sendmmsg" { sum += $2 } END { exit sum != count }' server.out
}

# need_no_sanitizer: for tests of a server's memory. A sanitizer's runtime allocates more all the
# time, and ends the program if it cannot.
need_no_sanitizer() {
	! servers_have_sanitizer || skip "the servers are built with a sanitizer"
}

servers_have_sanitizer() {
	ldd "$servers/echo_batch" | grep -qE 'lib(a|t|l|ub)san'
}

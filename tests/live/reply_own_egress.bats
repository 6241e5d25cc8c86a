#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sockets with an interface, a mark or a network namespace of their own: each answers by its own
# requests, and none by those of another socket on the same port. All is right bare, and must stay
# so with the library.

load lab
load puppet
load routes

# Another host beside the client's: the same address and port asks from both.
hold_other_host() {
	hold_namespace other_holder "${server_host[@]}" unshare -n
}

# lay_tenant DEVICE HOLDER SOURCE METRIC: lays a cable to that host; both hosts have the same
# address.
lay_tenant() {
	local at=(nsenter -t "$2" "${client_host[@]:3}")

	"${server_host[@]}" ip link add "$1" type veth peer name tenant netns "$2"
	server_ip addr add "$3/32" dev "$1"
	server_ip link set "$1" up
	server_ip route add 10.9.0.0/24 dev "$1" src "$3" metric "$4"
	"${at[@]}" ip link set lo up
	"${at[@]}" ip addr add 10.9.0.100/24 dev tenant
	"${at[@]}" ip link set tenant up
}

@test "two sockets on one port, each bound to a device, and the same client address at each" {
	local how

	hold_other_host
	lay_tenant va "$client_holder" 10.9.0.1 1
	lay_tenant vb "$other_holder" 10.9.0.2 2
	take_from_any_cable "${server_host[@]}"
	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			spawn other bare
			in other enter $other_holder
			open a udp4
			option a SO_BINDTODEVICE=va
			bind a 0.0.0.0 $PORT
			open b udp4
			option b SO_BINDTODEVICE=vb
			bind b 0.0.0.0 $PORT
			in client open c udp4
			in client bind c 10.9.0.100 5555
			in other open c udp4
			in other bind c 10.9.0.100 5555
		END
		for _ in 1 2; do
			plays <<-END
				in client send c 10.9.0.1 $PORT one
				hear a -> one
				in other send c 10.9.0.2 $PORT two
				hear b -> two
				answer b
				answer a
				in client hear c -> one
				in client from c -> 10.9.0.1
				in other hear c -> two
				in other from c -> 10.9.0.2
			END
		done
	done
}

# Here the fault shows bare: the reply leaves from the primary address of lo.
@test "one process in two network namespaces, and the same client in each" {
	local how first=127.0.0.1 second=127.0.0.1

	for how in bare with_library; do
		"$how" start_server puppet
		plays <<-END
			spawn here bare
			in here open c udp4
			in here bind c 127.0.0.1 5555
			open a udp4
			bind a 0.0.0.0 $PORT
			spawn there bare
			in there enter $client_holder
			in there open c udp4
			in there bind c 127.0.0.1 5555
			enter $client_holder
			open b udp4
			bind b 0.0.0.0 $PORT
			in here send c 127.0.0.2 $PORT one
			hear a -> one
			in there send c 127.0.0.3 $PORT two
			hear b -> two
			answer b
			answer a
			in here hear c -> one
			in here from c -> $first
			in there hear c -> two
			in there from c -> $second
		END
		first=127.0.0.2 second=127.0.0.3
	done
}

# far_by_both_cables: routes the client's far address by each cable.
far_by_both_cables() {
	lay_second_cable
	far_client wire0
	server_ip route add "$FAR_V4" via "$CLIENT_V4_BESIDE" dev wire2 metric 2000
	server_ip route add "$FAR_V6" via "$CLIENT_V6_BESIDE" dev wire2 metric 2000
}

# pings_leave_from FAR SOURCE SOURCE LINE...: the puppet opens the sockets a and b by these lines;
# both ping the same far end again and again, each from its own source, and are answered.
pings_leave_from() {
	local far=$1 source_a=$2 source_b=$3 how

	shift 3
	for how in bare with_library; do
		"$how" start_server puppet
		enter_client
		plays <<-END
			in client open f udp$(family_of "$far")
			in client bind f $far 5400
		END
		printf '%s\n' "$@" | plays
		for _ in 1 2 3; do
			plays <<-END
				send a $far 5400 ping-a
				in client hear f -> ping-a
				in client from f -> $source_a
				in client answer f
				hear a -> ping-a
				send b $far 5400 ping-b
				in client hear f -> ping-b
				in client from f -> $source_b
				in client answer f
				hear b -> ping-b
			END
		done
	done
}

@test "two uplinks, one socket bound to each: IPv4" {
	local pair=("${V4[0]}" "${V4_BESIDE[0]}")
	local lines=("open a udp4" "option a SO_BINDTODEVICE=wire0"
		"open b udp4" "option b SO_BINDTODEVICE=wire2")

	far_by_both_cables
	pings_leave_from "$FAR_V4" "${pair[@]}" "${lines[@]}"
	pings_leave_from "$FAR_V4" "${pair[@]}" "${lines[@]}" "bind a 0.0.0.0 0" "bind b 0.0.0.0 0"
	pings_leave_from "$FAR_V4" "${pair[@]}" "${lines[@]}" \
		"bind a 0.0.0.0 $PORT" "bind b 0.0.0.0 $PORT"
}

@test "two uplinks, one socket bound to each: IPv6" {
	local pair=("${V6[2]}" "${V6_BESIDE[1]}")
	local lines=("open a udp6" "option a SO_BINDTODEVICE=wire0"
		"open b udp6" "option b SO_BINDTODEVICE=wire2")

	far_by_both_cables
	pings_leave_from "$FAR_V6" "${pair[@]}" "${lines[@]}" "bind a :: $PORT" "bind b :: $PORT"
}

@test "two uplinks, chosen by IP_UNICAST_IF" {
	far_by_both_cables
	pings_leave_from "$FAR_V4" "${V4[0]}" "${V4_BESIDE[0]}" \
		"open a udp4 reuseaddr" "option a IP_UNICAST_IF=wire0" "bind a 0.0.0.0 0" \
		"open b udp4 reuseaddr" "option b IP_UNICAST_IF=wire2" "bind b 0.0.0.0 0"
}

@test "two uplinks, chosen by SO_MARK" {
	far_by_both_cables
	server_ip rule add fwmark 2 lookup 102
	server_ip route add "$FAR_V4" via "$CLIENT_V4_BESIDE" dev wire2 table 102
	pings_leave_from "$FAR_V4" "${V4[0]}" "${V4_BESIDE[0]}" \
		"open a udp4" "option a SO_MARK=1" "bind a 0.0.0.0 0" \
		"open b udp4" "option b SO_MARK=2" "bind b 0.0.0.0 0"
	pings_leave_from "$FAR_V4" "${V4[0]}" "${V4_BESIDE[0]}" \
		"open a udp4" "option a SO_MARK=1" "bind a 0.0.0.0 $PORT" \
		"open b udp4" "option b SO_MARK=2" "bind b 0.0.0.0 5301"
}

# keeps_interface ARGUMENT...: asked at each IPv6 address, the server with these arguments answers
# by the client's wire1, bare and with the library.
keeps_interface() {
	local how

	for how in bare with_library; do
		"$how" start_server "$@"
		ask_client -i -r 2 -s "$FAR_V6" "$PORT" "${V6[@]}" "${V6_BESIDE[@]}"
		every_line_matches '^(right|wrong .*) wire1$'
	done
}

# The kernel ignores these options for an IPv6 datagram that names its source.
@test "an interface that the program chose is kept, where routing would take another: IPv6" {
	local call

	lay_second_cable
	far_client wire2
	server_ip route add "$FAR_V6" via "$CLIENT_V6" dev wire0 metric 2000
	bare start_server echo_recvfrom -6 :: "$PORT"
	ask_client -i -s "$FAR_V6" "$PORT" "${V6[@]}"
	every_line_matches ' wire3$'

	keeps_interface echo_recvfrom -o IPV6_UNICAST_IF=wire0 -6 :: "$PORT"
	for call in '' -m -t; do
		keeps_interface echo_source ${call:+"$call"} -f v6 -x wire0 -6 :: "$PORT"
	done
}

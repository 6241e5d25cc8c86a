#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Where no cure is due, the kernel back end changes nothing: each test compares with the bare run. A
# wildcard socket beside it shows that it is attached.

load lab
load puppet
load routes
load refused
load kernel

# answers_as_bare ASK-ARGUMENT... -- COMMAND...: the server that COMMAND starts answers as bare.
answers_as_bare() {
	local asking=()

	while [ "$1" != -- ]; do
		asking+=("$1")
		shift
	done
	shift
	"$@"
	ask_client "${asking[@]}"
	! grep -qE '^(silent|mangled)' answers || fail "no answer bare"
	cp answers bare.answers
	attach
	for _ in 1 2; do
		ask_client "${asking[@]}"
		same_text bare.answers answers
	done
	detach
}

# unicast_is_cured ADDRESS...: replies of the running server are right while attached.
unicast_is_cured() {
	attach
	ask_client "$PORT" "$@"
	every_line_is right
	detach
}

# ---- What the program has decided ---------------------------------------------------------------

@test "sockets that are bound to an address" {
	answers_as_bare "$PORT" "${V4[1]}" -- start_server echo_recvfrom "${V4[1]}" "$PORT"
	answers_as_bare "$PORT" "${V6[0]}" -- start_server echo_recvfrom "${V6[0]}" "$PORT"
}

@test "a source that the program names" {
	local style

	for style in '' -m -t; do
		answers_as_bare "$PORT" "${V4[1]}" -- \
			start_server echo_source ${style:+"$style"} -s "${V4[2]}" 0.0.0.0 "$PORT"
		every_line_is "wrong ${V4[2]}"
		answers_as_bare "$PORT" "${V6[1]}" -- \
			start_server echo_source ${style:+"$style"} -f v6 -s "${V6[0]}" -6 :: "$PORT"
		every_line_is "wrong ${V6[0]}"
		answers_as_bare "$PORT" "${V4[1]}" -- \
			start_server echo_source ${style:+"$style"} -f v6 -s "::ffff:${V4[2]}" :: "$PORT"
		every_line_is "wrong ${V4[2]}"
	done
}

@test "a wildcard socket that is connected" {
	answers_as_bare "$PORT" "${V4[0]}" -- start_server echo_connect 0.0.0.0 "$PORT"
	start_server puppet
	enter_outside_client
	plays <<-END
		open s udp4
		bind s 0.0.0.0 $PORT
		in client open c udp4
		in client bind c 0.0.0.0 5400
	END
	attach
	plays <<-END
		in client send c ${V4[1]} $PORT ask
		hear s -> ask
		connect s $CLIENT_V4 5400
		local s -> ${V4[0]}
		answer s
		in client hear c -> ask
		in client from c -> ${V4[0]}
		in client send c ${V4[0]} $PORT ask
		hear s -> ask
		answer s
		in client hear c -> ask
		in client from c -> ${V4[0]}
	END
}

# The route back to the peer uses the second cable, the program's choice the first.
keeps_its_egress() {
	local -n asked=$1
	local far=$2

	shift 2
	start_server "$@"
	ask_client -i -s "$far" "$PORT" "${asked[@]}"
	every_line_matches ' wire1$'
	attach
	ask_client -i -s "$far" "$PORT" "${asked[@]}"
	every_line_matches ' wire1$' || fail "not with: $*"
	detach
}

@test "a device that the program has chosen" {
	local option

	lay_second_cable
	far_client wire2
	server_ip route add "$FAR_V4" via "$CLIENT_V4" dev wire0 metric 2000
	server_ip route add "$FAR_V6" via "$CLIENT_V6" dev wire0 metric 2000
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -i -s "$FAR_V4" "$PORT" "${V4[1]}"
	every_line_matches ' wire3$'
	for option in SO_BINDTODEVICE IP_UNICAST_IF; do
		keeps_its_egress V4 "$FAR_V4" echo_recvfrom -o "$option=wire0" 0.0.0.0 "$PORT"
	done
	keeps_its_egress V4 "$FAR_V4" echo_source -x wire0 0.0.0.0 "$PORT"
	keeps_its_egress V6 "$FAR_V6" echo_recvfrom -o SO_BINDTODEVICE=wire0 -6 :: "$PORT"
}

# ---- Requests that teach nothing ----------------------------------------------------------------

readonly GROUP_V4=239.1.2.3 GROUP_V6=ff15::123

@test "broadcast and multicast requests" {
	client_ip route add 239.0.0.0/8 dev wire1
	answers_as_bare -i -b "$PORT" 192.0.2.255 -- start_server echo_recvfrom 0.0.0.0 "$PORT"
	unicast_is_cured "${V4[@]}"
	answers_as_bare -i -b "$PORT" 192.0.2.255 -- start_server echo_recvfrom :: "$PORT"
	answers_as_bare -i -b "$PORT" "$GROUP_V4" -- \
		start_server echo_recvfrom -o "MCAST_JOIN_GROUP=$GROUP_V4%wire0" 0.0.0.0 "$PORT"
	answers_as_bare -i -b "$PORT" ff02::1%wire1 -- start_server echo_recvfrom -6 :: "$PORT"
	answers_as_bare -i -b "$PORT" "$GROUP_V6" -- \
		start_server echo_recvfrom -o "MCAST_JOIN_GROUP=$GROUP_V6%wire0" -6 :: "$PORT"
	unicast_is_cured "${V6[@]}"
}

# known_is_as_bare KNOWN SERVER-ADDRESS ADDRESS [OPTION]...: a peer that has asked at KNOWN asks at
# this broadcast or multicast address, and then at KNOWN again.
known_is_as_bare() {
	local known=$1 wildcard=$2 asked=$3

	shift 3
	start_server echo_recvfrom "$@" "$wildcard" "$PORT"
	ask_client -p 4000 "$PORT" "$known"
	some_wrong
	ask_client -b -p 4000 "$PORT" "$asked"
	cp answers bare.answers
	attach
	ask_client -p 4000 "$PORT" "$known"
	every_line_is right
	ask_client -b -p 4000 "$PORT" "$asked"
	same_text bare.answers answers
	ask_client -p 4000 "$PORT" "$known"
	every_line_is right
	detach
}

@test "broadcast and multicast requests of a peer that is known" {
	client_ip route add 239.0.0.0/8 dev wire1
	known_is_as_bare "${V4[1]}" 0.0.0.0 192.0.2.255
	known_is_as_bare "${V4[1]}" 0.0.0.0 "$GROUP_V4" -o "MCAST_JOIN_GROUP=$GROUP_V4%wire0"
	known_is_as_bare "${V6[1]}" :: "$GROUP_V6" -6 -o "MCAST_JOIN_GROUP=$GROUP_V6%wire0"
}

# ---- Clients ------------------------------------------------------------------------------------

# talks SOCKET SOURCE: the socket asks the peer on the client host, which sees the source SOURCE.
talks() {
	plays <<-END
		send $1 $CLIENT_V4 5400 ask
		in client hear p -> ask
		in client from p -> $2
		in client answer p
		hear $1 -> ask
	END
}

@test "a client's socket follows a change of routes" {
	start_server puppet
	enter_outside_client
	attach
	plays <<-END
		in client open p udp4
		in client bind p 0.0.0.0 5400
		open a udp4
		bind a 0.0.0.0 0
		open b udp4
	END
	talks a "${V4[0]}"
	talks b "${V4[0]}"
	server_ip route add "$CLIENT_V4/32" dev wire0 src "${V4[1]}"
	talks a "${V4[1]}"
	talks b "${V4[1]}"
}

# ---- Changes between request and answer ---------------------------------------------------------

lose_v4() {
	server_ip addr del "${V4[1]}/24" dev wire0
}

lose_v6() {
	server_ip addr del "${V6[1]}/64" dev wire0
}

lose_all() {
	server_ip addr flush dev wire0
}

renew() {
	detach_all
	renew_lab
}

# removed_is_as_bare SOCKET LOSE ADDRESS: connect is left out, because a socket that has a port is
# connected as bare.
removed_is_as_bare() {
	# shellcheck disable=SC2034 # refused.bash uses them.
	local cured_by=with_kernel CALLS=(sendto sendmsg sendmmsg)

	refused_is_as_bare "$1" "$2" renew "$3"
}

@test "the address is removed before the answer" {
	removed_is_as_bare 0.0.0.0 lose_v4 "${V4[1]}"
	removed_is_as_bare '-6 ::' lose_v6 "${V6[1]}"
	removed_is_as_bare '-d ::' lose_v4 "${V4[1]}"
}

@test "all addresses are removed before the answer: the calls fail as bare" {
	# shellcheck disable=SC2034 # answer_after uses it.
	local ask_limit_ms=300
	local call

	for call in sendto sendmsg sendmmsg; do
		wait_server 0.0.0.0 "$call" 1
		answer_after lose_all "${V4[1]}"
		grep -qx "$call -1 ENETUNREACH" server.out || fail "bare the call does not fail"
		cp server.out bare.out
		renew
		with_kernel wait_server 0.0.0.0 "$call" 1
		answer_after lose_all "${V4[1]}"
		same_text bare.out server.out
		renew
	done
}

# is_answered_right ADDRESS
is_answered_right() {
	ask_client "$PORT" "$1"
	grep -qx right answers
}

# The helper needs a moment to hear of a new address.
@test "an address is added, and removed, while attached" {
	local new=192.0.2.9

	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach
	for _ in 1 2 3; do
		server_ip addr add "$new/24" dev wire0
		wait_until is_answered_right "$new" || fail "no cure for a new address"
		server_ip addr del "$new/24" dev wire0
		ask_client "$PORT" "${V4[@]}"
		every_line_is right
	done
}

# ---- What routing refuses -----------------------------------------------------------------------

# rule_is_as_bare FAMILY REFUSED GOOD SERVER-ARGUMENT...
rule_is_as_bare() {
	local family=$1 refused=$2 good=$3 action

	shift 3
	for action in unreachable prohibit blackhole; do
		server_ip "$family" rule add from "$refused" "$action" pref 100
		answers_as_bare "$PORT" "$refused" -- start_server echo_recvfrom "$@"
		unicast_is_cured "$good"
		server_ip "$family" rule del pref 100
		# The rule comes and goes while the programs are attached.
		attach
		ask_client "$PORT" "$refused"
		every_line_is right
		server_ip "$family" rule add from "$refused" "$action" pref 100
		wait_until answered_as_bare "$refused"
		server_ip "$family" rule del pref 100
		wait_until answered_right "$refused"
		detach
	done
}

answered_as_bare() {
	ask_client "$PORT" "$1" && cmp -s bare.answers answers
}

answered_right() {
	ask_client "$PORT" "$1" && grep -qx right answers
}

@test "a source that a rule of routing refuses: IPv4" {
	rule_is_as_bare -4 "${V4[1]}" "${V4[2]}" 0.0.0.0 "$PORT"
}

@test "a source that a rule of routing refuses: a prefix, IPv4 on a dual-stack socket" {
	server_ip -4 rule add from 192.0.2.2/31 prohibit pref 100
	answers_as_bare "$PORT" "${V4[1]}" -- start_server echo_recvfrom :: "$PORT"
	answers_as_bare "$PORT" "${V4[2]}" -- start_server echo_recvfrom :: "$PORT"
}

@test "a source that a rule of routing refuses: IPv6" {
	rule_is_as_bare -6 "${V6[1]}" "${V6[0]}" -6 :: "$PORT"
}

@test "a rule for what the host forwards refuses no source" {
	server_ip -4 rule add from "${V4[1]}" iif wire0 prohibit pref 100
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	unicast_is_cured "${V4[1]}"
}

# ---- The same peer on two links -----------------------------------------------------------------

@test "link-local peers with one address on two links" {
	local name

	"${server_host[@]}" ip link add wire2 type veth peer name wire3 netns "$client_holder"
	server_ip link set wire2 addrgenmode none
	client_ip link set wire3 addrgenmode none
	server_ip addr add fe80::3/64 dev wire2 nodad
	client_ip addr add "$CLIENT_LINK_LOCAL/64" dev wire3 nodad
	server_ip link set wire2 up
	client_ip link set wire3 up
	server_ip addr del "${LINK_LOCAL[1]}/64" dev wire0
	start_server puppet
	enter_outside_client
	plays <<-END
		open s udp6
		bind s :: $PORT
		in client open one udp6
		in client bind one $CLIENT_LINK_LOCAL%wire1 5400
		in client open other udp6
		in client bind other $CLIENT_LINK_LOCAL%wire3 5400
	END
	for name in bare attached; do
		plays <<-END
			in client send one ${LINK_LOCAL[0]}%wire1 $PORT text
			hear s -> text
			in client send other fe80::3%wire3 $PORT more
			answer s
			in client hear one -> text
			in client from one -> ${LINK_LOCAL[0]}%wire1
			hear s -> more
			answer s
			in client hear other -> more
			in client from other -> fe80::3%wire3
		END
		[ "$name" = attached ] || attach
	done
}

# ---- Another network namespace ------------------------------------------------------------------

@test "what is asked in another network namespace is not followed" {
	start_server puppet
	plays <<-END
		spawn there bare
		in there enter $client_holder
		in there open b udp4
		in there open c udp4
		open a udp4
		bind a 0.0.0.0 6300
		open d udp4
		bind d 127.0.0.1 5400
	END
	attach_from_outside "$server_pid"
	plays <<-END
		in there open e udp4
		in there bind e 0.0.0.0 $PORT
		in there bind c 127.0.0.1 5400
		in there send c 127.0.0.3 $PORT ask
		in there hear e -> ask
		open f udp4
		send f 127.0.0.1 5400 hello
		hear d -> hello
		from d -> 127.0.0.1
	END
}

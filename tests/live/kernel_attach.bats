#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the kernel back end is attached to: processes, cgroups and those below them, in whichever
# network namespace; and what happens beside it: another one, the library, the end of its helper.

load lab
load puppet
load flood
load kernel

# Bare, replies from these are wrong.
readonly WRONG_BARE=("${V4[@]:1}")

# is_bare, is_cured: the replies of the server on PORT, or on the port given.
is_bare() {
	ask_client "${1:-$PORT}" "${V4[@]}"
	some_wrong
}

is_cured() {
	ask_client "${1:-$PORT}" "${V4[@]}"
	every_line_is right
}

@test "by a process ID, from another network namespace" {
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	attach_from_outside "$server_pid"
	is_cured
	detach
	is_bare
}

@test "by a cgroup, from another network namespace" {
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	attach_from_outside "$cgroup"
	is_cured
}

@test "into the background, and detached by a command" {
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	"$bindrightctl" attach --detach "$server_pid" >attach.out
	is_cured
	"$bindrightctl" detach "$server_pid" >detach.out
	is_bare
}

@test "a process that starts after attach, and one after that" {
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	attach
	for _ in 1 2; do
		start_server echo_recvfrom 0.0.0.0 "$PORT"
		is_cured
	done
}

@test "a child cgroup" {
	mkdir -p "$cgroup/child/grandchild"
	enter_cgroup "$cgroup/child/grandchild"
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	attach
	is_cured
	detach
	is_bare
}

@test "a child cgroup that is made after attach" {
	attach
	mkdir "$cgroup/child"
	enter_cgroup "$cgroup/child"
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_cured
}

@test "a cgroup beside it is left alone" {
	mkdir "$cgroup/one" "$cgroup/other"
	enter_cgroup "$cgroup/other"
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach_to "$cgroup/one"
	is_bare
	attach_to "$cgroup/other"
	is_cured
}

two_are_ready() {
	[ "$(grep -cx ready server.out)" -eq 2 ]
}

@test "two cgroups at once, each detached alone" {
	mkdir "$cgroup/one" "$cgroup/two"
	enter_cgroup "$cgroup/one"
	# The child makes its socket in the other cgroup.
	# shellcheck disable=SC2016 # The inner shell expands it.
	launch_server sh -c 'sh -c "echo \$\$ >\"\$0\" && exec \"\$@\"" "$4/cgroup.procs" \
		setpriv --pdeathsig TERM "$1" 0.0.0.0 "$3" & exec "$1" 0.0.0.0 "$2"' \
		sh "$servers/echo_recvfrom" "$PORT" $((PORT + 1)) "$cgroup/two"
	wait_until two_are_ready || fail "not both are ready"
	is_bare "$PORT"
	is_bare $((PORT + 1))
	attach_to "$cgroup/one"
	is_cured "$PORT"
	is_bare $((PORT + 1))
	attach_to "$cgroup/two"
	is_cured "$PORT"
	is_cured $((PORT + 1))
	detach
	is_cured "$PORT"
	is_bare $((PORT + 1))
}

@test "a cgroup and one below it at once" {
	mkdir "$cgroup/child"
	enter_cgroup "$cgroup/child"
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	attach_to "$cgroup/child"
	attach
	is_cured
	detach
	is_cured
	detach
	is_bare
}

@test "both back ends at once" {
	export BINDRIGHT_V6ONLY=off
	with_library start_server echo_recvfrom :: "$PORT"
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_is right
	attach
	ask_client -r 2 "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_is right
	detach
	ask_client "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_is right
	with_library start_server echo_late -n 200 0.0.0.0 "$PORT"
	attach
	ask_client -n 200 -r 2 "$PORT" "${V4[@]}"
	every_line_is right
}

# As on many hosts, both namespaces have 127.0.0.1 to 127.0.0.3.
@test "sockets of another network namespace in the same cgroup are as bare" {
	start_server puppet
	plays <<-END
		open a udp4
		bind a 0.0.0.0 $PORT
		open c udp4
		bind c 127.0.0.1 5400
		spawn there bare
		in there enter $client_holder
		in there open b udp4
		in there bind b 0.0.0.0 $PORT
		in there open c udp4
		in there bind c $CLIENT_V4 5400
	END
	client_ip addr add "${V4[2]}/32" dev lo
	attach_from_outside "$server_pid"
	plays <<-END
		send c 127.0.0.2 $PORT ask
		hear a -> ask
		answer a
		hear c -> ask
		from c -> 127.0.0.2
		in there send c ${V4[2]} $PORT ask
		in there hear b -> ask
		in there answer b
		in there hear c -> ask
		in there from c -> $CLIENT_V4
	END
}

# ---- The end of the helper ----------------------------------------------------------------------

@test "its helper is killed: as bare at once" {
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	is_bare
	cp answers bare.answers
	attach
	is_cured
	kill_helper
	ask_client "$PORT" "${V4[@]}"
	same_text bare.answers answers
	attach
	is_cured
}

# all_are_now VERDICT: the client's line for each of these addresses begins so.
all_are_now() {
	ask_client "$PORT" "${WRONG_BARE[@]}"
	! grep -qv "^$1" answers
}

@test "its helper is stopped: as bare after a while, and cured when it continues" {
	local number=0

	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach
	is_cured
	kill -STOP "${attached[number]}"
	wait_until all_are_now wrong || fail "it names sources for too long"
	server_ip addr del "${V4[1]}/24" dev wire0
	ask_client "$PORT" "${V4[2]}"
	every_line_is "wrong ${V4[0]}"
	kill -CONT "${attached[number]}"
	server_ip addr add "${V4[1]}/24" dev wire0
	wait_until all_are_now right || fail "no cure again"
}

@test "the addresses cannot be read for a while: as bare, and cured again when they can" {
	local number=0

	need prlimit
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	attach
	is_cured
	prlimit --pid "${attached[number]}" --nofile=3:
	server_ip addr add 192.0.2.77/24 dev wire0
	wait_until all_are_now wrong || fail "it names sources"
	grep -qx 'bindright: .* warn: cannot read the host.s addresses: Too many open files; .*' attach.0.err
	prlimit --pid "${attached[number]}" --nofile=256:
	wait_until all_are_now right || fail "no cure again"
	[ "$(wc -l <attach.0.err)" -eq 1 ] || fail "it says more than once: $(cat attach.0.err)"
}

# ---- Under load ---------------------------------------------------------------------------------

# counts_of: sets right and wrong, of a flood in which no answer may be missing.
counts_of() {
	local pattern='^([0-9]+) right, ([0-9]+) wrong, 0 mangled, 0 silent$'

	[[ $flooded =~ $pattern ]] || fail "$flooded"
	right=${BASH_REMATCH[1]} wrong=${BASH_REMATCH[2]}
	[ $((right + wrong)) -eq "$1" ] || fail "$flooded"
	# A wrong answer is the one that there would be bare.
	! grep '^wrong ' answers | grep -v "^wrong $2 " || fail "an answer from a third address"
}

# are_answered COUNT: the flood has had this many answers.
are_answered() {
	[ "$(wc -l <answers)" -ge "$1" ]
}

@test "its helper is killed in mid-flood: no reply is lost, each is right or as bare" {
	local address=0.0.0.0 right wrong

	open_floodgates
	for address in 0.0.0.0 ::; do
		# echo_recvfrom ends when a call fails.
		start_server echo_recvfrom "$address" "$PORT"
		attach
		flood_meanwhile -v -n 60000 "$PORT" "${WRONG_BARE[@]}"
		wait_until are_answered 5000
		kill_helper
		flood_is_done
		counts_of 60000 "${V4[0]}"
		[ "$right" -ge 5000 ] && [ "$wrong" -gt 0 ] || fail "not killed in mid-flood: $flooded"
	done
}

@test "attach and detach under load: no reply is lost, each is right or as bare" {
	local rounds=0 right wrong

	open_floodgates
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood_meanwhile -v -n 200000 "$PORT" "${WRONG_BARE[@]}"
	wait_until are_answered 100
	while kill -0 "$flood_pid" 2>/dev/null; do
		attach
		detach
		rounds=$((rounds + 1))
	done
	flood_is_done
	counts_of 200000 "${V4[0]}"
	[ "$rounds" -ge 2 ] || fail "attached $rounds times only"
	[ "$right" -gt 0 ] && [ "$wrong" -gt 0 ] || fail "$flooded"
}

@test "100,000 peers: all answers are right" {
	open_floodgates
	start_server echo_recvfrom 0.0.0.0 "$PORT"
	flood -n 3000 "$PORT" "${V4[@]}"
	some_are_wrong 3000
	attach
	flood -n 100000 "$PORT" "${V4[@]}"
	all_are_right 100000
	start_server echo_recvfrom -6 :: "$PORT"
	flood -n 50000 "$PORT" "${V6[@]}"
	all_are_right 50000
}

# The request is heard before attach and answered after it; a port in the range from which the
# kernel chooses makes no client of this server.
@test "attached between a request and its answer, on the highest port" {
	local port=65535

	start_server puppet
	enter_outside_client
	plays <<-END
		open s udp4
		bind s 0.0.0.0 $port
		in client open c udp4
		in client bind c 0.0.0.0 5400
		in client send c ${V4[1]} $port one
		hear s -> one
	END
	attach
	plays <<-END
		answer s
	END
	answered_from "${V4[0]}" one
	plays <<-END
		in client send c ${V4[1]} $port two
		hear s -> two
		answer s
	END
	answered_from "${V4[1]}" two
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the library may cost, counted exactly: no clock is read. A change that makes something cheaper lowers
# its budget here, and the figure in HACKING.md, Cost.

load lab
load flood

# Instructions added to a request and its reply; in a batch of 32, to each. Counted on x86_64 with gcc 12.
declare -gA INSTRUCTIONS=(
	["from 4 1"]=269    # recvfrom and sendto, IPv4, one peer
	["from 6 1"]=324    # IPv6
	["from dual 1"]=314 # IPv4 on a dual-stack socket
	["from 4 2"]=431    # two peers take turns
	["from 4 0"]=552    # each peer is new
	["msg 4 1"]=314     # recvmsg and sendmsg
	["batch 4 50"]=595  # recvmmsg and sendmmsg, fifty peers
)
# What another compiler may add, in percent: clang 14 takes up to 7 more.
readonly TOLERANCE_PERCENT=8

# System calls added.
declare -gA CALLS=(
	['start']=15  # a program that makes no socket, from exec to exit
	['watch']=3   # the first receive on a socket
	['watch dual']=4 # on a dual-stack one, which needs PKTINFO of both families
	['request']=0 # a request and its reply on a socket that has received
	['client']=0  # a socket that sends first, on a port that the kernel chooses
)

# Memory that is the process's own, for a program that sleeps and for a server that waits.
readonly MEMORY_KIB=40

setup() {
	set_up_lab
	need_no_sanitizer
	need_no_counters
	server_ip link set lo up
	export BINDRIGHT_V6ONLY=off
}

# ---- Instructions -------------------------------------------------------------------------------

# count_instructions STYLE FAMILY PEERS: prints those of a round of echo_itself; with_library as for servers.
count_instructions() {
	"${server_host[@]}" "$servers/steps" ${preload:+-l "$preload"} "$servers/echo_itself" "$@" || {
		[ $? -ne 77 ] || return 77
		fail "steps failed"
	}
}

# within_budget STYLE FAMILY PEERS [REQUESTS A ROUND]
within_budget() {
	local budget=${INSTRUCTIONS["$1 $2 $3"]} requests=${4:-1} plain cured added

	plain=$(ANY_SOURCE=1 bare count_instructions "$1" "$2" "$3") || {
		[ $? -ne 77 ] || skip "$plain"
		fail "$plain"
	}
	cured=$(with_library count_instructions "$1" "$2" "$3")
	added=$(((cured - plain) / requests))
	echo "$1 $2 $3: $added instructions a request, of $budget"
	[ "$added" -gt 50 ] || fail "the library is not at work, or the count is wrong"
	[ $((added * 100)) -le $((budget * (100 + TOLERANCE_PERCENT))) ]
}

@test "instructions: recvfrom and sendto, IPv4" {
	within_budget from 4 1
}

@test "instructions: recvfrom and sendto, IPv6" {
	within_budget from 6 1
}

@test "instructions: recvfrom and sendto, dual-stack" {
	within_budget from dual 1
}

@test "instructions: two peers take turns" {
	within_budget from 4 2
}

@test "instructions: each peer is new" {
	within_budget from 4 0
}

@test "instructions: recvmsg and sendmsg" {
	within_budget msg 4 1
}

@test "instructions: batches of 32" {
	within_budget batch 4 50 32
}

# ---- System calls -------------------------------------------------------------------------------

# trace_calls COMMAND...: writes its system calls to ./trace
trace_calls() {
	need strace
	"${server_host[@]}" strace -o trace ${preload:+-E "LD_PRELOAD=$preload"} "$@" >/dev/null ||
		fail "strace $*"
}

# calls_of_phase N: prints how many calls are between the Nth getppid and the next
calls_of_phase() {
	awk -v phase="$1" '/^getppid/ { n++; next } n == phase && / = / { count++ } END { print count + 0 }' trace
}

@test "system calls: at start" {
	local plain cured

	bare trace_calls true
	plain=$(grep -c ' = ' trace)
	with_library trace_calls true
	cured=$(grep -c ' = ' trace)
	echo "start: $plain calls bare, $cured with the library"
	[ "$cured" -gt "$plain" ] || fail "the library was not loaded"
	[ $((cured - plain)) -le "${CALLS[start]}" ]
}

# added_by_phases STYLE FAMILY: sets "added" to what each phase of echo_itself has more, at least: a page
# of the program's memory that is seen for the first time costs one more, once, and where its stack has a
# page's end is random.
added_by_phases() {
	local phase more
	local -a plain

	ANY_SOURCE=1 bare trace_calls "$servers/echo_itself" "$1" "$2" 1
	for phase in 1 2 3 4 5; do
		plain[phase]=$(calls_of_phase "$phase")
	done
	[ "${plain[1]}" -ge 3 ] || fail "no phase was found"
	for _ in 1 2 3 4; do
		with_library trace_calls "$servers/echo_itself" "$1" "$2" 1
		for phase in 1 2 3 4 5; do
			more=$(($(calls_of_phase "$phase") - plain[phase]))
			[ "$more" -ge "${added[phase]-$more}" ] || added[phase]=$more
			: "${added[phase]:=$more}"
		done
	done
	echo "$1 $2: added by the first receive, the second, the third, and two clients: ${added[*]}"
}

calls_are_within_budget() {
	local -a added
	local watch=watch

	[ "$2" != dual ] || watch='watch dual'
	added_by_phases "$@"
	[ "${added[1]}" -le "${CALLS[$watch]}" ]
	[ "${added[2]}" -le "${CALLS[request]}" ]
	[ "${added[3]}" -le "${CALLS[request]}" ]
	[ "${added[4]}" -le "${CALLS[client]}" ]
	[ "${added[5]}" -le "${CALLS[client]}" ]
}

@test "system calls: watching, a request, a client; IPv4" {
	calls_are_within_budget from 4
}

@test "system calls: watching, a request, a client; IPv6" {
	calls_are_within_budget from 6
}

@test "system calls: watching, a request, a client; dual-stack" {
	calls_are_within_budget from dual
}

# ---- Memory -------------------------------------------------------------------------------------

# own_memory PID: prints its own memory in KiB. Pages of files are not: how many of these one process
# maps, and alone, is chance.
own_memory() {
	awk '/^(Anonymous|Pss_Shmem):/ { sum += $2 } END { print sum }' "/proc/$1/smaps_rollup"
}

# own_when_idle COMMAND...: sets "memory" to what the command takes once it waits.
own_when_idle() {
	local pid

	"${server_host[@]}" env ${preload:+"LD_PRELOAD=$preload"} "${dying_with_us[@]}" "$@" >/dev/null 3>&- &
	pid=$!
	wait_until is_waiting "$pid" "$(basename "$1")"
	memory=$(own_memory "$pid")
	kill "$pid"
	wait "$pid" || true
}

is_waiting() {
	[ "$(cat "/proc/$1/comm")" = "$2" ] && [ "$(awk '{ print $3 }' "/proc/$1/stat")" = S ]
}

memory_is_within_budget() {
	local memory plain

	[ -r /proc/self/smaps_rollup ] || skip "no /proc/PID/smaps_rollup (Linux 4.14)"
	bare own_when_idle "$@"
	plain=$memory
	with_library own_when_idle "$@"
	echo "private: $plain KiB bare, $memory with the library"
	[ "$memory" -gt "$plain" ] || fail "the library was not loaded"
	[ $((memory - plain)) -le "$MEMORY_KIB" ]
}

@test "memory: a program that sleeps" {
	memory_is_within_budget sleep 60
}

@test "memory: a server that waits" {
	memory_is_within_budget "$servers/echo_recvfrom" -r 0.0.0.0 "$PORT"
}

# tables_of PORT: prints how many tables of peers a client makes that binds to this port; nobody answers it
tables_of() {
	with_library trace_calls "$servers/ask" -s 0.0.0.0 -p "$1" -t 100 "$PORT" 127.0.0.1 >/dev/null || true
	grep -c 'MAP_SHARED|MAP_ANONYMOUS' trace || true
}

@test "memory: no table of peers for a client on a port that the kernel chooses" {
	[ "$(tables_of "$PORT")" -eq 1 ] || fail "no table was found where there is one"
	[ "$(tables_of 0)" -eq 0 ]
}

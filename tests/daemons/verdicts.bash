# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The second half of daemons.bash: observes whether a daemon is cured, and writes its row of the table.

readonly udp_calls='recvfrom recvmsg recvmmsg read connect sendto sendmsg sendmmsg write'

is_cured() {
	open_case "$@"
	judge_all bare '^(wrong|fails|no start)$'
	judge_all with_library '^right$'
	write_row
}

stays_right() {
	already_right=$*
	open_case "$@"
	judge_all bare
	judge_all with_library '^right$'
	write_row
}

is_not_cured() {
	[ -n "$remark" ] || fail "the remark does not say what to do instead"
	open_case "$@"
	remark+="; wrapper: $(wrapper_warning)"
	judge_all bare '^(wrong|silent|fails)$'
	judge_all with_library '^(wrong|silent|fails)$'
	write_row
}

# wrapper_warning: prints the wrapper's line without the process ID, which would change the table each
# time.
wrapper_warning() {
	sed -n -E '/^bindright: /{s/^bindright: ([^ ]+\[[0-9]+\]: )?//p;q}' server.err | grep . ||
		echo 'no warning'
}

# judge_all bare|with_library REGEX: checks that the result of each family matches REGEX; bare,
# families that are already right must be right.
judge_all() {
	local family expected

	for family in "${families[@]}"; do
		expected=$2
		[[ "$1 $already_right " != bare*" $family "* ]] || expected='^right$'
		[[ ${seen["$1 $family"]} =~ $expected ]] || fail "$family $1: ${seen["$1 $family"]}"
	done
}

# ---- Observing ----------------------------------------------------------------------------------

# open_case V4|V6...: observes the daemon bare and with the library.
open_case() {
	families=("$@")
	unset seen audit_said
	declare -gA seen audit_said
	observe bare
	calls=$(list_calls)
	observe with_library
	exceptions_are_needed
}

# observe bare|with_library: runs the daemon, asks it by each family, and sets seen["bare V4"] and so
# on to the result: "right", "wrong", "silent", "fails" (its own client) or "no start".
observe() {
	local family is_up verdict

	start_daemon "$1" && is_up=yes || is_up=no
	audit_port udp
	for family in "${families[@]}"; do
		verdict='no start'
		[ "$is_up" = no ] || ask_family "$1" "$family"
		seen["$1 $family"]=$verdict
	done
	mv audit audit.before
	audit_port udp
	for family in "${families[@]}"; do
		audit_agrees "$1" "$family"
	done
	[ "$1 $is_up" != 'with_library yes' ] || look_for_bare_workers
	stop_daemon
}

# ask_family bare|with_library V4|V6: sets the verdict. The daemon's own client must agree: it must
# accept the answer if all are right, and must not if some are wrong.
ask_family() {
	local -n asked_at=$2
	local address accepted=yes

	verdict=right
	: >answers
	case $question/$one_peer in
	none/*) ;;
	*/yes) ask_by_one_peer "$1" "${asked_at[@]}" ;;
	*)
		ask_daemon "${asking[@]}" "$port" "${asked_at[@]}"
		verdict=$(judge_answers)
		echo "$1, $2: $(sort answers | uniq -c | xargs)"
		;;
	esac
	declare -F client >/dev/null || return 0
	for address in "$(address_of "$2")" "${asked_at[@]}"; do
		client_accepts "$@" "$address" && continue
		accepted=no
		break
	done
	if [ "$question" = none ]; then
		[ "$accepted" = yes ] || verdict=fails
	elif [ "$verdict" = right ]; then
		[ "$accepted" = yes ] || fail "its own client fails at $address"
	elif [ "$accepted $client_looks" = 'yes yes' ]; then
		fail "its own client accepts the answer, but the answers by $2 are: $verdict"
	fi
}

# client_accepts bare|with_library V4|V6 ADDRESS: tries twice, because some clients time out on a busy
# machine.
client_accepts() {
	for _ in 1 2; do
		[ "$one_peer" = no ] || start_daemon "$1" || fail "the daemon is not ready"
		client "$3" >client.out 2>&1 3>&- && return
	done
	return 1
}

ask_by_one_peer() {
	local address

	for address in "${@:2}"; do
		start_daemon "$1" || fail "the daemon is not ready"
		ask_daemon -r 72 "$port" "$address"
		verdict=$(judge_answers)
		[ "$verdict" = right ] || break
	done
}

# judge_answers: prints the worst kind of answer.
judge_answers() {
	local kind

	for kind in error refused wrong mangled silent right; do
		grep -q "^$kind" answers && break
	done
	echo "$kind"
}

# ---- What audit says ----------------------------------------------------------------------------

# audit_port PROTO: has bindrightctl audit the port, and writes its lines about this host to the file
# audit. Their first four fields are PROTO, PORT, TAKES and the beginning of BY.
audit_port() {
	"${server_host[@]}" "$ctl" audit "$1/$port" >audit.out 2>audit.err || [ $? -eq 1 ] ||
		grep -qE 'there is no socket|without libmnl' audit.err ||
		fail "audit: $(cat audit.err)"
	sed '/^in the network namespace/,$d' audit.out | grep -E "^$1 +$port " >audit || true
}

# audit_agrees bare|with_library V4|V6: audit says WRONG if the result is wrong, and only then. What it
# says after the questions counts, because some daemons enable PKTINFO only then; but some have no
# such socket any more.
audit_agrees() {
	local result=${seen["$1 $2"]} takes wrong=' WRONG: ' said=right

	if grep -q 'without libmnl' audit.err || [ "$result" = 'no start' ]; then
		return 0
	fi
	takes="^[^:]* (IP${2/V/v}|IPv4\\+IPv6) "
	# Of a dual-stack socket audit names an IPv4 address if one is wrong.
	[ "$2" = V6 ] || wrong+='asked at [0-9.]+, '
	! (grep -E "$takes" audit || grep -E "$takes" audit.before) | grep -qE "$wrong" || said=wrong
	[ "$said" != "${result/fails/wrong}" ] || said=agrees
	audit_said[$2]+=" $said"
	[ "$said" = agrees ] || is_audit_exception "$2" ||
		fail "audit says $said, but $1 the answers by $2 are: $result; $(cat audit audit.before)"
}

# exceptions_are_needed: each family that is an exception disagreed, bare or with the library.
exceptions_are_needed() {
	local family

	for family in "${!audit_said[@]}"; do
		[[ ${audit_said[$family]} =~ right|wrong ]] || ! is_audit_exception "$family" ||
			fail "audit agrees by $family: the exception is no longer needed"
	done
}

is_audit_exception() {
	grep -qxF -e "$BATS_TEST_DESCRIPTION: $1" <(sed 's/[[:space:]]*#.*//' "$daemons_dir/audit-exceptions")
}

# ---- On the wire --------------------------------------------------------------------------------

# equals_switch SWITCH V4 V6: checks that its answers on the wire are the same with the library as
# bare with SWITCH, an option that start() adds to the daemon's configuration or puts in place of the
# wildcard addresses.
equals_switch() {
	local switch

	need tcpdump
	families=("${@:2}")
	switch=$1
	list_answers bare switched
	switch=
	list_answers with_library cured
	[ -s switched ] || fail "no answers on the wire with the switch"
	same_text switched cured
}

# list_answers bare|with_library FILE: asks, and writes the source, destination and length of the
# answers to FILE, and how often each occurs.
list_answers() {
	local family asked=0 tcpdump_pid

	start_daemon "$1" || fail "the daemon is not ready"
	"${client_host[@]}" "${dying_with_us[@]}" tcpdump -i wire1 -U -Z root -w wire \
		"udp and src port $port" 2>tcpdump.err 3>&- &
	tcpdump_pid=$!
	wait_until grep -q 'listening on' tcpdump.err
	for family in "${families[@]}"; do
		local -n asked_at=$family
		ask_daemon "${asking[@]}" "$port" "${asked_at[@]}"
		asked=$((asked + $(wc -l <answers)))
	done
	wait_until wire_has "$asked" ||
		fail "$asked questions, and $(read_wire | wc -l) answers on the wire"
	kill "$tcpdump_pid"
	wait "$tcpdump_pid" || true
	read_wire | sort | uniq -c >"$2"
}

read_wire() {
	tcpdump -nn -q -t -r wire 2>/dev/null | sed -E 's/\.[0-9]+:/:/'
}

wire_has() {
	[ "$(read_wire | wc -l)" -ge "$1" ]
}

# ---- The table ----------------------------------------------------------------------------------

# list_calls: prints the calls by which the daemon, bare, receives from its port and sends from UDP
# sockets.
list_calls() {
	local any_socket='<UDP' own_socket="<UDP(v6)?:\\[(\\[[^]]*\\]|[0-9.]+):$port(\\]|->)"
	local call socket list=

	for call in $udp_calls; do
		case $call in
		send* | write) socket=$any_socket ;;
		*) socket=$own_socket ;;
		esac
		grep -qE "^[0-9 ]*$call\\([0-9]+$socket" calls && list+=", $call"
	done
	echo "${list#, }"
}

# write_row: writes the daemon's row of the table.
write_row() {
	note_row replies "$BATS_TEST_DESCRIPTION" "$(version)" "${calls:--}" \
		"${seen["bare V4"]--}" "${seen["bare V6"]--}" \
		"${seen["with_library V4"]--}" "${seen["with_library V6"]--}" \
		"$v6only" "$remark${bare_workers:+${remark:+; }$bare_workers}"
}

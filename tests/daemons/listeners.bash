# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of real daemons' listeners: each daemon starts bare and under each keyword of
# BINDRIGHT_V6ONLY, in a new lab each time, and the client host connects by IPv4 and IPv6. The results
# go into a second table.
#
# How to add a daemon: load this too in its file for the first table (unbound.bats), or copy
# listen_nginx.bats (a process that opens both), listen_python.bats (a process for each) or
# listen_apache2.bats (one that opens one for both), and define in it
#
#	packages, unpacked	as in daemons.bash
#	start ADDRESS...	writes its configuration into the current directory and launches it by
#				launch_server, in the foreground, on PORT at these addresses in this
#				order; without addresses, in its usual configuration for both families
#	listen_at ADDRESS	instead of start: launches one process by launch_one
#	client ADDRESS		true if the service answers there; by default a TCP connection is enough,
#				and by UDP any answer to the question, because the reply fault makes its
#				own clients fail bare
#
# and a test that calls one of these; the test's name becomes the table's first column:
#
#	is_pair_cured		configured to open 0.0.0.0 and ::, it fails bare in at least one order, and
#				under force in none
#	gets_both		by default it opens :: and then 0.0.0.0; bare, the first one serves both
#				families, and under all keywords but off it gets the second one too
#	keeps_ipv4 KEYWORD...	it opens one dual-stack listener for both: these keywords keep its IPv4, and
#				the others that make it IPv6 only lose it. It must accept or receive: if
#				default loses IPv4, it never sets the option, and with no keyword chosen
#				the log must warn
#	serves_ipv6_only	configured to open ::, it also serves IPv4, but not under force and default
#	is_unchanged ADDRESS...	no keyword changes anything
#	is_unchanged_but_dual ADDRESS...
#				the same for a daemon that sets the option itself, except dual: that clears
#				it intentionally and logs so; IPv4 then works, unless it already did
#	is_not_reached		no keyword changes anything, and the wrapper says why
#	worker_is_not_reached ADDRESS...
#				no keyword changes anything, because a process that the daemon starts runs
#				without the library

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

readonly keywords=(force default auto dual off)

# ---- What a daemon's file may set ---------------------------------------------------------------

# tcp or udp.
protocol=tcp
# The number of listeners of a daemon that is ready.
listeners=1
# Whether each address has a process of its own, which does not know of the other.
apart=no

# ---- The daemon's life --------------------------------------------------------------------------

# start ADDRESS...: starts a process for each address, one after the other.
start() {
	local address

	apart=yes
	for address; do
		listen_at "$address"
		wait_until listens_at_or_over "$address" || fail "it neither listens on $address nor ends"
	done
}

# launch_one COMMAND...: calls launch_server for the first process, and launches the others likewise.
launch_one() {
	if [ -z "$server_pid" ]; then
		launch_server "$@"
		last_pid=$server_pid
		return
	fi
	"${server_host[@]}" "${dying_with_us[@]}" env ${preload:+LD_PRELOAD="$preload"} "$@" \
		</dev/null >>server.out 2>>server.err 3>&- {server_in}>&- &
	last_pid=$!
}

# listens_at_or_over ADDRESS: the process launched last listens there or has ended.
listens_at_or_over() {
	local names=("$1")

	[ "$1" != :: ] || names=('[::]' '*')
	list_listeners | grep -qxF "${names[@]/#/-e}" || ! kill -0 "$last_pid" 2>/dev/null
}

# list_listeners: prints each address once, as ss does: 0.0.0.0, [::] (IPv6 only), * (both).
list_listeners() {
	ss_of_port | awk '{ print $4 }' | sed "s/:$port\$//" | sort -u
}

# describe_listeners: prints the address and IPV6_V6ONLY of each, for comparison.
describe_listeners() {
	ss_of_port -e | awk '{ match($0, /v6only:[01]/); print $4, substr($0, RSTART, RLENGTH) }' | sort
}

ss_of_port() {
	"${server_host[@]}" ss -Hln"${protocol:0:1}" "$@" "sport = :$port"
}

# has_settled: it has all its listeners, or has ended, or nothing has changed for a while, because a
# daemon may go on without a listener that it could not open. start() has waited for processes apart.
has_settled() {
	local now

	if [ "$apart" = yes ] || has_all_or_ended; then
		return 0
	fi
	now=$(list_listeners)
	[ "$now" = "$before" ] || unchanged=0
	before=$now
	[ -z "$now" ] || unchanged=$((unchanged + 1))
	[ "$unchanged" -ge 60 ]
}

# has_all_or_ended: has_settled for daemons that retry for seconds and then end.
has_all_or_ended() {
	[ "$(list_listeners | wc -l)" -ge "$listeners" ] || server_has_ended
}

# ---- Observing ----------------------------------------------------------------------------------

# observe_keywords ADDRESS...: calls observe_listeners for bare and each keyword.
observe_keywords() {
	local keyword

	for keyword in bare "${keywords[@]}"; do
		observe_listeners "$keyword" "$@"
	done
}

# observe_listeners bare|unchosen|KEYWORD [ADDRESS...]: starts it, and sets seen[KEYWORD ADDRESS...]
# to the result, in the terms of listeners-head.md.
observe_listeners() {
	local keyword=$1 before='' unchanged=0

	stop_daemon
	renew_lab
	shift
	: >"$PWD/log.$keyword"
	chmod a+w "$PWD/log.$keyword"
	case $keyword in
	bare) bare start "$@" ;;
	unchosen) BINDRIGHT_LOG=warn:$PWD/log.$keyword with_library start "$@" ;;
	*) BINDRIGHT_V6ONLY=$keyword BINDRIGHT_LOG=warn:$PWD/log.$keyword with_library start "$@" ;;
	esac
	wait_until has_settled || true
	seen["$keyword $*"]=$(judge_listeners)
	tables["$keyword $*"]=$(describe_listeners)
	audit_takes "${seen["$keyword $*"]}"
	echo "$keyword, ${*:-both}: ${seen["$keyword $*"]} ($(list_listeners | xargs))"
	[ "$keyword" != force ] || look_for_bare_workers
	# The kernel completes connections before the daemon accepts them.
	[ "$keyword/$listeners" != unchosen/1 ] || wait_until warned_of_loss || true
	stop_daemon
}

# audit_takes RESULT: TAKES of bindrightctl audit says what the client found.
audit_takes() {
	local takes

	audit_port "$protocol"
	! grep -q 'without libmnl' audit.err || return 0
	takes=$(awk '{ print $3 }' audit | sort -u | xargs)
	case $takes in
	'') takes=nothing ;;
	IPv4+IPv6) takes=dual ;;
	*\ *) takes=both ;;
	esac
	[ "$takes" = "$1" ] || fail "audit says $takes, but the client found $1: $(cat audit audit.err)"
}

judge_listeners() {
	local reached=

	! is_reached_by V4 || reached=IPv4
	! is_reached_by V6 || reached+=${reached:+ and }IPv6
	case $reached in
	'') echo nothing ;;
	*and*) list_listeners | grep -qxF 0.0.0.0 && echo both || echo dual ;;
	*) echo "$reached" ;;
	esac
}

# is_reached_by V4|V6: tries two addresses, so a listener on one of them is no success.
is_reached_by() {
	local -n reached_at=$1
	local address

	for address in "${reached_at[@]:0:2}"; do
		if [ "$protocol" = udp ]; then
			ask_daemon -t 5000 "$port" "$address" && every_line_matches '^(right|wrong)'
		elif declare -F client >/dev/null; then
			client "$address" >client.out 2>&1 3>&-
		else
			ask_client -T "$port" "$address" && every_line_is connected
		fi >/dev/null || return
	done
}

# warned KEYWORD: under this keyword the log warns that the port takes no IPv4.
warned() {
	grep -q "port $port takes no IPv4 through this socket; to keep IPv4, use the keyword auto, default" "log.$1"
}

# warned_of_loss: with no keyword chosen, the log warns that no socket takes IPv4.
warned_of_loss() {
	grep -q "no socket takes IPv4 on port $port; to keep IPv4, use the keyword auto, dual or off" log.unchosen
}

# ---- Verdicts -----------------------------------------------------------------------------------

open_listeners() {
	unset seen tables
	declare -gA seen tables
}

# expect KEYWORD REGEX [ADDRESS...]
expect() {
	local keyword=$1 expected=$2

	shift 2
	[[ ${seen["$keyword $*"]} =~ ^($expected)$ ]] ||
		fail "$keyword, ${*:-both}: ${seen["$keyword $*"]}, expected $expected"
}

is_pair_cured() {
	listeners=2
	open_listeners
	judge_order 0.0.0.0 ::
	judge_order :: 0.0.0.0
	[ "${seen['bare 0.0.0.0 ::']} ${seen['bare :: 0.0.0.0']}" != 'both both' ] ||
		fail "no fault to cure: bare it has both in both orders"
	write_listeners_row both 0.0.0.0 ::
	write_listeners_row both :: 0.0.0.0
}

# A program that clears the option itself keeps its fault under default. Of two processes, dual cannot
# help the second, and auto cannot if the first already has ::.
judge_order() {
	local as_bare

	observe_keywords "$@"
	as_bare=${seen["bare $*"]}
	expect force both "$@"
	expect default "both|$as_bare" "$@"
	expect dual "both|$as_bare" "$@"
	case $apart/$1 in
	no/*) expect auto both "$@" && expect dual both "$@" ;;
	yes/::) expect auto "both|$as_bare" "$@" ;;
	yes/*) expect auto both "$@" ;;
	esac
	expect off "$as_bare" "$@"
	# One of two processes may accept, and warn, before the other has started.
	[ "$apart" = no ] || return 0
	observe_listeners unchosen "$@"
	expect unchosen both "$@"
	! warned_of_loss || fail "a warning although IPv4 is not lost: $(cat log.unchosen)"
}

gets_both() {
	local keyword

	listeners=2
	open_listeners
	observe_keywords
	expect bare dual
	for keyword in force default auto dual; do
		expect "$keyword" both
	done
	expect off dual
	logs_nothing "${keywords[@]}"
	write_listeners_row both
}

keeps_ipv4() {
	local keyword expected

	open_listeners
	observe_keywords
	expect bare dual
	for keyword in "${keywords[@]}"; do
		expected=IPv6
		[[ " $* dual off " != *" $keyword "* ]] || expected=dual
		expect "$keyword" "$expected"
	done
	if [[ " $* " == *' default '* ]]; then
		# It clears the option itself, so force warns.
		warned force || fail "no warning under force: $(cat log.force)"
		logs_nothing default auto dual off
	else
		logs_nothing "${keywords[@]}"
		observe_listeners unchosen
		expect unchosen IPv6
		warned_of_loss || fail "no warning although no keyword is chosen"
		[ "$(wc -l <log.unchosen)" -eq 1 ] || fail "expected one line: $(cat log.unchosen)"
	fi
	write_listeners_row dual
}

serves_ipv6_only() {
	local keyword expected

	open_listeners
	observe_keywords ::
	for keyword in bare "${keywords[@]}"; do
		case $keyword in
		force | default) expected=IPv6 ;;
		*) expected=dual ;;
		esac
		expect "$keyword" "$expected" ::
	done
	logs_nothing "${keywords[@]}"
	write_listeners_row IPv6 ::
}

is_unchanged() {
	observe_unchanged "${keywords[*]}" "$@"
	logs_nothing "${keywords[@]}"
	write_listeners_row '.*' "$@"
}

is_unchanged_but_dual() {
	local unsuitable=dual

	observe_unchanged 'force default auto off' "$@"
	logs_nothing force default auto off
	expect dual 'both|dual' "$@"
	grep -q "port $port takes IPv4 through this socket; to prevent that, use any other keyword" log.dual ||
		fail "no warning under dual: $(cat log.dual)"
	write_listeners_row '.*' "$@"
}

# The wrapper cannot know that the worker runs without the library.
worker_is_not_reached() {
	local unsuitable=${keywords[*]}

	observe_unchanged "${keywords[*]}" "$@"
	[ -n "$bare_workers" ] || fail "all of its processes run with the library"
	write_listeners_row '.*' "$@"
}

is_not_reached() {
	local unsuitable=${keywords[*]} keyword

	observe_unchanged "${keywords[*]}"
	for keyword in "${keywords[@]}"; do
		grep -q "the library cannot act" "log.$keyword" ||
			fail "no warning of the wrapper under $keyword: $(cat "log.$keyword")"
	done
	write_listeners_row '.*'
}

# observe_unchanged KEYWORDS ADDRESS...: under each of these keywords the listeners are as bare.
observe_unchanged() {
	local unchanged=$1 keyword

	shift
	[ $# -eq 0 ] || listeners=$#
	open_listeners
	observe_keywords "$@"
	expect bare 'both|dual|IPv6|IPv4' "$@"
	for keyword in $unchanged; do
		expect "$keyword" "${seen["bare $*"]}" "$@"
		[ "${tables["$keyword $*"]}" = "${tables["bare $*"]}" ] ||
			fail "$keyword has ${tables["$keyword $*"]}, bare ${tables["bare $*"]}"
	done
}

# logs_nothing KEYWORD...: under these keywords the library's log is empty.
logs_nothing() {
	local keyword

	for keyword; do
		[ ! -s "log.$keyword" ] || fail "the log is not empty under $keyword: $(cat "log.$keyword")"
	done
}

# ---- The table ----------------------------------------------------------------------------------

# write_listeners_row GOOD ADDRESS...: writes the row. Keywords whose result matches GOOD, a regular
# expression, suit it, except those in unsuitable.
write_listeners_row() {
	local good=$1 keyword order suits=

	shift
	order=$*
	for keyword in "${keywords[@]}"; do
		[[ " ${unsuitable-} " != *" $keyword "* ]] || continue
		[[ ! ${seen["$keyword $*"]} =~ ^($good)$ ]] || suits+="${suits:+, }$keyword"
	done
	note_row listeners "$BATS_TEST_DESCRIPTION${order:+, ${order/ / then }}" "$(version)" \
		"${seen["bare $*"]}" "${seen["force $*"]}" "${seen["default $*"]}" \
		"${seen["auto $*"]}" "${seen["dual $*"]}" \
		"${suits:-none}${bare_workers:+; $bare_workers}"
}

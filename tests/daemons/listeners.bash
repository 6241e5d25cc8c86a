# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of real daemons' listeners: each daemon is started bare and under each word of
# BINDRIGHT_V6ONLY, in a new lab each time, and is reached from the client host by IPv4 and by IPv6.
# What was seen goes into a second table.
#
# How to add a daemon: load this, too, in its file for the first table (unbound.bats), or copy
# listen_nginx.bats (a process that opens both), listen_python.bats (a process for each) or
# listen_apache2.bats (one that opens one for both), and say in it
#
#	packages, unpacked	as in daemons.bash
#	start ADDRESS...	writes its configuration into the current directory and launches it by
#				launch_server, in the foreground, on PORT at these addresses in this
#				order, or at what it takes for both, if there are none
#	listen_at ADDRESS	instead of start: launches one process by launch_one
#	client ADDRESS		is true if the service answers there; without it a TCP connection is
#				enough. By UDP any answer to the question is, for its own clients are not
#				content bare, because of the replies
#
# and a test of one of these words; its name becomes the table's first column:
#
#	is_pair_cured		told to open 0.0.0.0 and ::, it fails bare in one order at least, and does
#				not under force in any
#	gets_both		of its own accord it opens :: and then 0.0.0.0; bare the first one serves both
#				for it, and under all words but off it gets the second one, too
#	keeps_ipv4 WORD...	it opens one dual-stack listener for both: its IPv4 is kept by these words
#				and lost by the others that make it IPv6 only. It has to accept or receive:
#				where default takes IPv4, too, it never touched the option, and where no
#				word is chosen the log warns of that
#	serves_ipv6_only	told to open ::, it serves IPv4 unseen, and does not under force and default
#	is_unchanged ADDRESS...	no word changes anything
#	is_unchanged_but_dual ADDRESS...
#				the same for one that sets the option itself, but for dual: that clears it all
#				the same, by intention, and says so; IPv4 comes in, or does already
#	is_not_reached		no word changes anything, and the wrapper says why
#	worker_is_not_reached ADDRESS...
#				the same where a process that it starts runs without the library

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

readonly words=(force default auto dual off)

# ---- What a daemon's file may say ---------------------------------------------------------------

# tcp or udp.
protocol=tcp
# How many listeners it has when it is ready.
listeners=1
# Whether a process for each address opens it, which can know nothing of the other one.
apart=no

# ---- The daemon's life --------------------------------------------------------------------------

# start ADDRESS...: a process for each, one after the other.
start() {
	local address

	apart=yes
	for address; do
		listen_at "$address"
		wait_until listens_at_or_over "$address" || fail "it neither listens on $address nor ends"
	done
}

# launch_one COMMAND...: launch_server for the first process, and the same beside it for the others.
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

# listens_at_or_over ADDRESS: the last one launched.
listens_at_or_over() {
	local names=("$1")

	[ "$1" != :: ] || names=('[::]' '*')
	list_listeners | grep -qxF "${names[@]/#/-e}" || ! kill -0 "$last_pid" 2>/dev/null
}

# list_listeners: the addresses as ss has them, each once: 0.0.0.0, [::] (IPv6 only), * (both).
list_listeners() {
	ss_of_port | awk '{ print $4 }' | sed "s/:$port\$//" | sort -u
}

# describe_listeners: all that matters of them, to be compared.
describe_listeners() {
	ss_of_port -e | awk '{ match($0, /v6only:[01]/); print $4, substr($0, RSTART, RLENGTH) }' | sort
}

ss_of_port() {
	"${server_host[@]}" ss -Hln"${protocol:0:1}" "$@" "sport = :$port"
}

# has_settled: it has all its listeners, or has ended, or nothing has changed for a while: a daemon
# may go on without the listener that it did not get. Processes apart were waited for one by one.
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

# has_all_or_ended: has_settled for those that go on trying for seconds, and end then.
has_all_or_ended() {
	[ "$(list_listeners | wc -l)" -ge "$listeners" ] || server_has_ended
}

# ---- What is seen -------------------------------------------------------------------------------

# observe_words ADDRESS...: fills seen[WORD ADDRESS...] and so on for bare and each word.
observe_words() {
	local word

	for word in bare "${words[@]}"; do
		observe_listeners "$word" "$@"
	done
}

# observe_listeners bare|unchosen|WORD [ADDRESS...]: starts it, and says what came of it, in
# the words that listeners-head.md explains.
observe_listeners() {
	local word=$1 before='' unchanged=0

	stop_daemon
	renew_lab
	shift
	: >"$PWD/log.$word"
	chmod a+w "$PWD/log.$word"
	case $word in
	bare) bare start "$@" ;;
	unchosen) BINDRIGHT_LOG=warn:$PWD/log.$word with_library start "$@" ;;
	*) BINDRIGHT_V6ONLY=$word BINDRIGHT_LOG=warn:$PWD/log.$word with_library start "$@" ;;
	esac
	wait_until has_settled || true
	seen["$word $*"]=$(judge_listeners)
	tables["$word $*"]=$(describe_listeners)
	echo "$word, ${*:-both}: ${seen["$word $*"]} ($(list_listeners | xargs))"
	[ "$word" != force ] || look_for_bare_workers
	# It may be connected to before it has accepted.
	[ "$word/$listeners" != unchosen/1 ] || wait_until warned_of_loss || true
	stop_daemon
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

# is_reached_by V4|V6: at two of its addresses, so that a listener on one alone is no success.
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

# warned WORD: the library's log under this word has the warning that the port takes no IPv4.
warned() {
	grep -q "port $port takes no IPv4 through this socket; to keep IPv4, use the keyword auto, default" "log.$1"
}

# warned_of_loss: where no word was chosen, it warns that nobody takes IPv4.
warned_of_loss() {
	grep -q "no socket takes IPv4 on port $port; to keep IPv4, use the keyword auto, dual or off" log.unchosen
}

# ---- Verdicts -----------------------------------------------------------------------------------

open_listeners() {
	unset seen tables
	declare -gA seen tables
}

# expect WORD REGEX [ADDRESS...]
expect() {
	local word=$1 expected=$2

	shift 2
	[[ ${seen["$word $*"]} =~ ^($expected)$ ]] ||
		fail "$word, ${*:-both}: ${seen["$word $*"]}, and not $expected"
}

is_pair_cured() {
	listeners=2
	open_listeners
	judge_order 0.0.0.0 ::
	judge_order :: 0.0.0.0
	[ "${seen['bare 0.0.0.0 ::']} ${seen['bare :: 0.0.0.0']}" != 'both both' ] ||
		fail "bare it has both in both orders: no fault to cure"
	write_listeners_row both 0.0.0.0 ::
	write_listeners_row both :: 0.0.0.0
}

# A program that has cleared the option itself keeps its fault under default. Of processes apart
# dual cannot help the one that comes second, and auto cannot where the first has :: already.
judge_order() {
	local as_bare

	observe_words "$@"
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
	# Of processes apart one may accept before the other is there.
	[ "$apart" = no ] || return 0
	observe_listeners unchosen "$@"
	expect unchosen both "$@"
	! warned_of_loss || fail "warned of IPv4 that is not lost: $(cat log.unchosen)"
}

gets_both() {
	local word

	listeners=2
	open_listeners
	observe_words
	expect bare dual
	for word in force default auto dual; do
		expect "$word" both
	done
	expect off dual
	says_nothing "${words[@]}"
	write_listeners_row both
}

keeps_ipv4() {
	local word expected

	open_listeners
	observe_words
	expect bare dual
	for word in "${words[@]}"; do
		expected=IPv6
		[[ " $* dual off " != *" $word "* ]] || expected=dual
		expect "$word" "$expected"
	done
	if [[ " $* " == *' default '* ]]; then
		# It has cleared the option itself, and so is warned of.
		warned force || fail "no warning under force: $(cat log.force)"
		says_nothing default auto dual off
	else
		says_nothing "${words[@]}"
		observe_listeners unchosen
		expect unchosen IPv6
		warned_of_loss || fail "no warning where no word is chosen"
		[ "$(wc -l <log.unchosen)" -eq 1 ] || fail "not one line: $(cat log.unchosen)"
	fi
	write_listeners_row dual
}

serves_ipv6_only() {
	local word expected

	open_listeners
	observe_words ::
	for word in bare "${words[@]}"; do
		case $word in
		force | default) expected=IPv6 ;;
		*) expected=dual ;;
		esac
		expect "$word" "$expected" ::
	done
	says_nothing "${words[@]}"
	write_listeners_row IPv6 ::
}

is_unchanged() {
	observe_unchanged "${words[*]}" "$@"
	says_nothing "${words[@]}"
	write_listeners_row '.*' "$@"
}

is_unchanged_but_dual() {
	local unsuitable=dual

	observe_unchanged 'force default auto off' "$@"
	says_nothing force default auto off
	expect dual 'both|dual' "$@"
	grep -q "port $port takes IPv4 through this socket; to prevent that, use any other keyword" log.dual ||
		fail "no warning under dual: $(cat log.dual)"
	write_listeners_row '.*' "$@"
}

# Its worker runs without the library, of which the wrapper cannot know.
worker_is_not_reached() {
	local unsuitable=${words[*]}

	observe_unchanged "${words[*]}" "$@"
	[ -n "$bare_workers" ] || fail "all of its processes run with the library"
	write_listeners_row '.*' "$@"
}

is_not_reached() {
	local unsuitable=${words[*]} word

	observe_unchanged "${words[*]}"
	for word in "${words[@]}"; do
		grep -q "the library cannot act" "log.$word" ||
			fail "the wrapper says nothing of it under $word: $(cat "log.$word")"
	done
	write_listeners_row '.*'
}

# observe_unchanged WORDS ADDRESS...: under each of these words all is as bare.
observe_unchanged() {
	local unchanged=$1 word

	shift
	[ $# -eq 0 ] || listeners=$#
	open_listeners
	observe_words "$@"
	expect bare 'both|dual|IPv6|IPv4' "$@"
	for word in $unchanged; do
		expect "$word" "${seen["bare $*"]}" "$@"
		[ "${tables["$word $*"]}" = "${tables["bare $*"]}" ] ||
			fail "$word has ${tables["$word $*"]}, bare ${tables["bare $*"]}"
	done
}

# says_nothing WORD...: under these words the library's log is empty.
says_nothing() {
	local word

	for word; do
		[ ! -s "log.$word" ] || fail "something is said under $word: $(cat "log.$word")"
	done
}

# ---- The table ----------------------------------------------------------------------------------

# write_listeners_row GOOD ADDRESS...: words under which it is GOOD (a regular expression) suit it,
# but for the unsuitable ones.
write_listeners_row() {
	local good=$1 word order suits=

	shift
	order=$*
	for word in "${words[@]}"; do
		[[ " ${unsuitable-} " != *" $word "* ]] || continue
		[[ ! ${seen["$word $*"]} =~ ^($good)$ ]] || suits+="${suits:+, }$word"
	done
	note_row listeners "$BATS_TEST_DESCRIPTION${order:+, ${order/ / then }}" "$(version)" \
		"${seen["bare $*"]}" "${seen["force $*"]}" "${seen["default $*"]}" \
		"${seen["auto $*"]}" "${seen["dual $*"]}" \
		"${suits:-none}${bare_workers:+; $bare_workers}"
}

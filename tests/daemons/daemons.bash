# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of real daemons, over the laboratory of the live tests: each daemon runs
# unmodified, as Debian ships it, first bare and then with the library, and is asked hundreds of
# times at six addresses. What was seen goes into a table.
#
# How to add a daemon: copy unbound.bats (an echo server: echo_python.bats), and say in it
#
#	packages	the Debian packages that it needs; the first one's version goes into the table
#	unpacked	the same for packages that conflict with others here: these are not installed,
#			but unpacked in a directory that the PATH of the test begins with
#	question	one request of its protocol, as a format of printf; an echo server needs none
#	start()		writes its configuration into the current directory and launches it by
#			launch_server, in the foreground, on PORT at 0.0.0.0 and ::
#	client ADDRESS	asks it once by its own client and is true if that is content
#
# and a test of a few words; its name becomes the table's first column:
#
#	is_cured V4 V6		bare it answers from wrong addresses, with the library from right ones
#	stays_right V4 V6	it is right by itself, and as right with the library
#	is_not_cured V4 V6	no library can help; the remark says what does. It is started by the
#				wrapper (by_wrapper before the command), whose words are noted, too
#
# What differs from the usual is said by variables, explained where they get their defaults, or by a
# word of its own in the daemon's file, such as is_ready() where a first question would do harm.

# Some of these daemons take their time to start, the more so under strace.
LIMIT_S=${LIMIT_S:-20}

# A daemon may end as it likes when it is stopped, but not by a crash (134, 139, ...).
good_ends='[0-9]{1,2}|1[01][0-9]|12[0-8]|129|130|137|143'

daemons_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/lab.bash
. "$daemons_dir/../live/lab.bash"
results=$abs_top_builddir/tests/daemons
readonly udp_calls='recvfrom recvmsg recvmmsg read connect sendto sendmsg sendmmsg write'
# shellcheck disable=SC2034 # inetd.conf lines use it.
wrapper=$abs_top_builddir/scripts/bindright

# ---- What a daemon's file may say ---------------------------------------------------------------

packages=
unpacked=
question=
# Where it listens.
port=$PORT
# The word of BINDRIGHT_V6ONLY that suits it: off, where its only socket is a dual-stack one.
v6only=force
# Whether its own client minds where an answer comes from.
client_looks=yes
# The families, if any, by which it is right by itself although is_cured is said of it.
already_right=
# What else the table should say of it.
remark=
# How the daemon is asked: 36 clients at once, a port each, six times over, each time at another
# address. That is 216 questions for IPv4, and as many for IPv6.
asking=(-n 36 -r 6 -R)
# Whether it talks to one peer in its life. Then it is started anew for each address, and asked there
# by one client.
one_peer=no

# ---- The test's own frame -----------------------------------------------------------------------

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	preload=
	server_pid=
	prefix=()
	server_holder='' client_holder=''
	PATH=$PATH:/usr/sbin:/sbin
	[ "$(id -u)" -eq 0 ] || skip "only root can start daemons as they are meant to be"
	need strace
	need_packages
	open_lab
}

teardown() {
	local status=0

	stop_daemon || status=$?
	close_lab
	return "$status"
}

need_packages() {
	local package

	command -v dpkg-query >/dev/null || skip "this is no Debian"
	for package in $packages; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			skip "the package $package is not installed"
	done
	for package in $unpacked; do
		[ -d "$results/unpacked/$package" ] || skip "the package $package is not unpacked"
		PATH=$results/unpacked/$package/usr/sbin:$results/unpacked/$package/usr/bin:$PATH
	done
}

need_tunnel() {
	[ -w /dev/net/tun ] || skip "no tunnel device here"
}

version() {
	if [ -n "$unpacked" ]; then
		sed -n 's/^Version: //p' "$results/unpacked/${unpacked%% *}/DEBIAN/control"
	else
		dpkg-query -W -f '${Version}' "${packages%% *}"
	fi
}

# ---- The daemon's life --------------------------------------------------------------------------

# start_daemon bare|with_library: starts it by the words of its file, and returns when it is ready;
# false where it does not become so. What it does bare with its UDP sockets is in the file "calls".
start_daemon() {
	local prefix=()

	stop_daemon
	if [ "$1" = bare ]; then
		prefix=(strace -f -D -qq -yy -s 0 --seccomp-bpf -e signal=none
			-e "trace=${udp_calls// /,}"
			-o "$PWD/calls")
	fi
	BINDRIGHT_V6ONLY=$v6only "$1" start
	wait_until is_ready_or_over || return 1
	! server_has_ended
}

is_ready_or_over() {
	server_has_ended || is_ready
}

# is_ready: it answers, from wherever, by each family that it is going to be asked by.
is_ready() {
	local addresses=() family

	for family in "${families[@]}"; do
		addresses+=("$(address_of "$family")")
	done
	ask_daemon -t 500 "$port" "${addresses[@]}"
	every_line_matches '^(right|wrong|mangled)' >/dev/null
}

# is_bound: is_ready for those that must not be asked before their time.
is_bound() {
	[ -n "$("${server_host[@]}" ss -Huan "sport = :$port")" ]
}

# stop_daemon: and all that it has started.
stop_daemon() {
	if [ -n "$server_pid" ]; then
		kill "$server_pid" 2>/dev/null || true
		wait_until server_has_ended || kill -KILL "$server_pid"
		stop_server || return
	fi
	wait_until server_host_is_empty || fail "processes are left: $(list_server_host)"
}

server_has_ended() {
	! kill -0 "$server_pid" 2>/dev/null
}

# Everything on the server host is ours, and ends; strace ends last, when it has written all down.
server_host_is_empty() {
	local pid

	for pid in $(list_server_host); do
		[ "$(cat "/proc/$pid/comm")" = strace ] || kill -KILL "$pid"
	done
	[ -z "$(list_server_host)" ]
}

# list_server_host: the processes there, but for the one that holds the namespace.
list_server_host() {
	local namespace

	[ -n "$server_holder" ] || return 0
	namespace=$(readlink "/proc/$server_holder/ns/net") || return 0
	find /proc/[0-9]*/ns/net -maxdepth 0 -lname "net:\\[${namespace//[!0-9]/}\\]" 2>/dev/null |
		cut -d / -f 3 | grep -vx "$server_holder"
}

# ---- Asking -------------------------------------------------------------------------------------

# ask_daemon ARGUMENT...: ask_client, with the daemon's question if it has one.
ask_daemon() {
	ask_client ${question:+-x "$(in_hex "$question")"} "$@"
}

# in_hex FORMAT: what printf makes of it, in hexadecimal digits.
in_hex() {
	# shellcheck disable=SC2059 # It is a format that is wanted.
	printf "$1" | od -An -v -tx1 | tr -d ' \n'
}

# address_of V4|V6: one that the kernel would not choose by itself.
address_of() {
	local -n all=$1

	echo "${all[1]}"
}

# open_directory: lets daemons that change into another user reach the current directory.
open_directory() {
	chmod a+rx "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
}

# make_keys: key.pem, and cert.pem that it has signed itself.
make_keys() {
	[ -f key.pem ] ||
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
			-subj /CN=demo -keyout key.pem -out cert.pem 2>/dev/null
}

# by_wrapper: what stands before a command that the wrapper is to start, where it is not to be bare.
by_wrapper() {
	[ -z "$preload" ] || echo "$wrapper"
}

# from_client COMMAND...: runs it on the client host, where it has as long as any other step.
from_client() {
	"${client_host[@]}" timeout "$LIMIT_S" "$@" 3>&-
}

# observe bare|with_library: runs the daemon and fills seen["bare V4"] and so on with what came of
# asking it by these families: "right", "wrong", "silent", "fails" (its client) or "no start".
observe() {
	local family is_up verdict

	start_daemon "$1" && is_up=yes || is_up=no
	for family in "${families[@]}"; do
		verdict='no start'
		[ "$is_up" = no ] || ask_family "$1" "$family"
		seen["$1 $family"]=$verdict
	done
	stop_daemon
}

# ask_family bare|with_library V4|V6: sets the verdict. The own client's word counts as well: it
# must be content where all is right, and must not be where something is wrong.
ask_family() {
	local -n asked_at=$2
	local address content=yes

	verdict=right
	case $question/$one_peer in
	none/*) ;;
	*/yes) ask_by_one_peer "$1" "${asked_at[@]}" ;;
	*)
		ask_daemon "${asking[@]}" "$port" "${asked_at[@]}"
		verdict=$(judge_answers)
		;;
	esac
	declare -F client >/dev/null || return 0
	for address in "$(address_of "$2")" "${asked_at[@]}"; do
		[ "$one_peer" = no ] || start_daemon "$1" || fail "the daemon is not ready"
		client "$address" >client.out 2>&1 3>&- || content=no
		[ "$content" = yes ] || break
	done
	if [ "$question" = none ]; then
		[ "$content" = yes ] || verdict=fails
	elif [ "$verdict" = right ]; then
		[ "$content" = yes ] || fail "its client is not content at $address"
	elif [ "$content $client_looks" = 'yes yes' ]; then
		fail "its client is content, but asked at $2 it answers: $verdict"
	fi
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

# judge_answers: in one word, the worst.
judge_answers() {
	local word

	for word in error refused silent mangled wrong right; do
		grep -q "^$word" answers && break
	done
	echo "$word"
}

# ---- Verdicts, and the table --------------------------------------------------------------------

is_cured() {
	open_case "$@"
	judge_all bare '^(wrong|silent|fails|no start)$'
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
	[ -n "$remark" ] || fail "no remark says what to do instead"
	open_case "$@"
	remark+="; the wrapper says: $(grep -m 1 '^bindright: ' server.err || echo nothing)"
	judge_all bare '^(wrong|silent|fails)$'
	judge_all with_library '^(wrong|silent|fails)$'
	write_row
}

# judge_all bare|with_library REGEX: what was seen by each family matches that; bare, what is right
# by itself must be right.
judge_all() {
	local family expected

	for family in "${families[@]}"; do
		expected=$2
		[[ "$1 $already_right " != bare*" $family "* ]] || expected='^right$'
		[[ ${seen["$1 $family"]} =~ $expected ]] || fail "$family $1: ${seen["$1 $family"]}"
	done
}

# equals_switch SWITCH V4 V6: with the library and without SWITCH, which start() puts into the
# daemon's configuration, its answers on the wire are the same as bare with it.
equals_switch() {
	local switch

	need tcpdump
	families=("${@:2}")
	switch=$1
	list_answers bare >switched
	switch=
	list_answers with_library >cured
	[ -s switched ] || fail "no answers on the wire"
	same_text switched cured; cat cured >&3
}

# list_answers bare|with_library: source, destination and length of what it sends in answer to our
# questions, and how often.
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
	wait_until wire_has "$asked"
	kill "$tcpdump_pid"
	wait "$tcpdump_pid" || true
	read_wire | sort | uniq -c
}

read_wire() {
	tcpdump -nn -q -t -r wire 2>/dev/null | sed -E 's/\.[0-9]+:/:/'
}

wire_has() {
	[ "$(read_wire | wc -l)" -ge "$1" ]
}

# open_case V4|V6...: all that is to be seen is seen.
open_case() {
	families=("$@")
	unset seen
	declare -gA seen
	observe bare
	calls=$(list_calls)
	observe with_library
}

# list_calls: by which the daemon, bare, receives from its port and sends from UDP sockets.
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

# write_row: the daemon's line of the table, in a file of its own until all are there.
write_row() {
	mkdir -p "$results/rows"
	printf '| %s ' "$BATS_TEST_DESCRIPTION" "$(version)" "${calls:--}" \
		"${seen["bare V4"]--}" "${seen["bare V6"]--}" \
		"${seen["with_library V4"]--}" "${seen["with_library V6"]--}" \
		"$v6only" "$remark" >"$results/rows/${BATS_TEST_DESCRIPTION//[!a-zA-Z0-9]/-}"
	echo '|' >>"$results/rows/${BATS_TEST_DESCRIPTION//[!a-zA-Z0-9]/-}"
}

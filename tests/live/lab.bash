# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The laboratory of the live tests: a server host and a client host, each a network namespace,
# joined by one cable. The server host has several addresses, which is all that it takes for the
# reply fault to show.
#
# A test reads: run something bare and see the fault, then with the library and see it cured.
# Nothing here touches the network of the machine. A namespace lives as long as a process in it, and
# each process here dies with the test that started it, whatever becomes of that.
#
# Words for tests: bare, with_library, under_strace, start_server, stop_server, tell_server,
# server_says, ask_client, ask_locally, every_line_is, ...; each explained where it stands.

live_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$live_dir/bats.bash"
: "${abs_top_srcdir:=$(cd "$live_dir/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
servers=$abs_top_builddir/tests/servers
# BINDRIGHT_LIB names another library to test. bats reads this file once more in each test, from the
# environment that the first reading left.
export library=${BINDRIGHT_LIB:-${library:-$abs_top_builddir/shim/.libs/libbindright.so}}

# What the caller's shell wishes of bindright must not reach the tests.
for variable in "${!BINDRIGHT@}" LD_PRELOAD; do
	unset "$variable"
done

# The server host's addresses: several on one network, as with virtual hosts and failover pairs.
# shellcheck disable=SC2034 # The tests use them.
readonly V4=(192.0.2.1 192.0.2.2 192.0.2.3)
readonly V6=(2001:db8::1 2001:db8::2 2001:db8::3)
readonly LINK_LOCAL=(fe80::1 fe80::2)
readonly CLIENT_V4=192.0.2.100 CLIENT_V6=2001:db8::100 CLIENT_LINK_LOCAL=fe80::100
readonly PORT=5300

# A command behind this gets a signal when the test's own process is gone, even by kill -9.
readonly dying_with_us=(setpriv --pdeathsig KILL)

# No step of any test takes longer than this unless something is wrong.
readonly LIMIT_S=${LIMIT_S:-5}

# With which exit statuses a server may end when it is stopped, as a regular expression: by our
# signal, and nothing else.
good_ends=${good_ends:-143}

setup() {
	enter_test_directory || return
	preload=
	server_pid=
	prefix=()
	server_holder='' client_holder=''
	skip_if_file_is
	open_lab
}

teardown() {
	local status=0

	stop_server || status=$?
	close_lab
	return "$status"
}

# ---- The two hosts ------------------------------------------------------------------------------

# open_lab: makes both hosts, or skips the test where the rights for it are missing.
open_lab() {
	local user_flags=()

	server_holder='' client_holder='' server_host=() client_host=()
	if [ "$(id -u)" -ne 0 ] || ! unshare -n true 2>/dev/null; then
		user_flags=(-U --preserve-credentials)
		unshare -rn true 2>/dev/null ||
			skip "neither root nor unprivileged user namespaces: no network namespace"
		hold_namespace server_holder unshare -rn
	else
		hold_namespace server_holder unshare -n
	fi
	server_host=(nsenter -t "$server_holder" "${user_flags[@]}" -n)
	if [ ${#user_flags[@]} -gt 0 ]; then
		# The second host must belong to the same user namespace, or the cable cannot reach it.
		hold_namespace client_holder nsenter -t "$server_holder" \
			"${user_flags[@]}" unshare -n
	else
		hold_namespace client_holder unshare -n
	fi
	client_host=(nsenter -t "$client_holder" "${user_flags[@]}" -n)
	lay_cable
}

# renew_lab: hosts as at the beginning. IPv6 prefers the address that was added last, so taking one
# away and putting it back would change what the kernel chooses.
renew_lab() {
	stop_server
	close_lab
	open_lab
}

close_lab() {
	local pid

	for pid in $server_holder $client_holder; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# hold_namespace VARIABLE COMMAND...: sets VARIABLE to the pid of a process in a namespace of its
# own that COMMAND makes.
hold_namespace() {
	local -n ret_pid=$1
	local before

	shift
	before=$(readlink /proc/self/ns/net)
	"$@" "${dying_with_us[@]}" sleep infinity >/dev/null 3>&- &
	ret_pid=$!
	wait_until namespace_differs "$ret_pid" "$before"
}

namespace_differs() {
	local now

	now=$(readlink "/proc/$1/ns/net") && [ "$now" != "$2" ] &&
		[ "$(cat "/proc/$1/comm")" = sleep ]
}

lay_cable() {
	local address

	"${server_host[@]}" ip link add wire0 type veth peer name wire1 netns "$client_holder" ||
		skip "no veth devices here"
	for address in "${V4[@]}"; do
		server_ip addr add "$address/24" brd 192.0.2.255 dev wire0
	done
	# Without this the kernel would make up a link-local address of its own beside the test's.
	server_ip link set wire0 addrgenmode none
	client_ip link set wire1 addrgenmode none
	for address in "${V6[@]}" "${LINK_LOCAL[@]}"; do
		server_ip addr add "$address/64" dev wire0 nodad ||
			skip "no IPv6 here"
	done
	client_ip addr add "$CLIENT_V4/24" brd 192.0.2.255 dev wire1
	client_ip addr add "$CLIENT_V6/64" dev wire1 nodad
	client_ip addr add "$CLIENT_LINK_LOCAL/64" dev wire1 nodad
	server_ip link set lo up
	client_ip link set lo up
	server_ip link set wire0 up
	client_ip link set wire1 up
	wait_until cable_is_up
}

cable_is_up() {
	[[ $(server_ip -o link show wire0) == *LOWER_UP* ]] &&
		[[ $(client_ip -o link show wire1) == *LOWER_UP* ]]
}

server_ip() {
	"${server_host[@]}" ip "$@"
}

client_ip() {
	"${client_host[@]}" ip "$@"
}

server_sysctl() {
	need sysctl
	"${server_host[@]}" sysctl -qw "$@"
}

client_sysctl() {
	need sysctl
	"${client_host[@]}" sysctl -qw "$@"
}

# ---- Bare, and with the library -----------------------------------------------------------------

# bare COMMAND...: what start_server starts in COMMAND is as its author built it.
bare() {
	local preload=

	"$@"
}

# with_library COMMAND...: the same under bindright. BINDRIGHT_* may stand before it.
with_library() {
	local preload=$library

	[ -f "$library" ] || fail "no library at $library: run make first"
	"$@"
}

# under_strace FILE COMMAND...: strace counts or lists in FILE what the server does. -D keeps the
# server's own pid; LD_PRELOAD is set behind strace, so that strace itself is always bare.
under_strace() {
	local prefix=(strace -f -D -o "$1")

	shift
	"$@"
}

# ---- The server ---------------------------------------------------------------------------------

# start_server NAME ARGUMENT...: runs it on the server host, the one before stopped, and returns
# when it is ready. Its stdout is in the file server.out, its stderr in server.err.
start_server() {
	local name=$1

	shift
	launch_server "$servers/$name" "$@"
	wait_until server_is_ready || fail "$name is not ready"
}

# launch_server COMMAND...: the same for any command, and without waiting for "ready".
launch_server() {
	stop_server
	# Children of the one before have the port too, and end a little later.
	wait_until port_is_free || fail "somebody has port $PORT still"
	rm -f server.in server.out server.err
	mkfifo server.in
	exec {server_in}<>server.in
	: >server.out
	# shellcheck disable=SC2154 # exec sets server_in.
	"${server_host[@]}" "${dying_with_us[@]}" "${prefix[@]}" \
		env ${preload:+LD_PRELOAD="$preload"} "$@" \
		<server.in >>server.out 2>server.err 3>&- {server_in}>&- &
	server_pid=$!
}

port_is_free() {
	[ -z "$("${server_host[@]}" ss -Hlun "sport = :$PORT")" ]
}

# stop_server: a server that ended otherwise than by this signal, as by a crash, fails the test
# (unless good_ends allows it).
stop_server() {
	local status=0

	[ -n "$server_pid" ] || return 0
	kill "$server_pid" 2>/dev/null || true
	wait "$server_pid" 2>/dev/null || status=$?
	server_pid=
	exec {server_in}>&-
	[[ $status =~ ^($good_ends)$ ]] ||
		fail "the server ended with status $status, not by our signal"
}

server_is_ready() {
	kill -0 "$server_pid" 2>/dev/null && grep -qx ready server.out
}

# tell_server LINE: writes a line to its stdin.
tell_server() {
	printf '%s\n' "$1" >&"$server_in"
}

# server_says LINE: waits until its stdout has this line, then is true.
server_says() {
	wait_until grep -qxF -e "$1" server.out || fail "the server does not say: $1"
}

# server_said LINE: its stdout has this line by now; once it is ready it has said all of the start.
server_said() {
	grep -qxF -e "$1" server.out || fail "the server did not say: $1"
}

# ---- The client ---------------------------------------------------------------------------------

# ask_client ARGUMENT...: runs tests/servers/ask on the client host; its lines are in the file
# answers, and its exit status is no failure: the tests judge the lines.
ask_client() {
	"${client_host[@]}" "$servers/ask" "$@" >answers 2>ask.err || [ $? -eq 1 ] ||
		fail "ask $*: $(cat ask.err)"
}

# ask_locally ARGUMENT...: the same on the server host itself.
ask_locally() {
	"${server_host[@]}" "$servers/ask" "$@" >answers 2>ask.err || [ $? -eq 1 ] ||
		fail "ask $*: $(cat ask.err)"
}

# ---- Verdicts -----------------------------------------------------------------------------------

# ask_client_meanwhile ARGUMENT...: the same as ask_client, and the test goes on until it says
# "client_is_done".
ask_client_meanwhile() {
	"${client_host[@]}" "$servers/ask" "$@" >answers 2>ask.err 3>&- {server_in}>&- &
	client_pid=$!
}

client_is_done() {
	wait "$client_pid" || [ $? -eq 1 ] || fail "ask: $(cat ask.err)"
}

# can_connect ADDRESS..., cannot_connect ADDRESS...: TCP from the client host to PORT.
can_connect() {
	ask_client -T "$PORT" "$@"
	every_line_is connected
}

cannot_connect() {
	ask_client -T "$PORT" "$@"
	every_line_is refused
}

# every_line_is TEXT: the client said TEXT of each answer, at least once.
every_line_is() {
	if [ ! -s answers ] || grep -qvxF -e "$1" answers; then
		fail "not all answers are: $1"
	fi
}

# every_line_matches REGEX
every_line_matches() {
	if [ ! -s answers ] || grep -qvE -e "$1" answers; then
		fail "not all answers match: $1"
	fi
}

# some_wrong: the reply fault shows. One address may be right by chance, namely the one that the
# kernel's routing prefers; no answer may be missing.
some_wrong() {
	grep -q '^wrong ' answers || fail "no answer came from a wrong address: no fault to cure"
	every_line_matches '^(wrong|right)'
}

# replies_are_cured V4|V6 NAME ARGUMENT...: the server NAME shows the reply fault at these addresses
# bare, and has it no more with the library. BINDRIGHT_* may stand before it.
replies_are_cured() {
	local -n asked_at=$1

	shift
	bare start_server "$@"
	ask_client "$PORT" "${asked_at[@]}"
	some_wrong

	# Twice, so that both the first datagram of a peer and a later one are seen.
	with_library start_server "$@"
	ask_client -r 2 "$PORT" "${asked_at[@]}"
	every_line_is right
}

# v6only_of t|u: what the kernel says of the IPv6 listener on PORT: 0 or 1.
v6only_of() {
	"${server_host[@]}" ss "-6Hlne$1" "sport = :$PORT" | grep -o 'v6only:[01]' | cut -d : -f 2
}

# keep_text FILE: the texts that came, without the client's verdict on where they came from.
keep_text() {
	sed -E 's/^(right|mangled|wrong [^ ]+) //' answers >"$1"
}

# same_text FILE FILE: shows the difference where there is one.
same_text() {
	diff -u "$1" "$2" || fail "$1 and $2 differ"
}

# fail TEXT: ends the test, and shows what is known.
fail() {
	local file

	echo "$1"
	for file in server.out server.err answers client.out; do
		[ -s "$file" ] || continue
		echo "--- $file:"
		head -n 20 "$file"
	done
	return 1
}

# wait_until COMMAND...: runs it again and again until it succeeds or LIMIT_S is over.
wait_until() {
	local end=$((SECONDS + LIMIT_S + 1))

	until "$@" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}

# need COMMAND: skips the test where the command is not installed.
need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

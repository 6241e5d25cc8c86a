#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For one service what net.ipv6.bindv6only=1 is for the whole host: the same servers, bare under
# that and with the library without it, have the same sockets. What differs on purpose stands in the
# last tests: sockets on port 0, sockets of programs that clear IPV6_V6ONLY themselves (the word
# default leaves these, too), v4-mapped addresses, and sockets that were bound before.

load lab

# table FILE: protocol, address, port and, of sockets on ::, what IPV6_V6ONLY is. An ephemeral port
# is N.
table() {
	"${server_host[@]}" ss -Hlntue |
		sed -E 's/^(tcp|udp) +[A-Z]+ +[0-9]+ +[0-9]+ +([^ ]+) .*(v6only:.).*/\1 \2 \3/
			s/^(tcp|udp) +[A-Z]+ +[0-9]+ +[0-9]+ +([^ ]+) .*/\1 \2/
			s/:(3[2-9]|4.|5.|60)[0-9]{3}( |$)/:N\2/' | sort >"$1"
}

is_there() {
	"${server_host[@]}" ss -Hlntu "sport = :$PORT" | grep -q .
}

bindv6only() {
	server_sysctl "net.ipv6.bindv6only=$1"
}

# tables WORD COMMAND...: "bare", "sysctl" and "library".
tables() {
	local word=$1

	shift
	bindv6only 0
	bare launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	table bare
	bindv6only 1
	bare launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	table sysctl
	bindv6only 0
	BINDRIGHT_V6ONLY=$word with_library launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	table library
	[ -s library ] || fail "no sockets"
}

# same_tables COMMAND...: the sysctl makes a difference, the library the same.
same_tables() {
	tables force "$@"
	! cmp -s bare sysctl || fail "the sysctl does nothing: $*"
	same_text sysctl library
}

@test "small servers of all kinds" {
	local flags

	for flags in -4first -6first "-4first -r" "-6first -r" "-4first -a" "-6first -r -a" "-f 6" \
		"-u -4first" "-u -6first" "-u -6first -r" "-u -f 6" "-6first -b"; do
		# shellcheck disable=SC2086 # Words they are.
		same_tables "$servers/listeners" $flags "$PORT"
	done
	same_tables "$servers/echo_recvfrom" :: "$PORT"
	same_tables "$servers/echo_recvmmsg" :: "$PORT"
}

@test "sockets that neither touches" {
	local flags

	for flags in "-f 4" "-u -f 4" "-l ${V6[1]}" "-l ::1" "-u -l ${V6[1]}"; do
		# shellcheck disable=SC2086
		tables force "$servers/listeners" $flags "$PORT"
		same_text sysctl library
		same_text bare library
	done
}

# same_tables_of_real COMMAND...: of a server that does not say when it is ready.
same_tables_of_real() {
	real_table bare bare "$@"
	bindv6only 1
	real_table sysctl bare "$@"
	bindv6only 0
	real_table library with_library "$@"
	! cmp -s bare sysctl || fail "the sysctl does nothing: $*"
	same_text sysctl library
}

real_table() {
	local file=$1

	shift
	"$1" launch_server "${@:2}"
	wait_until is_there || fail "nothing bound"
	table "$file"
}

@test "socat" {
	need socat
	same_tables_of_real socat "TCP6-LISTEN:$PORT,fork,reuseaddr" /dev/null
}

@test "netcat" {
	need nc
	same_tables_of_real nc -6 -l -k "$PORT"
}

@test "on purpose not the same: port 0" {
	tables force "$servers/listeners" -f 6 0
	grep -q 'v6only:1' sysctl
	same_text bare library
	BINDRIGHT_V6ONLY='force,*/0=force' with_library start_server listeners -f 6 0
	table library
	same_text sysctl library
}

@test "on purpose not the same: a program that clears IPV6_V6ONLY" {
	tables force "$servers/listeners" -f 6 -d "$PORT"
	grep -q 'v6only:0' sysctl
	grep -q 'v6only:1' library
	tables default "$servers/listeners" -f 6 -d "$PORT"
	same_text sysctl library
}

@test "on purpose not the same: a v4-mapped address, which the sysctl makes impossible" {
	tables force "$servers/listeners" -l ::ffff:192.0.2.2 "$PORT"
	[ ! -s sysctl ]
	same_text bare library
}

@test "on purpose not the same: a socket that was bound before, by a program without the library" {
	bindv6only 1
	bare launch_server "$servers/inherit" -t :: "$PORT" "$servers/listeners" -i
	wait_until server_is_ready
	table sysctl
	bindv6only 0
	bare launch_server "$servers/inherit" -t :: "$PORT" env "LD_PRELOAD=$library" "$servers/listeners" -i
	wait_until server_is_ready
	table library
	grep -q 'v6only:1' sysctl
	grep -q 'v6only:0' library
	# With it, they are the same.
	with_library launch_server "$servers/inherit" -t :: "$PORT" "$servers/listeners" -i
	wait_until server_is_ready
	table library
	same_text sysctl library
}

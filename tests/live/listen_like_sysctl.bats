#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The library does for one service what net.ipv6.bindv6only=1 does for the host: the same servers,
# bare under that and with the library without it, have the same sockets. The last tests show the
# intended differences: sockets on port 0, sockets of programs that clear IPV6_V6ONLY themselves
# (the keyword default leaves these too), v4-mapped addresses, and sockets that were bound before.

load lab

# table FILE: writes protocol, address, port and, for sockets on ::, IPV6_V6ONLY. An ephemeral port
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

# tables KEYWORD COMMAND...: writes the tables "bare", "sysctl" and "library".
tables() {
	local keyword=$1

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
	BINDRIGHT_V6ONLY=$keyword with_library launch_server "$@"
	wait_until server_is_ready || fail "not ready"
	table library
	[ -s library ] || fail "no sockets"
}

# same_tables COMMAND...: the sysctl makes a difference, and the library the same one.
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

@test "sockets that neither changes" {
	local flags

	for flags in "-f 4" "-u -f 4" "-l ${V6[1]}" "-l ::1" "-u -l ${V6[1]}"; do
		# shellcheck disable=SC2086
		tables force "$servers/listeners" $flags "$PORT"
		same_text sysctl library
		same_text bare library
	done
}

# same_tables_of_real COMMAND...: for a server that does not print when it is ready.
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

@test "intended difference: port 0" {
	tables force "$servers/listeners" -f 6 0
	grep -q 'v6only:1' sysctl
	same_text bare library
	BINDRIGHT_V6ONLY='force,*/0=force' with_library start_server listeners -f 6 0
	table library
	same_text sysctl library
}

@test "intended difference: a program that clears IPV6_V6ONLY" {
	tables force "$servers/listeners" -f 6 -d "$PORT"
	grep -q 'v6only:0' sysctl
	grep -q 'v6only:1' library
	tables default "$servers/listeners" -f 6 -d "$PORT"
	same_text sysctl library
}

@test "intended difference: a v4-mapped address, which the sysctl forbids" {
	tables force "$servers/listeners" -l ::ffff:192.0.2.2 "$PORT"
	[ ! -s sysctl ]
	same_text bare library
}

@test "intended difference: a socket that a program without the library has bound before" {
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
	# If that program has the library, there is no difference.
	with_library launch_server "$servers/inherit" -t :: "$PORT" "$servers/listeners" -i
	wait_until server_is_ready
	table library
	same_text sysctl library
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The files of examples/ cure: a small server that makes the calls of the service shows the fault
# bare, and is right with the settings read from the example.

load wrapper
load examples
load lab

# with_example FILE COMMAND...: runs it with the library and this example's settings.
with_example() {
	local settings

	mapfile -t settings < <(settings_of "$1")
	[ "${#settings[@]}" -gt 0 ] || fail "$1 sets nothing"
	shift
	local -x "${settings[@]}"
	with_library "$@"
	[ ! -s server.err ] || fail "the log is not empty"
}

# drop_in NAME: prints the file for this systemd service.
drop_in() {
	echo "systemd/$1.service.d/bindright.conf"
}

# replies_are_cured_by FILE V4|V6|BOTH COMMAND...
replies_are_cured_by() {
	local file=$1
	local -n asked=$2

	shift 2
	bare "$@"
	ask_client "${asking[@]}" "$PORT" "${asked[@]}"
	some_wrong
	with_example "$file" "$@"
	ask_client "${asking[@]}" -r 2 "$PORT" "${asked[@]}"
	every_line_is right
}

# The client's options.
asking=()

# shellcheck disable=SC2034 # Used by name.
readonly BOTH=("${V4[@]}" "${V6[@]}")

@test "nsd, snmpd, radsecproxy: a socket for each family" {
	local name

	for name in nsd radsecproxy; do
		replies_are_cured_by "$(drop_in $name)" V4 start_server echo_recvfrom 0.0.0.0 "$PORT"
	done
	for name in nsd snmpd radsecproxy; do
		replies_are_cured_by "$(drop_in $name)" V6 start_server echo_recvfrom -6 :: "$PORT"
	done
}

@test "minetest: one dual-stack socket, which keeps IPv4" {
	replies_are_cured_by "$(drop_in minetest-server)" BOTH start_server echo_recvfrom -d :: "$PORT"
}

# given_by_socket_unit COMMAND...: the command has a dual-stack socket as descriptor 0.
given_by_socket_unit() {
	launch_server "$servers/inherit" -d :: "$PORT" "$@"
	wait_until server_is_ready || fail "not ready"
}

@test "atftpd: a dual-stack socket from a socket unit, and answers from fresh ones" {
	asking=(-P)
	replies_are_cured_by "$(drop_in atftpd)" BOTH given_by_socket_unit "$servers/echo_fresh" -i
}

# started_by_inetd COMMAND...: the command has an IPv4 socket as descriptor 0.
started_by_inetd() {
	launch_server "$servers/inherit" 0.0.0.0 "$PORT" "$@"
	wait_until server_is_ready || fail "not ready"
}

@test "talkd: an IPv4 socket from inetd, by the lines of inetd.conf and their settings file" {
	local line command

	make_wrapper
	copy_settings
	bare started_by_inetd "$servers/echo_recvfrom" -i
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	while read -r line; do
		read -ra command <<<"${line#* bindright }"
		command[-1]=$servers/echo_recvfrom
		bare started_by_inetd "$wrapper" "${command[@]}" -i
		ask_client -r 2 "$PORT" "${V4[@]}"
		every_line_is right
	done < <(commands_of inetd/talkd.conf)
}

# pair_is_cured_by FILE LISTENERS-OPTION...: in both orders.
pair_is_cured_by() {
	local file=$1 order

	shift
	for order in -4first -6first; do
		bare start_server listeners "$@" "$order" "$PORT"
		grep -q EADDRINUSE server.out || fail "both listen: no fault to cure"
		with_example "$file" start_server listeners "$@" "$order" "$PORT"
		both_listen
	done
}

both_listen() {
	! grep -v -e ' ok$' -e '^ready$' server.out || fail "something failed"
	serves_both
}

@test "syslog-ng: a pair that leaves IPV6_V6ONLY alone" {
	pair_is_cured_by "$(drop_in syslog-ng)"
}

@test "icecast2, xinetd: a pair that clears IPV6_V6ONLY" {
	pair_is_cured_by "$(drop_in icecast2)" -d
	pair_is_cured_by "$(drop_in xinetd)" -d
}

@test "gunicorn: a pair, by the wrapper and its settings file" {
	make_wrapper
	copy_settings
	bare start_server listeners -r "$PORT"
	grep -q EADDRINUSE server.out || fail "both listen: no fault to cure"
	bare launch_server "$wrapper" -s gunicorn "$servers/listeners" -r "$PORT"
	wait_until server_is_ready || fail "not ready"
	both_listen
}

# another_listens_by_ipv4: another program can bind the port's IPv4 side; it ends at once.
another_listens_by_ipv4() {
	"${server_host[@]}" timeout "$LIMIT_S" "$servers/listeners" -r -f 4 "tcp/$PORT" </dev/null >other.out
	grep -qx 'listen 0.0.0.0 ok' other.out
}

@test "vsftpd: IPv6 alone leaves the port's IPv4 side to another program" {
	bare start_server listeners -r -f 6 "$PORT"
	! another_listens_by_ipv4 || fail "no fault to cure"
	with_example "$(drop_in vsftpd)" start_server listeners -r -f 6 "$PORT"
	another_listens_by_ipv4
	can_connect "${V6[@]}"
}

@test "Oracle's listener: IPv6 alone at port 1521, no other port and no other program" {
	local name

	ln -s "$servers/listeners" tnslsnr
	ln -s "$servers/listeners" lsnrctl
	start_listener() {
		launch_server "$PWD/$1" -f 6 1521 "$PORT"
		wait_until server_is_ready || fail "not ready"
	}
	takes_ipv4() {
		ask_client -T "$1" "${V4[@]}"
		every_line_is "$2"
		ask_client -T "$1" "${V6[@]}"
		every_line_is connected
	}

	bare start_listener tnslsnr
	takes_ipv4 1521 connected
	with_example "$(drop_in oracle-listener)" start_listener tnslsnr
	takes_ipv4 1521 refused
	takes_ipv4 "$PORT" connected
	with_example "$(drop_in oracle-listener)" start_listener lsnrctl
	takes_ipv4 1521 connected
}

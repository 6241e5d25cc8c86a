#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# chrony, which names the source of its answers itself. Debian starts it under a filter of its own, at
# level 1 (-F 1), which kills on every system call that chrony does not need.

load daemons
packages='tcpdump libcap2 libedit2 libgnutls30 libnettle8 libseccomp2'
unpacked=chrony
# A client's request, version 4.
question="\\x23$(printf '\\0%.0s' {1..47})"
# The directory that the service manager makes for its user.
user=nobody
# The address of its server, on the client host.
readonly SERVER_PORT=5123

start() {
	open_directory
	cat >chrony.conf <<-END
		port $port
		cmdport 0
		pidfile $PWD/pid
		local stratum 8
		allow
		$switch
	END
	launch_server "${in_front[@]}" chronyd -d -x -u "$user" -F "$level" -f "$PWD/chrony.conf"
}

client() {
	from_client chronyd -Q -u root -t 3 "server $1 port $port iburst maxsamples 1"
}

@test "chrony" {
	level=1
	stays_right V4 V6
}

@test "chrony, -F 2" {
	level=2
	stays_right V4 V6
}

# answers_at BINDRIGHT_LOG
answers_at() {
	echo "under test: -F $level, BINDRIGHT_LOG=$1"
	BINDRIGHT_LOG=$1 start_daemon with_library || fail "it does not start"
	ask_daemon "${asking[@]}" "$port" "${V4[@]}"
	every_line_is right
	ask_daemon "${asking[@]}" "$port" "${V6[@]}"
	every_line_is right
	! server_has_ended || fail "it has ended"
}

@test "chrony under its filter runs at every log level" {
	local log_level

	families=(V4 V6)
	listen_as_syslog
	: >log
	chmod a+w log
	for level in 1 2; do
		for log_level in off error warn info debug; do
			answers_at "$log_level"
			answers_at "$log_level:$PWD/log"
			answers_at "$log_level:syslog"
		done
	done
	stop_listening
}

# listen_as_syslog: gives chronyd its own /dev, in which /dev/log leads to a listener.
listen_as_syslog() {
	"${dying_with_us[@]}" "$servers/hear" syslog </dev/null >heard 2>hear.err 3>&- &
	hear_pid=$!
	wait_until grep -qx ready heard || fail "no listener for syslog: $(cat hear.err)"
	chmod a+w syslog
	mkdir dev
	# shellcheck disable=SC2016 # The inner shell expands it.
	in_front=(unshare -m bash -ec '
		mount -t tmpfs none dev
		ln -s "$PWD/syslog" dev/log
		for name in null urandom; do
			: >"dev/$name"
			mount --bind "/dev/$name" "dev/$name"
		done
		mount --rbind dev /dev
		exec "$@"' -)
}

stop_listening() {
	kill "$hear_pid"
	wait "$hear_pid" 2>/dev/null || true
}

# polls_on bare|with_library: a datagram that claims to be from its server, sent to an address that
# routing would not choose, neither ends it nor stops it asking that server.
polls_on() {
	local tcpdump_pid

	echo "under test: -F $level, $1"
	start_daemon "$1" || fail "it does not start"
	"${client_host[@]}" "${dying_with_us[@]}" tcpdump -i wire1 -l -n -q -t -Z root \
		"udp and dst port $SERVER_PORT and not src port $port" >polls 2>tcpdump.err 3>&- &
	tcpdump_pid=$!
	wait_until grep -q 'listening on' tcpdump.err
	wait_until has_polled 2 || fail "it does not ask its server"
	ask_daemon -n 1 -p "$SERVER_PORT" "$port" "${V4[1]}"
	every_line_is right
	wait_until has_polled $(($(wc -l <polls) + 3)) || fail "it no longer asks its server"
	kill "$tcpdump_pid"
	wait "$tcpdump_pid" || true
	! server_has_ended || fail "it has ended"
	ask_daemon "${asking[@]}" "$port" "${V4[@]}"
	every_line_is right
}

has_polled() {
	[ "$(wc -l <polls)" -ge "$1" ]
}

@test "chrony under its filter survives a datagram in its server's name" {
	need tcpdump
	families=(V4)
	switch="server $CLIENT_V4 port $SERVER_PORT iburst minpoll -2 maxpoll -2"
	for level in 1 2; do
		polls_on bare
		polls_on with_library
	done
}

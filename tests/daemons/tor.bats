#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tor's DNSPort, as Debian starts tor, under its own filter (Sandbox 1), which refuses (EPERM) what
# tor does not need. It answers without a network: each name gets an address that tor makes up.

load dns
load ../live/syslog
packages='tor bind9-dnsutils'
# Its filter refuses pthread_create's change of the signal mask, so tor, bare too, goes on with the
# mask that was on the stack. SIGINT gets through; the service manager uses it too.
stop_signal=INT
ports=$port
readonly ADDED_PORT=5301
own_dev=()

start() {
	open_directory
	mkdir -p data
	chown debian-tor data
	chmod 700 data
	write_torrc
	launch_server "${own_dev[@]}" tor --defaults-torrc /dev/null -f "$PWD/torrc"
}

write_torrc() {
	local each

	cat >torrc <<-END
		User debian-tor
		RunAsDaemon 0
		DataDirectory $PWD/data
		CookieAuthentication 1
		Log notice stderr
		SocksPort 0
		Sandbox $sandbox
		AutomapHostsOnResolve 1
		AutomapHostsSuffixes .
		$(for each in $ports; do printf 'DNSPort %s\n' "0.0.0.0:$each" "[::]:$each"; done)
	END
}

client() {
	from_client dig +tries=1 +time=1 -p "$port" @"$1" demo.example | grep -qE '\sA\s127\.'
}

@test "tor, DNSPort" {
	sandbox=0
	is_cured V4 V6
}

@test "tor, DNSPort, Sandbox 1" {
	sandbox=1
	is_cured V4 V6
}

# adds_port bare|with_library: adds a port by SIGHUP, after its filter is installed.
adds_port() {
	families=(V4)
	sandbox=1
	ports=$port
	start_daemon "$1" || fail "it does not start"
	ports="$port $ADDED_PORT"
	write_torrc
	kill -HUP "$server_pid"
	wait_until port_is_added || fail "it does not open the port"
	ask_daemon "${asking[@]}" "$ADDED_PORT" "${V4[@]}"
	some_wrong
	ask_daemon "${asking[@]}" "$port" "${V4[@]}"
}

port_is_added() {
	[ -n "$("${server_host[@]}" ss -Huan "sport = :$ADDED_PORT")" ]
}

# Its filter permits neither the socket options nor the calls for a line on standard error (statx,
# rt_sigtimedwait), but it permits a datagram to syslog, which gets one line. No line is about the
# other port, which is cured.
@test "tor, Sandbox 1, with a DNSPort added by SIGHUP: as bare, and logged" {
	adds_port bare
	some_wrong
	hear_log
	need_own_dev
	set_own_dev
	adds_port with_library
	every_line_is right
	wait_until grep -q 'not watched, because a seccomp filter refuses getsockopt' heard
	[ "$(grep -c '^<28>bindright: tor.* warn: .*:'"$ADDED_PORT: not watched" heard)" -eq 1 ] ||
		fail "expected one line: $(cat heard)"
	! grep "bindright.* port $port" server.err heard || fail "a line about the port that is cured"
	stop_hearing
}

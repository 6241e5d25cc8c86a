#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tor's DNSPort, as Debian starts tor, under its own filter (Sandbox 1), which refuses (EPERM) whatever
# tor does not do. It answers without a network: any name gets an address of tor's own.

load dns
load ../live/syslog
packages='tor bind9-dnsutils'
# Its filter refuses pthread_create the signal mask, so that tor, bare as well, goes on with whatever
# mask lay on the stack. This one gets through, as the service manager knows.
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

# adds_port bare|with_library: by SIGHUP, when its filter is in.
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

# Its filter permits neither the options nor all that a line to standard error takes (statx,
# rt_sigtimedwait), but a datagram to syslog: there one line says so. None complains of the other port,
# which is cured.
@test "tor, Sandbox 1, with a DNSPort added by SIGHUP: as bare, and said" {
	adds_port bare
	some_wrong
	hear_log
	need_own_dev
	set_own_dev
	adds_port with_library
	every_line_is right
	wait_until grep -q 'not watched, because a seccomp filter refuses getsockopt' heard
	[ "$(grep -c '^<28>bindright: tor.* warn: .*:'"$ADDED_PORT: not watched" heard)" -eq 1 ] ||
		fail "not one line says so: $(cat heard)"
	! grep "bindright.* port $port" server.err heard || fail "it complains of the port that is cured"
	stop_hearing
}

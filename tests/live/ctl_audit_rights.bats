#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bindrightctl audit: what it sees of other users' processes and of other network namespaces, and
# what it says where it sees less; sockets and processes that come and go; a thousand of them.

# shellcheck disable=SC2016 # What stands in single quotes is for perl.
# shellcheck disable=SC2034 # audit uses as.

load lab
load puppet
load audit

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can become another user"
}

@test "without rights it says what it does not see" {
	need_root
	as=("${nobody[@]}")
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	audit "udp/$PORT"
	ends_with 0
	says "^udp +$PORT +IPv4 +user root +not seen$"
	says "^not seen without root: replies of 1 socket, processes of 1 socket"
	as=()
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "^udp +$PORT +IPv4 +echo_recvfrom\[$server_pid\] +WRONG"
}

@test "without rights it sees its user's own" {
	need_root
	as=("${nobody[@]}")
	bare launch_server "${nobody[@]}" "$servers/echo_recvfrom" 0.0.0.0 "$PORT"
	wait_until server_is_ready
	audit "udp/$PORT"
	ends_with 1
	says "^udp +$PORT +IPv4 +echo_recvfrom\[$server_pid\] +WRONG"
}

@test "--no-peek does not look" {
	need strace
	bare start_server echo_pktinfo 0.0.0.0 "$PORT"
	audit "udp/$PORT"
	says "asks for the address itself"
	run_apart "${server_host[@]}" strace -f -o trace "$ctl" audit --no-peek --pid "$server_pid" "udp/$PORT"
	said=$output
	says "^udp +$PORT +IPv4 +echo_pktinfo\[$server_pid\] +not seen$"
	says "^not seen.* replies of 1 socket"
	[ "$(grep -c pidfd trace)" -eq 0 ]
}

@test "a socket in another network namespace" {
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	audit --pid "$server_pid"
	says "^udp +$PORT .*WRONG: asked at ${V4[1]}"
	run_apart "${client_host[@]}" "$ctl" audit --pid "$server_pid"
	ends_with 1
	said=$output
	says '^in the network namespace of '
	says "^udp +$PORT +IPv4 +echo_recvfrom\[$server_pid\] +WRONG: asked at ${V4[1]}, answers from ${V4[0]} \(2 of 3 addresses\)$"
	run_apart "${client_host[@]}" "$ctl" audit "udp/$PORT"
	said=$output
	says "^udp +$PORT +IPv4 +echo_recvfrom\[$server_pid\] "
}

@test "a socket made in another network namespace than its process is in" {
	bare start_server puppet
	plays <<-END
		open udp udp4
		bind udp 0.0.0.0 $PORT
		enter $client_holder
	END
	audit --pid "$server_pid" "udp/$PORT"
	ends_with 1
	says "^udp +$PORT +IPv4 +puppet\[$server_pid\] +WRONG: .* \(2 of 3 addresses\)"
}

@test "a socket of several processes" {
	bare start_server puppet
	plays <<-END
		open udp udp4
		bind udp 0.0.0.0 $PORT
		fork one
		fork two
	END
	audit "udp/$PORT"
	says "^udp +$PORT +IPv4 +puppet\[$server_pid\] and 2 more +WRONG"
}

@test "a socket of the kernel's" {
	server_ip link add vx0 type vxlan id 1 dstport "$PORT" dev wire0 || skip "no vxlan devices"
	server_ip link set vx0 up
	audit "udp/$PORT"
	# Where not every process can be looked into, it might be one of theirs.
	says "^udp +$PORT +IPv4 +(\(kernel\) +by the kernel itself|user root +not seen)"
}

@test "a process that ends while it is looked at is silence" {
	local i

	need perl
	bare launch_server perl -MSocket -e '
		while (1) {
			socket(my $s, PF_INET, SOCK_DGRAM, 0);
			bind($s, sockaddr_in('"$PORT"', INADDR_ANY));
			if (fork() == 0) { exit }
			wait();
			close($s);
		}'
	for ((i = 0; i < 30; i++)); do
		audit
		[ "$status" -le 1 ]
		[ "$stderr" = "" ]
		says_not '\?\[|^udp .*(kernel|user)'
	done
}

@test "two thousand sockets" {
	need perl
	bare launch_server perl -MSocket -e '
		for my $port (20001 .. 21000) {
			socket(my $s, PF_INET, SOCK_DGRAM, 0);
			bind($s, sockaddr_in($port, INADDR_ANY)) or die;
			push @all, $s;
			socket(my $t, PF_INET, SOCK_STREAM, 0);
			bind($t, sockaddr_in($port, INADDR_ANY)) or die;
			listen($t, 1);
			push @all, $t;
		}
		$| = 1;
		print "ready\n";
		sleep' 2>&1
	wait_until server_is_ready || skip "not so many descriptors here"
	audit --pid "$server_pid"
	ends_with 1
	[ "$(grep -c 'perl.*WRONG' <<<"$said")" -eq 1000 ]
	[ "$(grep -c '^tcp .*perl' <<<"$said")" -eq 1000 ]
	says '^1000 to cure: bindright COMMAND, for perl'
}

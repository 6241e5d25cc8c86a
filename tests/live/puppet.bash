# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for tests whose server is tests/servers/puppet, which makes the calls that it is told. Loaded
# behind lab.bash, and after a start_server puppet.

# plays <<-END ... END: has the puppet do each line, up to its " -> ", and wants it to say just these
# lines.
plays() {
	local lines=()

	mapfile -t lines
	do_lines "${lines[@]%% -> *}"
	printf '%s\n' "${lines[@]}" >expected
	same_text expected transcript
}

# do_lines LINE...: what the puppet says of them is in the file "transcript".
do_lines() {
	local before

	before=$(wc -l <server.out)
	for line; do
		tell_server "$line"
	done
	wait_until has_said $((before + $#)) || fail "the puppet stopped at: $(tail -n 1 server.out)"
	tail -n $# server.out >transcript
}

has_said() {
	[ "$(wc -l <server.out)" -ge "$1" ]
}

# comes_in_at NAME KIND ADDRESS [OTHER]...: a client of the protocol (tcp, mptcp, udp, udplite)
# reaches this socket of the puppet's, and none of the others.
comes_in_at() {
	local name=$1 kind=$2 address=$3 other

	shift 3
	if is_stream "$kind"; then
		can_connect "$address"
		plays <<-END
			accept $name came
			close came
		END
	else
		send_text "$kind" "$address" "hello-$name"
		plays <<-END
			receive $name -> hello-$name
		END
	fi
	for other; do
		plays <<-END
			idle $other
		END
	done
}

is_stream() {
	[ "$1" = tcp ] || [ "$1" = mptcp ]
}

# send_text udp|udplite ADDRESS TEXT: whoever gets it does not answer.
send_text() {
	if [ "$1" = udp ]; then
		ask_client -t 1 -m "$3" "$PORT" "$2"
		return
	fi
	do_lines "spawn client bare" "in client open asker $1$(family_of "$2")" \
		"in client send asker $2 $PORT $3" "end client"
}

family_of() {
	case $1 in
	*:*) echo 6 ;;
	*) echo 4 ;;
	esac
}

# need_kind KIND: skips the test where the kernel has no such sockets.
need_kind() {
	bare start_server puppet
	do_lines "open any ${1}6"
	! grep -e ' -> ' transcript || skip "no $1 sockets for IPv6 in this kernel"
}

# enter_client: the puppet gets a child "client" on the client host, a program of its own and bare.
enter_client() {
	plays <<-END
		spawn client bare
		in client enter $client_holder
	END
}

# traced_calls LINE...: the puppet, which runs under_strace trace, does these lines twice, and is
# stopped. Prints the names of the system calls that they took the second time, without those by
# which it is told what to do: what is asked once in a process is no matter.
traced_calls() {
	local pid=$server_pid

	do_lines "$@"
	do_lines "mark begin" "$@" "mark end"
	stop_server
	wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
	grep "^$pid " trace | sed -n '/write(1, "mark begin/,/write(1, "mark end/p' |
		sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' | grep -vxE 'write|read|poll'
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests whose server is tests/servers/puppet, which makes the calls that it reads.
# Loaded after lab.bash, and used after a start_server puppet.

# plays <<-END ... END: the puppet does each line, up to its " -> ", and must print exactly these
# lines.
plays() {
	local lines=()

	mapfile -t lines
	do_lines "${lines[@]%% -> *}"
	printf '%s\n' "${lines[@]}" >expected
	same_text expected transcript
}

# do_lines LINE...: the puppet does these lines; its output is in the file "transcript".
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
# reaches this socket of the puppet, and none of the others.
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

# send_text udp|udplite ADDRESS TEXT: sends a datagram that is not answered.
send_text() {
	if [ "$1" = udp ]; then
		ask_client -t 1 -m "$3" "$PORT" "$2"
		return
	fi
	do_lines "spawn client bare" "in client open sender $1$(family_of "$2")" \
		"in client send sender $2 $PORT $3" "end client"
}

# is_refused ADDRESS: a datagram to PORT there is.
is_refused() {
	ask_client -m text "$PORT" "$1"
	every_line_is refused
}

family_of() {
	case $1 in
	*:*) echo 6 ;;
	*) echo 4 ;;
	esac
}

# need_kind KIND: skips the test if the kernel has no such sockets.
need_kind() {
	bare start_server puppet
	do_lines "open any ${1}6"
	! grep -e ' -> ' transcript || skip "no $1 sockets for IPv6 in this kernel"
}

# enter_client: gives the puppet a child "client" on the client host, executed anew and bare.
enter_client() {
	plays <<-END
		spawn client bare
		in client enter $client_holder
	END
}

# traced_calls LINE...: the puppet, which runs under_strace trace, does these lines twice and is
# stopped. Prints the names of the system calls of the second time, without those that read the
# lines. The first time is left out because some calls are made once in a process.
traced_calls() {
	local pid=$server_pid

	do_lines "$@"
	do_lines "mark begin" "$@" "mark end"
	stop_server
	wait_until grep -q '+++ killed by SIGTERM +++' trace || fail "strace did not end"
	grep "^$pid " trace | sed -n '/write(1, "mark begin/,/write(1, "mark end/p' |
		sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' | grep -vxE 'write|read|poll'
}

# pair PROTOCOL ORDER WAY OPTION...: the calls of a server with two sockets. WAY each: the first is
# ready before the second is created; all: both are bound before any listens.
pair() {
	local protocol=$1 order=$2 way=$3 name
	local -A address=([four]=0.0.0.0 [six]=::) family=([four]=4 [six]=6)
	local names=(four six) late=()

	shift 3
	calls=()
	[ "$order" = 4first ] || names=(six four)
	for name in "${names[@]}"; do
		calls+=("open $name $protocol${family[$name]} $*")
		calls+=("bind $name ${address[$name]} $PORT")
		! is_stream "$protocol" || late+=("listen $name")
		if [ "$way" = each ]; then
			calls+=("${late[@]}")
			late=()
		fi
	done
	calls+=("${late[@]}")
}

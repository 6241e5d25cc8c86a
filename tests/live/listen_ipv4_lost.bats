#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# IPv4 is never lost silently. If no keyword is set, a listener on :: that was made IPv6 only, and
# whose program never touched the option, checks at its first accept or receive whether a socket
# takes IPv4 at its port. If none does, the library logs one warning. Bare such a listener takes
# IPv4.

load lab
load puppet

readonly TEXT="IPV6_V6ONLY was set by default (BINDRIGHT_V6ONLY=force), and no socket takes IPv4 on \
port $PORT; to keep IPv4, use the keyword auto, dual or off"

# listener KIND: prints the puppet's lines for a listener called six.
listener() {
	local lines=("open six ${1}6" "bind six :: $PORT")

	! is_stream "$1" || lines+=("listen six")
	printf '%s\n' "${lines[@]}"
}

# on_ipv4 KIND: the same on 0.0.0.0, called four.
on_ipv4() {
	listener "$1" | sed 's/six/four/; s/tcp6/tcp4/; s/udp6/udp4/; s/::/0.0.0.0/'
}

# used KIND: prints the lines for its first accept or receive.
used() {
	if is_stream "$1"; then
		# A child is the client and closes first, so the port can be bound again at once.
		printf '%s\n' "spawn client bare" "in client open sender tcp6" \
			"in client connect sender ::1 $PORT" "accept six came" "end client"
	else
		echo "hear six recvfrom dontwait -> EAGAIN"
	fi
}

is_silent() {
	[ ! -s server.err ] || fail "the log is not empty"
}

# warned PROTOCOL: the log is one line, the warning.
warned() {
	sed -E 's/^bindright: puppet\[[0-9]+\]: //' server.err >said
	echo "warn: fd 3 $1 [::]:$PORT: $TEXT" >wanted
	same_text wanted said
}

# is_silent_about KIND: no warning about a listener on :: that is used after the lines on stdin.
is_silent_about() {
	with_library start_server puppet
	plays < <(
		cat
		used "$1"
	)
	is_silent
}

@test "TCP, an accept that waits: a warning before the first client" {
	bare start_server puppet
	plays < <(listener tcp)
	can_connect "${V4[@]}" "${V6[@]}"

	with_library start_server puppet
	plays < <(listener tcp)
	is_silent
	tell_server "accept six came wait"
	wait_until test -s server.err || fail "no warning"
	warned tcp
	cannot_connect "${V4[@]}"
	can_connect "${V6[1]}"
	server_says "accept six came wait"
	can_connect "${V6[1]}"
	plays <<<"accept six again"
	warned tcp
}

@test "TCP, a server that polls: a warning at the first client, by accept and by accept4" {
	local call

	bare start_server puppet
	plays < <(listener tcp)
	can_connect "${V4[@]}"
	for call in accept accept4; do
		with_library start_server puppet
		plays < <(listener tcp)
		plays <<<"idle six"
		is_silent
		can_connect "${V6[1]}"
		plays <<<"accept six came $call"
		warned tcp
	done
}

@test "UDP, each call that receives: a warning at the first receive, once" {
	local call

	bare start_server puppet
	plays < <(listener udp)
	send_text udp "${V4[1]}" hello
	plays <<<"hear six recvfrom -> hello"
	for call in recvfrom recvmsg recvmmsg; do
		with_library start_server puppet
		plays < <(listener udp)
		is_silent
		is_refused "${V4[1]}"
		send_text udp "${V6[1]}" hello
		plays <<<"hear six $call -> hello"
		warned udp
		# The first receive also watches the socket; later ones work as usual.
		ask_client_meanwhile "$PORT" "${V6[1]}"
		do_lines "hear six $call" "answer six"
		client_is_done
		every_line_is right
		warned udp
	done
}

@test "UDP without replies; UDP-Lite; MPTCP" {
	BINDRIGHT_REPLY=off with_library start_server puppet
	plays < <(listener udp && used udp)
	warned udp

	need_kind udplite
	with_library start_server puppet
	plays < <(listener udplite && used udp)
	warned udplite

	need_kind mptcp
	with_library start_server puppet
	plays < <(listener mptcp && used tcp)
	warned mptcp
}

@test "forked workers: one of them warns" {
	local worker

	with_library start_server puppet
	plays < <(listener tcp)
	for worker in one two three; do
		plays <<<"fork $worker"
	done
	for worker in two one three; do
		can_connect "${V6[1]}"
		plays <<<"in $worker accept six came"
		warned tcp
	done
	can_connect "${V6[1]}"
	plays <<<"accept six came"
	warned tcp
}

@test "TCP and UDP at one port, and other ports, each have a warning" {
	with_library start_server puppet
	plays < <(listener udp && used udp)
	warned udp
	plays <<-END
		close six
		open six tcp6
		bind six :: $PORT
		listen six
		open seven udp6
		bind seven :: 5301
		hear seven recvmsg dontwait -> EAGAIN
	END
	plays < <(used tcp)
	[ "$(wc -l <server.err)" -eq 3 ] || fail "expected three lines"
	grep -q "fd 3 tcp \[::\]:$PORT: .* no socket takes IPv4 on port $PORT;" server.err
	grep -q "udp \[::\]:5301: .* no socket takes IPv4 on port 5301;" server.err
}

@test "a duplicate is checked in place of its original" {
	with_library start_server puppet
	plays < <(
		listener udp
		printf '%s\n' "dup six copy" "close six" "hear copy recvfrom dontwait -> EAGAIN"
	)
	[ "$(grep -c "udp \[::\]:$PORT: $TEXT" server.err)" -eq 1 ] || fail "no warning"
}

@test "bound, then filtered: a warning before the filter is installed, which kills no process" {
	bare start_server echo_filtered :: "$PORT"
	ask_client "$PORT" "${V4[1]}"
	every_line_matches '^(right|wrong)'

	with_library start_server echo_filtered :: "$PORT"
	ask_client -r 2 "$PORT" "${V6[@]}"
	every_line_is right
	[ "$(grep -c "udp \[::\]:$PORT: $TEXT" server.err)" -eq 1 ] || fail "no warning"
	# Filtered before: V6ONLY can no longer be set, so nothing is lost.
	with_library start_server echo_filtered -t early :: "$PORT"
	ask_client -r 2 "$PORT" "${V4[@]}" "${V6[@]}"
	every_line_matches '^(right|wrong)'
	! grep 'no socket takes IPv4' server.err || fail "a warning although IPv4 is not lost"
}

@test "another socket of the process has 0.0.0.0, bound before or after: silent" {
	local kind

	for kind in tcp udp; do
		bare start_server puppet
		plays < <(listener "$kind")
		do_lines "open four ${kind}4" "bind four 0.0.0.0 $PORT"
		grep -q 'bind four .* -> EADDRINUSE' transcript || fail "no fault to cure"

		is_silent_about "$kind" < <(on_ipv4 "$kind" && listener "$kind")
		is_silent_about "$kind" < <(listener "$kind" && on_ipv4 "$kind")
	done
}

@test "another process has 0.0.0.0: silent" {
	local kind

	for kind in tcp udp; do
		is_silent_about "$kind" < <(
			listener "$kind"
			echo "spawn other bare"
			on_ipv4 "$kind" | sed 's/^/in other /'
		)
	done
}

@test "a keyword is set, by the variable or by a rule: silent" {
	local rules

	for rules in force default "off,*/$PORT=force" "force,*/1=off"; do
		export BINDRIGHT_V6ONLY=$rules
		is_silent_about tcp < <(listener tcp && echo "get six v6only -> 1")
		is_silent_about udp < <(listener udp && echo "get six v6only -> 1")
	done
}

@test "an unknown keyword does not count as set" {
	BINDRIGHT_V6ONLY=of with_library start_server puppet
	plays < <(listener udp && used udp)
	[ "$(wc -l <server.err)" -eq 2 ] || fail "expected two lines"
	grep -q "error: BINDRIGHT_V6ONLY: unknown keyword 'of'" server.err
	grep -q "udp \[::\]:$PORT: $TEXT" server.err
}

@test "the program or the host set the option: silent, because the library takes nothing away" {
	local kind

	for kind in tcp udp; do
		is_silent_about "$kind" < <(listener "$kind" | sed 's/^open.*/& v6only/')
	done
	server_sysctl net.ipv6.bindv6only=1
	for kind in tcp udp; do
		bare start_server puppet
		plays < <(listener "$kind" && echo "get six v6only -> 1")
		is_silent_about "$kind" < <(listener "$kind")
	done
}

@test "the program cleared the option: the warning about that, and no other" {
	with_library start_server puppet
	plays < <(listener tcp | sed 's/^open.*/& v6only=0/' && used tcp)
	[ "$(wc -l <server.err)" -eq 1 ] || fail "expected one line"
	grep -q "IPV6_V6ONLY set although the program cleared it" server.err
}

@test "port 0, a specific address, a connected socket: silent" {
	with_library start_server puppet
	plays <<-END
		open six udp6
		bind six :: 0
		hear six recvfrom dontwait -> EAGAIN
		open local udp6
		bind local ::1 $PORT
		hear local recvfrom dontwait -> EAGAIN
		open client udp6
		bind client :: 5301
		connect client ::1 5302
		hear client recvfrom dontwait -> EAGAIN
	END
	is_silent
}

@test "the log's level excludes warnings: silent" {
	local level

	for level in off error; do
		export BINDRIGHT_LOG=$level
		is_silent_about tcp < <(listener tcp)
		is_silent_about udp < <(listener udp)
	done
}

@test "the second receive makes the same calls as without the check" {
	need strace
	local rules

	for rules in default off; do
		# shellcheck disable=SC2030,SC2031 # For this server alone.
		BINDRIGHT_V6ONLY=$rules BINDRIGHT_REPLY=off under_strace trace \
			with_library start_server puppet
		plays < <(listener udp)
		traced_calls "hear six recvfrom dontwait" "hear six recvmsg dontwait" >"calls.$rules"
	done
	BINDRIGHT_REPLY=off under_strace trace with_library start_server puppet
	plays < <(listener udp)
	traced_calls "hear six recvfrom dontwait" "hear six recvmsg dontwait" >calls
	warned udp
	same_text calls.off calls
	same_text calls.default calls
}

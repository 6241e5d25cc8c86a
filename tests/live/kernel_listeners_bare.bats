#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The keyword auto in the kernel leaves all other sockets as bare, but for what these tests list:
#
#	- the other of the two may have an SO_REUSEPORT of its own, and then any address ("families" in
#	  tests/servers/listen_table.c);
#	- of two sockets with SO_REUSEADDR that were bound before the first listens, a second with
#	  SO_REUSEPORT, too, may listen ("late" there);
#	- a server without SO_REUSEADDR may bind again while its old connections last;
#	- the program reads 1 from SO_REUSEPORT.

# shellcheck disable=SC2153 # lab.bash sets PORT.

load lab
load puppet
load kernel

# table_of FILE: of the server host, in the test's cgroup.
table_of() {
	"${server_host[@]}" "${dying_with_us[@]}" "${prefix[@]}" "$servers/listen_table" >"$1" 3>&-
}

@test "all pairs of sockets: bind, listen and arrival differ where they are to, and nowhere else" {
	local differ

	table_of bare
	attach
	table_of attached
	diff <(sed 's/:[^:]*$//' bare) <(sed 's/:[^:]*$//' attached) || fail "not the same pairs"
	differ=$(diff bare attached | sed -n 's/^> //p')
	! grep '^same' <<<"$differ" || fail "these are to be as bare"
	[ "$(grep -c '^families' <<<"$differ")" -gt 100 ] || fail "few pairs have been tried"
	! grep '^families.*EADDRINUSE' attached || fail "these are to share"
	# Each family at its own.
	! grep -E '^families tcp.* 0\.0\.0\.0[^ ]*, ::(-only)?(\+reuse[^ ]*)?: ' attached |
		grep -v ' ab$' || fail "these arrive at the other"
	! grep -E '^families udp.* ::(-only)?, 0\.0\.0\.0(\+reuse[^ ]*)?: ' attached |
		grep -v ' ba$' || fail "these arrive at the other"
}

# plays_as_bare [SETTING...] <<-END ... END: the same results, bare and attached.
plays_as_bare() {
	local lines

	mapfile -t lines
	detach_all
	renew_lab
	start_server puppet
	plays < <(printf '%s\n' "${lines[@]}")
	renew_lab
	attach "$@"
	start_server puppet
	plays < <(printf '%s\n' "${lines[@]}")
}

@test "a second socket of the same family is refused until the first is closed: TCP" {
	local family address

	for family in 4 6; do
		address=::
		[ "$family" = 6 ] || address=0.0.0.0
		# Bound and not listening; listening; held by a duplicate, and by a child.
		plays_as_bare <<-END
			open a tcp$family
			bind a $address $PORT
			open b tcp$family
			bind b $address $PORT -> EADDRINUSE
			listen a
			bind b $address $PORT -> EADDRINUSE
			dup a copy
			close a
			bind b $address $PORT -> EADDRINUSE
			fork child
			close copy
			bind b $address $PORT -> EADDRINUSE
			in child close copy
			in child close b
			bind b $address $PORT
			listen b
		END
		# By SO_REUSEADDR both are bound, and one listens; the other holds the port after it.
		plays_as_bare <<-END
			open a tcp$family reuseaddr
			bind a $address $PORT
			open b tcp$family reuseaddr
			bind b $address $PORT
			listen a
			listen b -> EADDRINUSE
			close a
			open c tcp$family
			bind c $address $PORT -> EADDRINUSE
			listen b
		END
	done
}

@test "a second socket of the same family is refused until the first is closed: UDP" {
	local kind

	for kind in udp4 udp6; do
		plays_as_bare <<-END
			open a $kind
			bind a $([ "$kind" = udp4 ] && echo 0.0.0.0 || echo ::) $PORT
			open b $kind
			bind b $([ "$kind" = udp4 ] && echo 0.0.0.0 || echo ::) $PORT -> EADDRINUSE
			close a
			bind b $([ "$kind" = udp4 ] && echo 0.0.0.0 || echo ::) $PORT
		END
	done
}

@test "a third socket, beside one of each family, is refused" {
	attach
	start_server puppet
	plays <<-END
		open four tcp4
		bind four 0.0.0.0 $PORT
		open six tcp6
		bind six :: $PORT
		open more4 tcp4
		bind more4 0.0.0.0 $PORT -> EADDRINUSE
		open more6 tcp6
		bind more6 :: $PORT -> EADDRINUSE
		open own tcp4 reuseport
		bind own 0.0.0.0 $PORT -> EADDRINUSE
		bind own ${V4[1]} $PORT -> EADDRINUSE
		listen four
		listen six
		bind more4 0.0.0.0 $PORT -> EADDRINUSE
		bind more6 :: $PORT -> EADDRINUSE
		bind own 0.0.0.0 $PORT -> EADDRINUSE
		close four
		bind own 0.0.0.0 $PORT
		listen own
	END
}

# as_nobody FAMILY: what bind says to another user on the server host.
as_nobody() {
	printf '' | "${server_host[@]}" "${prefix[@]}" setpriv --reuid 65534 --clear-groups \
		"$servers/listeners" -f "$1" "$PORT" 3>&-
}

@test "another user is refused" {
	attach
	start_server puppet
	do_lines "open a tcp4" "bind a 0.0.0.0 $PORT" "listen a"
	as_nobody 6 >nobody.out
	grep -qx 'bind :: EADDRINUSE' nobody.out
	do_lines "close a"
	as_nobody 6 >nobody.out
	grep -qx 'bind :: ok' nobody.out
}

# start_attached_beside_other: attaches, and starts a puppet whose child "other" is outside the cgroup.
start_attached_beside_other() {
	local children

	attach
	start_server puppet
	do_lines "spawn other bare"
	read -ra children <"/proc/$server_pid/task/$server_pid/children" || true
	echo "${children[0]}" >"${cgroup%/*}/cgroup.procs"
}

@test "a holder outside the control group is not shared with" {
	start_attached_beside_other
	plays <<-END
		in other open a tcp4
		in other bind a 0.0.0.0 $PORT
		open b tcp6
		bind b :: $PORT -> EADDRINUSE
		open c tcp4
		bind c 0.0.0.0 $PORT -> EADDRINUSE
		in other listen a
		bind b :: $PORT -> EADDRINUSE
		bind c 0.0.0.0 $PORT -> EADDRINUSE
	END
}

@test "a program's own SO_REUSEPORT outside the control group is shared with as bare" {
	start_attached_beside_other
	plays <<-END
		in other open a tcp4 reuseport
		in other bind a 0.0.0.0 $PORT
		in other listen a
		open b tcp4
		bind b 0.0.0.0 $PORT -> EADDRINUSE
		open c tcp4 reuseport
		bind c 0.0.0.0 $PORT
	END
}

@test "sockets that were bound before attach: as bare until they are bound anew" {
	start_server puppet
	plays <<-END
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open six tcp6
		bind six :: $PORT -> EADDRINUSE
	END
	attach
	plays <<-END
		bind six :: $PORT -> EADDRINUSE
		close four
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		bind six :: $PORT
		listen six
	END
	comes_in_at four tcp "${V4[1]}" six
	comes_in_at six tcp "${V6[1]}" four
}

@test "an attempt to bind that fails leaves no SO_REUSEPORT for the next" {
	start_attached_beside_other
	plays <<-END
		in other open a tcp4
		in other bind a 0.0.0.0 $PORT
		open b tcp4
		bind b 0.0.0.0 $PORT -> EADDRINUSE
		bind b ${V4[1]} $((PORT + 1))
		get b reuseport -> 0
	END
}

@test "port 0 is left alone" {
	local port

	attach
	start_server puppet
	do_lines "open a tcp4" "bind a 0.0.0.0 0" "port a"
	port=$(sed -n 's/^port a -> //p' transcript)
	plays <<-END
		get a reuseport -> 0
		open b tcp6
		bind b :: $port -> EADDRINUSE
	END
}

@test "rules by port" {
	plays_as_bare BINDRIGHT_V6ONLY="auto,tcp/$PORT=off" <<-END
		open a tcp4
		bind a 0.0.0.0 $PORT
		listen a
		open b tcp6
		bind b :: $PORT -> EADDRINUSE
	END
	plays_as_bare BINDRIGHT_V6ONLY="auto,tcp/$((PORT + 1))=off" <<-END
		open a tcp4
		bind a 0.0.0.0 $((PORT + 1))
		listen a
		open b tcp6
		bind b :: $((PORT + 1)) -> EADDRINUSE
	END
	pair udp 4first each
	do_lines "${calls[@]}"
	! grep -e ' -> ' transcript || fail "the rule is of TCP: $(cat transcript)"
	plays_as_bare BINDRIGHT_V6ONLY=off <<-END
		open a udp4
		bind a 0.0.0.0 $PORT
		open b udp6
		bind b :: $PORT -> EADDRINUSE
	END
}

# ---- Connections that are left ------------------------------------------------------------------

@test "a client's port is refused as bare while its connection is in TIME_WAIT" {
	plays_as_bare <<-END
		open s tcp4 reuseaddr
		bind s ${V4[1]} 5400
		listen s
		open c tcp4
		bind c 0.0.0.0 $PORT
		connect c ${V4[1]} 5400
		accept s came
		close c
		close came
		open c tcp4
		bind c 0.0.0.0 $PORT -> EADDRINUSE
		close s
	END
}

# restarts RESULT OPTION...: of a server that has closed a connection first.
restarts() {
	local result=$1

	shift
	start_server puppet
	plays <<-END
		open s tcp4 $*
		bind s 0.0.0.0 $PORT
		listen s
		open c tcp4
		connect c ${V4[1]} $PORT
		accept s came
		close came
		close c
		close s
		open s tcp4 $*
		bind s 0.0.0.0 $PORT$result
	END
}

@test "a server's restart while its connections are in TIME_WAIT" {
	restarts '' reuseaddr
	renew_lab
	restarts ' -> EADDRINUSE'
	renew_lab
	attach
	restarts '' reuseaddr
	renew_lab
	restarts ''
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Odd ways to bind, under every keyword: each call returns what it returns bare, and IPV6_V6ONLY is
# as bare too if the keyword does not apply to the socket.

load lab
load puppet

# The other files test ordinary listeners under each keyword.
KEYWORDS=(force default auto dual off)

# as_bare <<-END ... END: the lines print the same bare and under each keyword.
as_bare() {
	local keyword lines

	lines=$(cat)
	bare start_server puppet
	plays <<<"$lines"
	for keyword in "${KEYWORDS[@]}"; do
		BINDRIGHT_V6ONLY=$keyword with_library start_server puppet
		plays <<<"$lines"
		[ ! -s server.err ] || fail "the log is not empty"
	done
}

# is_taken <<-END ... END: bare, the lines print that an option is 0, and under force that it is 1.
is_taken() {
	local lines

	lines=$(cat)
	bare start_server puppet
	plays <<<"${lines//-> 1/-> 0}"
	with_library start_server puppet
	plays <<<"$lines"
}

@test "specific addresses: of the host, of a link, of a group, v4-mapped" {
	local kind

	# The kernel itself sets the option when it binds to a specific address.
	for kind in tcp6 udp6; do
		as_bare <<-END
			open a $kind
			bind a ${V6[1]} $PORT
			get a v6only -> 1
			open b $kind
			bind b ${LINK_LOCAL[0]}%wire0 $PORT
			get b v6only -> 1
			open c $kind
			bind c ${LINK_LOCAL[1]} $PORT -> EINVAL
			get c v6only -> 0
			open d $kind
			bind d ::ffff:192.0.2.2 $PORT
			get d v6only -> 0
			open e $kind v6only
			bind e ::ffff:192.0.2.3 $PORT -> EINVAL
			get e v6only -> 1
			open f $kind
			bind f ::1 $PORT
			get f v6only -> 1
			open g $kind
			bind g 2001:db8::99 $PORT -> EADDRNOTAVAIL
			get g v6only -> 0
			open h $kind
			bind h ::ffff:0.0.0.0 5301
			get h v6only -> 0
			close h
		END
	done
	as_bare <<-END
		open a udp6
		bind a ff02::114%wire0 $PORT
		get a v6only -> 1
		open b tcp6
		bind b ff02::114%wire0 $PORT -> EINVAL
		get b v6only -> 0
	END
}

@test "IPv4 sockets" {
	as_bare <<-END
		open a tcp4
		bind a 0.0.0.0 $PORT
		listen a
		get a reuseport -> 0
		get a reuseaddr -> 0
		open b tcp4
		bind b 0.0.0.0 $PORT -> EADDRINUSE
		get b reuseport -> 0
		open c tcp4
		bind c ${V4[1]} $PORT -> EADDRINUSE
		open d tcp4
		bind d ${V4[1]} 5301
		listen d
		open e tcp4
		listen e
		open f udp4
		bind f 0.0.0.0 0
	END
}

@test "an address of the other family" {
	as_bare <<-END
		open a tcp6
		bind a 0.0.0.0 $PORT -> EINVAL
		get a v6only -> 0
		open b tcp4
		bind b :: $PORT -> EAFNOSUPPORT
	END
}

@test "lengths: the shorter structure of RFC 2133, and a whole sockaddr_storage" {
	is_taken <<-END
		open a tcp6
		bind a :: $PORT 24
		get a v6only -> 1
		open b tcp6
		bind b :: 5301 27
		get b v6only -> 1
		open c tcp6
		bind c :: 5302 128
		get c v6only -> 1
	END
	as_bare <<-END
		open a tcp6
		bind a :: $PORT 23 -> EINVAL
		bind a :: $PORT 16 -> EINVAL
		bind a :: $PORT 0 -> EINVAL
		bind a :: $PORT 129 -> EINVAL
		bind a :: $PORT -1 -> EINVAL
		get a v6only -> 0
	END
}

@test "the wildcard with a scope" {
	is_taken <<-END
		open a tcp6
		bind a ::%1 $PORT
		get a v6only -> 1
	END
}

@test "port 0, and listen without bind" {
	as_bare <<-END
		open a tcp6
		bind a :: 0
		listen a
		get a v6only -> 0
		open b udp6
		bind b :: 0
		get b v6only -> 0
		open c tcp6
		listen c
		get c v6only -> 0
		listen c
		open d tcp6
	END
}

@test "a client on port 0 of :: goes on to talk to IPv4" {
	as_bare <<-END
		open server tcp4
		bind server 127.0.0.1 $PORT
		listen server
		open a tcp6 v6only=0
		bind a :: 0
		connect a ::ffff:127.0.0.1 $PORT
	END
}

@test "bind repeated after a failure" {
	is_taken <<-END
		spawn other bare
		in other open six tcp6
		in other bind six :: $PORT
		in other listen six
		open a tcp6
		bind a :: $PORT -> EADDRINUSE
		get a v6only -> 0
		bind a ::1 $PORT -> EADDRINUSE
		bind a :: 5301
		get a v6only -> 1
	END
	# A failed bind must not leave V6ONLY, which forbids this address.
	as_bare <<-END
		spawn other bare
		in other open six tcp6
		in other bind six :: $PORT
		in other listen six
		open a tcp6
		bind a :: $PORT -> EADDRINUSE
		bind a ::ffff:192.0.2.1 5301
		get a v6only -> 0
	END
}

@test "bind refused without a privilege" {
	# shellcheck disable=SC2034 # launch_server reads it.
	prefix=(setpriv --bounding-set=-net_bind_service)
	as_bare <<-END
		open a tcp6
		bind a :: 80 -> EACCES
		get a v6only -> 0
		open b tcp6 v6only
		bind b :: 80 -> EACCES
		get b v6only -> 1
		open c udp6 v6only=0
		bind c :: 80 -> EACCES
		get c v6only -> 0
	END
}

@test "bind of a socket that is bound, and setsockopt after that" {
	is_taken <<-END
		open a tcp6
		bind a :: $PORT
		bind a :: $PORT -> EINVAL
		bind a :: 5301 -> EINVAL
		set a v6only 1 -> EINVAL
		set a v6only 0 -> EINVAL
		listen a
		bind a :: 5301 -> EINVAL
		get a v6only -> 1
		port a -> $PORT
	END
}

@test "listen on what cannot listen leaves IPV6_V6ONLY as it was" {
	BINDRIGHT_V6ONLY=off,udp/0=force with_library start_server puppet
	plays <<-END
		open a udp6
		listen a -> EOPNOTSUPP
		get a v6only -> 0
	END
}

@test "listen on what cannot listen" {
	as_bare <<-END
		open a udp6
		bind a :: $PORT
		listen a -> EOPNOTSUPP
		open b raw6
		listen b -> EOPNOTSUPP
		open c tcp4
		connect c 127.0.0.1 5301 -> ECONNREFUSED
		open d tcp6
		bind d ::1 5301
		listen d
		open e tcp6
		connect e ::1 5301
		listen e -> EINVAL
	END
}

@test "net.ipv6.bindv6only=1: as bare, except dual" {
	server_sysctl net.ipv6.bindv6only=1
	KEYWORDS=(force default auto off)
	as_bare <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		get six v6only -> 1
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		open seven udp6
		bind seven :: 0
		get seven v6only -> 1
	END
}

@test "IPV6_V6ONLY set and cleared again, then bound" {
	local kind

	for kind in tcp6 udp6; do
		is_taken <<-END
			open a $kind
			set a v6only 1
			set a v6only 0
			bind a :: $PORT
			get a v6only -> 1
		END
	done
}

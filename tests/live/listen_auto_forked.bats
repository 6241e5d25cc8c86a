#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# BINDRIGHT_V6ONLY=auto if the two sockets of a pair belong to different processes: to parent and
# child, to two children, to two programs. Bare, the second one fails.

load lab
load puppet

# works <<-END ... END: bare, the lines fail that say so; under auto none fails.
works() {
	local lines

	lines=$(cat)
	two_runs "$lines" "${lines// -> EADDRINUSE/}"
}

# fails_as_bare <<-END ... END: in both runs.
fails_as_bare() {
	local lines

	lines=$(cat)
	two_runs "$lines" "$lines"
}

two_runs() {
	bare start_server puppet
	plays <<<"$1"
	BINDRIGHT_V6ONLY=auto BINDRIGHT_LOG=info with_library start_server puppet
	plays <<<"$2"
}

is_v6only() {
	[ "$(v6only_of t)" = 1 ]
}

@test "the parent has 0.0.0.0, the child binds ::" {
	works <<-END
		open four tcp4
		bind four 0.0.0.0 $PORT
		listen four
		fork child
		in child open six tcp6
		in child bind six :: $PORT -> EADDRINUSE
		in child listen six
	END
	can_connect "${V6[1]}"
	plays <<<"in child accept six came"
	comes_in_at four tcp "${V4[1]}"
}

@test "the parent has ::, the child binds 0.0.0.0" {
	works <<-END
		open six tcp6
		bind six :: $PORT
		listen six
		fork child
		in child open four tcp4
		in child bind four 0.0.0.0 $PORT -> EADDRINUSE
		in child listen four
	END
	can_connect "${V4[1]}"
	plays <<-END
		in child accept four came
		idle six
	END
	comes_in_at six tcp "${V6[1]}"
	# After the child has ended, the parent has IPv4 again.
	do_lines "end child"
	comes_in_at six tcp "${V4[1]}"
}

@test "the child has 0.0.0.0, the parent binds ::" {
	works <<-END
		fork child
		in child open four tcp4
		in child bind four 0.0.0.0 $PORT
		in child listen four
		open six tcp6
		bind six :: $PORT -> EADDRINUSE
		listen six
	END
	comes_in_at six tcp "${V6[1]}"
	can_connect "${V4[1]}"
	plays <<<"in child accept four came"
}

@test "parent and child, both bound before any listens" {
	works <<-END
		open four tcp4 reuseaddr
		bind four 0.0.0.0 $PORT
		fork child
		in child open six tcp6 reuseaddr
		in child bind six :: $PORT
		listen four
		in child listen six -> EADDRINUSE
	END
	comes_in_at four tcp "${V4[1]}"
	can_connect "${V6[1]}"
	plays <<<"in child accept six came"

	works <<-END
		open six tcp6 reuseaddr
		bind six :: $PORT
		fork child
		in child open four tcp4 reuseaddr
		in child bind four 0.0.0.0 $PORT
		listen six
		in child listen four -> EADDRINUSE
	END
	comes_in_at six tcp "${V6[1]}"
	can_connect "${V4[1]}"
	plays <<<"in child accept four came"
}

@test "siblings, 0.0.0.0 first" {
	works <<-END
		fork a
		fork b
		in a open four tcp4
		in a bind four 0.0.0.0 $PORT
		in a listen four
		in b open six tcp6
		in b bind six :: $PORT -> EADDRINUSE
		in b listen six
	END
	is_v6only
	can_connect "${V4[1]}" "${V6[1]}"
	plays <<-END
		in a accept four came
		in b accept six came
	END
	works <<-END
		fork a
		fork b
		in a open four udp4
		in a bind four 0.0.0.0 $PORT
		in b open six udp6
		in b bind six :: $PORT -> EADDRINUSE
	END
}

# A socket that is bound and does not listen is in no kernel table.
@test "siblings, 0.0.0.0 first, both bound before any listens: fails as bare" {
	fails_as_bare <<-END
		fork a
		fork b
		in a open four tcp4
		in a bind four 0.0.0.0 $PORT
		in b open six tcp6
		in b bind six :: $PORT -> EADDRINUSE
		in a listen four
	END
	fails_as_bare <<-END
		fork a
		fork b
		in a open four tcp4 reuseaddr
		in a bind four 0.0.0.0 $PORT
		in b open six tcp6 reuseaddr
		in b bind six :: $PORT
		in a listen four
		in b listen six -> EADDRINUSE
	END
}

@test "siblings, :: first: fails as bare" {
	fails_as_bare <<-END
		fork a
		fork b
		in a open six tcp6
		in a bind six :: $PORT
		in a listen six
		in b open four tcp4
		in b bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
	fails_as_bare <<-END
		fork a
		fork b
		in a open six udp6
		in a bind six :: $PORT
		in b open four udp4
		in b bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
}

@test "another program has 0.0.0.0" {
	works <<-END
		spawn other bare
		in other open four tcp4
		in other bind four 0.0.0.0 $PORT
		in other listen four
		open six tcp6
		bind six :: $PORT -> EADDRINUSE
		listen six
	END
	is_v6only
	grep -q ": warn: .*\[::\]:$PORT: IPV6_V6ONLY set (.*auto).* another process" server.err
	works <<-END
		spawn other bare
		in other open four udp4
		in other bind four 0.0.0.0 $PORT
		open six udp6
		bind six :: $PORT -> EADDRINUSE
	END
}

@test "another program has ::: fails as bare" {
	fails_as_bare <<-END
		spawn other bare
		in other open six tcp6
		in other bind six :: $PORT
		in other listen six
		open four tcp4
		bind four 0.0.0.0 $PORT -> EADDRINUSE
	END
}

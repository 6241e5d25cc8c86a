# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of clients that bind :: port 0 and then talk to v4-mapped addresses, as those of
# Java, Node and .NET do. A V6ONLY socket could not, so without a rule for port 0 no word touches them.
#
# A client's file says
#
#	packages	as in daemons.bash, with memcached, the server that is asked for its version by
#			TCP and UDP
#	prepare		makes the program in the current directory
#	program		the command that runs it; behind it come the server's IPv4 address and port. It
#			prints a line for each way that it has to ask: its name, a colon, and the answer,
#			or what else came of it
#
# and a test of the word works_under_every_word.

# shellcheck source=tests/daemons/listeners.bash
. "$(dirname "${BASH_SOURCE[0]}")/listeners.bash"

works_under_every_word() {
	local word

	start_memcached
	prepare
	bare talk bare
	every_way_matches bare '^[^:]+: VERSION [0-9.]+$'
	for word in "${words[@]}"; do
		BINDRIGHT_V6ONLY=$word BINDRIGHT_LOG=warn:$PWD/log.$word with_library talk "$word"
		same_text said.bare "said.$word"
	done
	says_nothing "${words[@]}"
	# Were they touched, each of these ways would end in this error.
	BINDRIGHT_V6ONLY='off,*/0=force' BINDRIGHT_LOG=off with_library talk rule
	every_way_matches rule 'unreachable|ENETUNREACH'
}

# It answers from its one address, so that nothing but the client is seen.
start_memcached() {
	launch_server memcached -u root -l "${V4[1]}" -U "$port" -p "$port" -t 1
	wait_until list_listeners_at "${V4[1]}" || fail "memcached is not ready"
}

list_listeners_at() {
	list_listeners | grep -qxF "$1"
}

# talk NAME: what it says is in the file said.NAME.
talk() {
	from_client env ${preload:+LD_PRELOAD="$preload"} "${program[@]}" "${V4[1]}" "$port" \
		</dev/null >"said.$1" 2>client.out || fail "under $1 the client fails: $(cat "said.$1")"
}

# every_way_matches NAME REGEX: as many ways as bare, too.
every_way_matches() {
	if [ ! -s said.bare ] || [ "$(wc -l <"said.$1")" -ne "$(wc -l <said.bare)" ] ||
		grep -qvE "$2" "said.$1"; then
		fail "$1 is not as expected: $(cat "said.$1")"
	fi
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of clients that bind port 0 of :: and then talk to v4-mapped addresses, as in
# Java, Node and .NET. A V6ONLY socket cannot, so no keyword applies to port 0 without a rule for it.
#
# A client's file defines
#
#	packages	as in daemons.bash, with memcached, the server whose version the client asks by
#			TCP and UDP
#	prepare		makes the program in the current directory
#	program		the command that runs it, without the server's IPv4 address and port, which
#			follow. It prints a line for each of its ways to ask: a name, a colon, and the
#			answer or error
#
# and a test that calls works_under_every_keyword.

# shellcheck source=tests/daemons/listeners.bash
. "$(dirname "${BASH_SOURCE[0]}")/listeners.bash"

works_under_every_keyword() {
	local keyword

	start_memcached
	prepare
	bare talk bare
	every_way_matches bare '^[^:]+: VERSION [0-9.]+$'
	for keyword in "${keywords[@]}"; do
		BINDRIGHT_V6ONLY=$keyword BINDRIGHT_LOG=warn:$PWD/log.$keyword with_library talk "$keyword"
		same_text said.bare "said.$keyword"
	done
	logs_nothing "${keywords[@]}"
	# With a rule that makes their sockets V6ONLY, each way ends in this error.
	BINDRIGHT_V6ONLY='off,*/0=force' BINDRIGHT_LOG=off with_library talk rule
	every_way_matches rule 'unreachable|ENETUNREACH'
}

# It listens on one address, so its replies are right and only the client is tested.
start_memcached() {
	launch_server memcached -u root -l "${V4[1]}" -U "$port" -p "$port" -t 1
	wait_until list_listeners_at "${V4[1]}" || fail "memcached is not ready"
}

list_listeners_at() {
	list_listeners | grep -qxF "$1"
}

# talk NAME: runs the client and writes its output to said.NAME.
talk() {
	from_client env ${preload:+LD_PRELOAD="$preload"} "${program[@]}" "${V4[1]}" "$port" \
		</dev/null >"said.$1" 2>client.out || fail "under $1 the client fails: $(cat "said.$1")"
}

# every_way_matches NAME REGEX: each line of said.NAME matches, and there are as many as bare.
every_way_matches() {
	if [ ! -s said.bare ] || [ "$(wc -l <"said.$1")" -ne "$(wc -l <said.bare)" ] ||
		grep -qvE "$2" "said.$1"; then
		fail "$1 is not as expected: $(cat "said.$1")"
	fi
}

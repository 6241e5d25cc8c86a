# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# For tests of sockets that a program has neither opened nor bound: tests/servers/inherit binds one,
# waits until a request is queued for each address, and runs the program with it.

# shellcheck disable=SC2034 # Used by name.
readonly BOTH=("${V4[@]}" "${V6[@]}")

# start_inheriting V4|V6|BOTH "OPTIONS" COMMAND...: runs the command as a server, by inherit with
# these options. What it says to the requests that were queued before is in the file answers. "bare"
# or "with_library" stands before it, and is for the command; where that has the library, inherit has
# what "inherit_preload" says.
start_inheriting() {
	local -n addresses=$1
	local inside=$preload outside=${preload:+${inherit_preload:-}} options=()

	case $1 in
	V4) options=(0.0.0.0) ;;
	V6) options=(-6 ::) ;;
	BOTH) options=(-d ::) ;;
	esac
	read -ra options <<<"-q ${#addresses[@]} $2 ${options[*]}"
	shift 2
	preload=$outside launch_server "$servers/inherit" "${options[@]}" "$PORT" \
		env LD_PRELOAD="$inside" "$@"
	server_says bound
	ask_client_meanwhile -v "$PORT" "${addresses[@]}"
	wait_until server_is_ready || fail "not ready"
	client_is_done
}

# comes_queued V4|V6|BOTH "OPTIONS" COMMAND...: bare, requests that were queued before the command
# began are answered wrongly; with the library they and later ones are not, and all that the command
# tells of its socket and its control data is the same.
comes_queued() {
	local -n asked=$1

	# Shown only if something fails. (A caller that says "|| fail" would have nothing fail here.)
	echo "under test: $*"
	bare start_inheriting "$@"
	some_wrong
	keep_text bare.text
	cp server.out bare.out

	with_library start_inheriting "$@"
	every_line_matches '^right '
	keep_text with.text
	same_text bare.text with.text
	same_text bare.out server.out
	ask_client -r 2 "$PORT" "${asked[@]}"
	every_line_is right
}

# comes_queued_to_all "OPTIONS" COMMAND...: the same with IPv4, IPv6 and both on one socket.
comes_queued_to_all() {
	local family

	for family in V4 V6 BOTH; do
		comes_queued "$family" "$@"
	done
}

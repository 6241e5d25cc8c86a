# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# For tests of inherited sockets: tests/servers/inherit binds one, waits until a request for each
# address is queued, and runs the program with it.

# shellcheck disable=SC2034 # Used by name.
readonly BOTH=("${V4[@]}" "${V6[@]}")

# start_inheriting V4|V6|BOTH "OPTIONS" COMMAND...: runs the command as a server, by inherit with
# these options. The answers to the queued requests are in the file answers. "bare" or
# "with_library" before it is for the command; if that has the library, inherit has the value of
# "inherit_preload" as LD_PRELOAD.
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
# began get wrong answers; with the library these and later ones get right answers, and all that the
# command prints about its socket and control data is the same.
comes_queued() {
	local -n asked=$1

	# Printed only on failure. (A caller with "|| fail" would disable errexit here.)
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

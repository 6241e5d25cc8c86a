#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The nft rule of bindright(7), "What no preload reaches": without the library it cures the replies
# to clients behind the primary address's link, and breaks those to others.

load lab
load routes

page=$abs_top_srcdir/shim/bindright.7

# load_rule PRIMARY: loads the table as the page prints it.
load_rule() {
	sed -n '/^table inet bindright {$/,/^}$/p' "$page" |
		sed -e "s/dport 161 /dport $PORT /" -e "s/192\.0\.2\.1$/$1/" >rule
	grep -qE "udp dport $PORT .* to $1\$" rule || fail "the page has no such rule"
	"${server_host[@]}" nft -f rule || skip "no nftables with nat and fib here"
}

# rule_cures SERVER ARGUMENT...: clients behind the primary address's link.
rule_cures() {
	bare start_server "$@"
	ask_client "$PORT" "${V4[@]}"
	some_wrong
	load_rule "${V4[0]}"
	ask_client -n 30 -r 3 "$PORT" "${V4[@]}"
	every_line_is right
}

@test "clients behind the primary address's link get the right source" {
	need nft
	rule_cures echo_recvfrom 0.0.0.0 "$PORT"
}

@test "so do those of a dual-stack socket; IPv6 stays as it was" {
	need nft
	rule_cures echo_recvfrom -d :: "$PORT"
	ask_client "$PORT" "${V6[@]}"
	some_wrong
}

# The second cable's clients were answered correctly at the address that routing prefers there.
@test "the limit: clients behind another link get a wrong source, at every address" {
	local asked=("${V4[@]}" "${V4_BESIDE[@]}")

	need nft
	lay_second_cable
	far_client wire2
	bare start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -s "$FAR_V4" "$PORT" "${V4_BESIDE[0]}"
	every_line_is right
	load_rule "${V4[0]}"
	ask_client -s "$FAR_V4" "$PORT" "${asked[@]}"
	every_line_matches '^wrong '

	"${server_host[@]}" nft delete table inet bindright
	with_library start_server echo_recvfrom 0.0.0.0 "$PORT"
	ask_client -s "$FAR_V4" "$PORT" "${asked[@]}"
	every_line_is right
}

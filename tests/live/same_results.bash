# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests that compare the result of every call with the library and with libc alone.

# The directory of same_results; other builds of it have their own.
same_results=${same_results:-same_results}

setup_file() {
	# Sanitizers check memory before the kernel can refuse it.
	if nm "$servers/$same_results" | grep -qE '__(a|t)san_init'; then
		skip_file "built with a sanitizer"
	fi
}

# on_host HOST FILE ARGUMENT...: writes the output of same_results on HOST to FILE.
on_host() {
	local -n host=$1
	local file=$2

	shift 2
	"${host[@]}" "${dying_with_us[@]}" timeout --kill-after=5 120 \
		env ${preload:+LD_PRELOAD="$preload"} "$servers/$same_results" "$@" \
		>"$file" 2>>"$file.err" 3>&-
}

# is_whole FILE: the run has printed its last line.
is_whole() {
	[ "$(tail -n 1 "$1")" = "done" ] || fail "$1: $(tail -n 1 "$1") $(tail -n 5 "$1.err")"
}

# same_results ARGUMENT...: BINDRIGHT_* assignments may precede it.
same_results() {
	local bare_pid

	bare on_host client_host bare.results "$@" &
	bare_pid=$!
	with_library on_host server_host with.results "$@" || true
	wait "$bare_pid" || true
	is_whole bare.results
	[ "$(wc -l <bare.results)" -gt 5 ] || fail "same_results $*: no calls: the test proves nothing"
	! grep -E 'ended (by|with)' bare.results || fail "a case that ends bare proves nothing: $(tail -n 3 bare.results.err)"
	is_whole with.results
	same_lines bare.results with.results
}

# same_lines FILE FILE: fails and shows the beginning of the difference, if there is one.
same_lines() {
	diff "$1" "$2" >differences && return
	head -n 40 differences | cut -c 1-400
	fail "$(grep -c '^<' differences) of $(wc -l <"$1") results differ"
}

# same_results_dual FAMILY...: with IPv4 on IPv6 sockets too.
same_results_dual() {
	export BINDRIGHT_V6ONLY=off
	same_results -d "$@"
}

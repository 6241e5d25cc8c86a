# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# For tests that hold what every call gives with the library against what libc alone gives.

# Which same_results: that of another build stands in a folder of its own.
same_results=${same_results:-same_results}

setup_file() {
	# The sanitizers look at memory before the kernel can refuse it.
	if nm "$servers/$same_results" | grep -qE '__(a|t)san_init'; then
		skip_file "built with a sanitizer"
	fi
}

# on_host HOST FILE ARGUMENT...: what same_results prints there, with these arguments.
on_host() {
	local -n host=$1
	local file=$2

	shift 2
	"${host[@]}" "${dying_with_us[@]}" timeout --kill-after=5 120 \
		env ${preload:+LD_PRELOAD="$preload"} "$servers/$same_results" "$@" \
		>"$file" 2>>"$file.err" 3>&-
}

# is_whole FILE: says of a run that came to its end that it did.
is_whole() {
	[ "$(tail -n 1 "$1")" = "done" ] || fail "$1: $(tail -n 1 "$1") $(tail -n 5 "$1.err")"
}

# same_results ARGUMENT...: BINDRIGHT_* may stand before it.
same_results() {
	local bare_pid

	bare on_host client_host bare.results "$@" &
	bare_pid=$!
	with_library on_host server_host with.results "$@" || true
	wait "$bare_pid" || true
	is_whole bare.results
	[ "$(wc -l <bare.results)" -gt 5 ] || fail "same_results $*: no calls, no proof"
	! grep -E 'ended (by|with)' bare.results || fail "a case that ends bare is no case"
	is_whole with.results
	same_lines bare.results with.results
}

# same_lines FILE FILE: shows the beginning of the difference where there is one.
same_lines() {
	diff "$1" "$2" >differences && return
	head -n 40 differences | cut -c 1-400
	fail "$(grep -c '^<' differences) of $(wc -l <"$1") results differ"
}

# same_results_dual FAMILY...: IPv4 on IPv6 sockets too.
same_results_dual() {
	export BINDRIGHT_V6ONLY=off
	same_results -d "$@"
}

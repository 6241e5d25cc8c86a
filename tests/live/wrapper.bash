# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of the wrapper `bindright`. Nothing of the network is needed in them. Where a
# test needs other paths than those of the build tree (a missing library, a directory of services),
# it makes a wrapper of its own from the template.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$here/bats.bash"
: "${abs_top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
wrapper=$abs_top_builddir/scripts/bindright
template=$abs_top_srcdir/scripts/bindright.in
library=$abs_top_builddir/shim/.libs/libbindright.so
settings=$abs_top_builddir/shim/ctl/bindright-settings

unset LD_PRELOAD "${!BINDRIGHT@}"

setup() {
	enter_test_directory || return
	[ -x "$wrapper" ] || skip "no wrapper at $wrapper: run make first"
}

# make_wrapper: ./bindright with services in ./etc/bindright, and with another library or another
# judge of settings where these are set.
make_wrapper() {
	mkdir -p etc/bindright
	sed -e "s|@LIBRARY@|$library|" -e "s|@SETTINGS@|$settings|" -e "s|@sysconfdir@|$PWD/etc|" \
		-e "s|@VERSION@|0|" "$template" >bindright
	chmod +x bindright
	wrapper=$PWD/bindright
}

# script FILE LINE...: an executable shell script.
script() {
	local file=$1

	shift
	printf '%s\n' '#!/bin/sh' "$@" >"$file"
	chmod +x "$file"
}

# bindright ARGUMENT...: runs the wrapper.
bindright() {
	run_apart "$wrapper" "$@"
}

# gives OUTPUT: the command ran, printed this, and nobody printed anything else.
gives() {
	if [ "$status" -ne 0 ] || [ "$output" != "$1" ] || [ "$stderr" != "" ]; then
		show_run
	fi
}

# refused STATUS PATTERN: one line of bindright's own, no output, and the status.
refused() {
	# shellcheck disable=SC2053 # A pattern it is meant to be.
	if [ "$status" -ne "$1" ] || [ "$output" != "" ] || [ "${#stderr_lines[@]}" -ne 1 ] ||
		[[ $stderr != bindright:\ $2 ]]; then
		show_run
	fi
}

show_run() {
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$status" "$output" "$stderr"
	return 1
}

# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the tree in place and does only the missing steps: a tree that the user has configured
# keeps its options. Needs common.sh, packages.sh, $top and $scratch.

want_build_packages() {
	want 'to build bindright' gcc make autoconf automake libtool libc6-dev libmnl-dev libjansson-dev
}

# need_tool PROGRAM PACKAGE
need_tool() {
	command -v "$1" >/dev/null ||
		fail "cannot build: $1 is missing (Debian has it in the package $2)"
}

is_newer() {
	[ -n "$(find "$1" -prune -newer "$2")" ]
}

generate_configure() {
	if [ -x configure ] && [ -f Makefile.in ] && ! is_newer configure.ac configure; then
		return
	fi
	need_tool autoreconf autoconf
	need_tool automake automake
	need_tool libtoolize libtool
	quietly 'autoreconf -fi' autoreconf -fi || exit 1
}

# Runs configure again with the same options, to detect tools and libraries installed since.
configure_again() {
	quietly './config.status --recheck' ./config.status --recheck || exit 1
	quietly './config.status' ./config.status || exit 1
}

# The arguments for ./configure, each quoted for the shell.
configure_arguments=

# configure_with ARGUMENT: adds an argument of ./configure.
configure_with() {
	quoted=$(printf '%s' "$1" | sed "s/'/'\\\\''/g")
	configure_arguments="$configure_arguments${configure_arguments:+ }'$quoted'"
}

# list_words WORDS: prints one per line, without shell quotes, because configure quotes differently.
list_words() {
	eval "set -- $1"
	for word; do
		printf '%s\n' "$word"
	done
}

# check_configuration: fails if the tree was configured with other arguments.
check_configuration() {
	# shellcheck disable=SC2154 # the script that sources this sets it
	[ -n "$configure_arguments" ] && [ -f "$top/config.status" ] || return 0
	configured_with=$(cd "$top" && ./config.status --config)
	[ "$(list_words "$configured_with")" = "$(list_words "$configure_arguments")" ] ||
		fail "the tree is configured with ${configured_with:-no arguments}, not with $configure_arguments: run 'make distclean' first"
}

# build_tree [TARGET...]: configures only if there is no Makefile, which updates itself later, or if
# the tree was moved or copied, because the wrapper contains the path of its library.
build_tree() {
	# shellcheck disable=SC2154 # the script that sources this sets it
	cd "$top" || exit 1
	need_tool make make
	generate_configure
	if [ ! -f config.status ]; then
		eval "quietly './configure' ./configure $configure_arguments" || exit 1
	elif [ ! -f Makefile ] || ! grep -qxF "ac_pwd='$top'" config.status; then
		configure_again
	fi
	quietly "make $*" make -j "$(nproc)" "$@" || exit 1
}

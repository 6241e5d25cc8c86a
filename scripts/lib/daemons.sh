# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What `scripts/test --daemons` needs besides: the packages of the daemons in tests/daemons/, and
# the table of what was seen of them. Needs common.sh, packages.sh, $top and $scratch.

daemons=tests/daemons

# The tests that are to run, their names from the top of the tree.
daemon_tests=

# choose_daemons VARIABLE=VALUE...: those of TESTS=.
choose_daemons() {
	for argument; do
		case $argument in
		TESTS=*) daemon_tests=${argument#TESTS=} ;;
		esac
	done
}

# list_packages packages|unpacked: what these tests say of themselves under this name.
list_packages() {
	# shellcheck disable=SC2154 # the script that sources this sets it
	for test in $daemon_tests; do
		sed -n "s/^$1='\\{0,1\\}\\([^']*\\)'\\{0,1\\}\$/\\1/p" "$top/$test"
	done | tr ' ' '\n' | sort -u
}

want_daemons() {
	# shellcheck disable=SC2046 # a list of names, to be split
	want 'to test daemons' $(list_packages packages)
	for package in $(list_packages unpacked); do
		[ -d "$top/$daemons/unpacked/$package" ] || say "missing to test daemons, to be unpacked only: $package"
	done
}

# Packages that conflict with others are only unpacked, in a directory of the tests; what was
# installed for the tests must not serve.
prepare_daemons() {
	is_debian || return 0
	# shellcheck disable=SC2046 # a list of names, to be split
	keep_services_off $(list_packages packages)
	for package in $(list_packages unpacked); do
		[ ! -d "$top/$daemons/unpacked/$package" ] || continue
		! may_install || renew_lists
		unpack "$package" || say "going on without $package"
	done
}

unpack() {
	# shellcheck disable=SC2154 # make_scratch sets it
	quietly "apt-get download $1" download "$1" &&
		mkdir -p "$top/$daemons/unpacked" &&
		dpkg-deb -R "$scratch/$1"/*.deb "$scratch/$1/tree" &&
		mv "$scratch/$1/tree" "$top/$daemons/unpacked/$1"
}

download() {
	mkdir -p "$scratch/$1" && (cd "$scratch/$1" && apt-get -q download "$1")
}

forget_rows() {
	rm -rf "$top/$daemons/rows"
}

# All rows there are, each table's under the heading that stands in a file beside the tests.
print_table() {
	for table in replies listeners; do
		cat "$top/$daemons/$table-head.md"
		cat "$top/$daemons/rows/$table"/* 2>/dev/null | LC_ALL=C sort -f
	done
}

# keep_table all|some LACKING: the documentation's table is written only by a run of all tests that
# LACKS none.
keep_table() {
	printf '\n'
	print_table
	printf '\n'
	if [ "$2" -gt 0 ]; then
		say "$daemons/TABLE.md is left as it was, because $2 of the tests did not pass or were skipped"
	elif [ "$1" != all ]; then
		say "$daemons/TABLE.md is left as it was, because these are not all of its tests"
	else
		print_table >"$top/$daemons/TABLE.md"
		say "written: $daemons/TABLE.md"
	fi
}

# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --daemons`: installs the packages of the daemons in tests/daemons/, and writes
# the table of the results. Needs common.sh, packages.sh, $top and $scratch.

daemons=tests/daemons

# The tests to run, as paths from the top of the tree.
daemon_tests=

# choose_daemons VARIABLE=VALUE...: sets daemon_tests to the value of TESTS.
choose_daemons() {
	for argument; do
		case $argument in
		TESTS=*) daemon_tests=${argument#TESTS=} ;;
		esac
	done
}

# list_packages packages|unpacked: prints the values of this variable in the chosen tests.
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
		[ -d "$top/$daemons/unpacked/$package" ] || say "missing to test daemons (to unpack, not to install): $package"
	done
}

# Keeps the services of newly installed packages off. Packages that conflict with others are only
# unpacked, into a directory of the tests.
prepare_daemons() {
	is_debian || return 0
	# shellcheck disable=SC2046 # a list of names, to be split
	keep_services_off $(list_packages packages)
	for package in $(list_packages unpacked); do
		[ ! -d "$top/$daemons/unpacked/$package" ] || continue
		! may_install || renew_lists
		unpack "$package" || say "continuing without $package"
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

# Prints each table: its heading, from a file in tests/daemons/, and its rows.
print_table() {
	for table in replies listeners kernel; do
		cat "$top/$daemons/$table-head.md"
		cat "$top/$daemons/rows/$table"/* 2>/dev/null | LC_ALL=C sort -f
	done
}

# keep_table all|some LACKING: prints the table. Writes it to TABLE.md only if all tests ran and
# LACKING, the number of those that failed or were skipped, is 0.
keep_table() {
	printf '\n'
	print_table
	printf '\n'
	if [ "$2" -gt 0 ]; then
		say "$daemons/TABLE.md is unchanged, because tests failed or were skipped: $2"
	elif [ "$1" != all ]; then
		say "$daemons/TABLE.md is unchanged, because only some of its tests ran"
	else
		print_table >"$top/$daemons/TABLE.md"
		say "wrote $daemons/TABLE.md"
	fi
}

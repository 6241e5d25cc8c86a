# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --transparency`: makes the root that other people's test suites run in, with their
# sources, built, and the tables of the results. All of it is kept beside the roots of systems.sh. Needs
# common.sh, packages.sh, systems.sh, $top and $scratch.

transparency=tests/transparency
transparency_results=

# The suites to run.
suites=

# choose_suites SUITE...: all of them if none is named.
choose_suites() {
	# shellcheck disable=SC2154 # the script that sources this sets it
	all_suites=$(cd "$top/$transparency/suites" && echo *)
	suites=$*
	for suite; do
		[ -f "$top/$transparency/suites/$suite" ] || fail "there is no suite '$suite' (there are: $all_suites)"
	done
	[ -n "$suites" ] || suites=$all_suites
}

want_transparency() {
	want 'to make the root of the suites' mmdebstrap
}

# in_suites_root COMMAND...: what it writes stays.
in_suites_root() {
	WRITE=yes "$top/$transparency/enter" "$(root_directory transparency)" "$@"
}

as_tester() {
	in_suites_root setpriv --reuid tester --regid tester --init-groups "$@"
}

# prepare_transparency: the suites that cannot be run are in $suites_missing, with the reason.
prepare_transparency() {
	suites_missing=
	[ "$(id -u)" -eq 0 ] || fail "--transparency: only root can make namespaces with a root of their own"
	{ [ -n "$(debian_release)" ] && command -v mmdebstrap >/dev/null; } ||
		fail "--transparency needs Debian and mmdebstrap, to make a root"
	# shellcheck disable=SC2154 # systems.sh sets it
	mkdir -p "$systems_cache" || exit 1
	# Two runs at once must not make the same root.
	exec 9>"$systems_cache/lock-transparency"
	flock 9
	root_is_made transparency || make_root transparency || fail "no root to run the suites in"
	finish_suites_root || fail "no root to run the suites in"
	runnable=
	for suite in $suites; do
		if prepare_suite "$suite"; then
			runnable="$runnable $suite"
		else
			suites_missing="$suites_missing $suite"
		fi
	done
	exec 9>&-
}

# The host's user of the same number owns what is in suites/.
finish_suites_root() {
	directory=$(root_directory transparency)
	mkdir -p "$directory/suites/bin" || return
	[ -d "$directory/home/tester" ] || chroot "$directory" useradd -m -s /bin/sh tester || return
	printf '127.0.0.1 localhost suites\n::1 localhost ip6-localhost ip6-loopback\n' >"$directory/etc/hosts" &&
		echo suites >"$directory/etc/hostname" && : >"$directory/etc/resolv.conf"
}

# prepare_suite SUITE: its sources are there and built. They are built again when its file changes.
prepare_suite() {
	directory=$(root_directory transparency)/suites/$1
	built=$(sed -n '/^source_package/,/^}/p;/^build/,/^}/p' "$top/$transparency/suites/$1" | cksum)
	[ "$(cat "$directory/.built" 2>/dev/null)" != "$built" ] || return 0
	rm -rf "$directory"
	source=$(as_tester /suites/bin/inside source "$1")
	if [ -n "$source" ]; then
		fetch_source "$source" &&
			quietly "dpkg-source -x $source" in_suites_root sh -c "dpkg-source --no-check -x /suites/fetched/*.dsc /suites/$1" ||
			return
	else
		mkdir "$directory"
	fi
	chroot "$(root_directory transparency)" chown -R tester:tester "/suites/$1"
	quietly "building $1's tests (kept for later runs)" as_tester /suites/bin/inside build "$1" &&
		echo "$built" >"$directory/.built"
}

# fetch_source PACKAGE: by apt-get with lists and sources of its own: what the host's apt knows of
# sources, or not, stays as it is.
fetch_source() {
	sources=$systems_cache/$(debian_release)-sources
	fetched=$(root_directory transparency)/suites/fetched
	rm -rf "$fetched"
	mkdir -p "$fetched" "$sources/lists/partial" "$sources/cache/archives/partial" || return
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $(debian_release) main" >"$sources/sources.list"
	[ -n "$source_lists_are_new" ] || quietly 'apt-get update (for sources)' apt_source update || return
	source_lists_are_new=yes
	(cd "$fetched" && quietly "apt-get source $1" apt_source source --download-only "$1")
}
source_lists_are_new=

apt_source() {
	apt-get -q -o "Dir::Etc::sourcelist=$sources/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o "Dir::State::lists=$sources/lists" -o "Dir::Cache=$sources/cache" -o APT::Sandbox::User=root "$@"
}

# test_transparency: runs the suites, prints what differs, counts in $passed, $failed and $skipped.
test_transparency() {
	transparency_results=$top/$transparency/results
	for suite in $suites_missing; do
		skipped=$((skipped + 1))
		say "skipped: $suite: its tests cannot be fetched or built here"
	done
	[ -n "$runnable" ] || return 0
	say "running$runnable, bare and with the library"
	# shellcheck disable=SC2086 # names
	"$top/$transparency/run" "$(root_directory transparency)" "$top/shim/.libs/libbindright.so" \
		"$transparency_results" $runnable
	for suite in $runnable; do
		take_verdict "$suite"
	done
}

verdict_count() {
	awk -F '\t' -v kind="$2" '$1 == "count" && $2 == kind { print $3 }' "$transparency_results/$1/verdict"
}

take_verdict() {
	verdict=$transparency_results/$1/verdict
	if [ "$(verdict_count "$1" bare-pass)" -gt 0 ] 2>/dev/null; then
		passed=$((passed + $(verdict_count "$1" pass)))
		failed=$((failed + $(verdict_count "$1" unexcused)))
		skipped=$((skipped + $(verdict_count "$1" other) + $(verdict_count "$1" flaky)))
	else
		failed=$((failed + 1))
		say "$1: no test passed bare; see $verdict"
		return
	fi
	say "$1: $(verdict_count "$1" pass) the same, $(verdict_count "$1" unexcused) not;" \
		"skipped: $(verdict_count "$1" other) do not pass bare, $(verdict_count "$1" flaky) are flaky" \
		"($(cat "$transparency_results/$1"/*.seconds | awk '{ s += $1 } END { print s }') seconds of runs)"
	sed -n -E -e 's/^(differs|unneeded)\t/  &/p' -e 's/^flaky\t/  &/p' "$verdict" | LC_ALL=C sort
}

# old_rows SUITE 1|2: what TABLE.md has of it, in its first or second table.
old_rows() {
	awk -v suite="$1" -v table="$2" '/^## / { number = 1 } index($0, "| " suite " |") == 1 && number + 1 == table' \
		"$top/$transparency/TABLE.md"
}

# print_transparency_row SUITE
print_transparency_row() {
	awk -F '\t' -v suite="$1" -v version="$(suite_version "$1")" '
		$1 == "count" { count[$2] = $3 }
		$1 == "excused" || $1 == "differs" { differs[$2]++ }
		END { printf "| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n", suite, version, count["bare-pass"],
			count["other"] + count["unexcused"], count["flaky"], differs["off"], differs["auto"], differs["force"], differs["default"] }' \
		"$transparency_results/$1/verdict"
}

# print_transparency_table: of all suites. Those that have not run here keep what the table says of them.
print_transparency_table() {
	cat "$top/$transparency/table-head.md"
	for suite in $all_suites; do
		if [ -f "$transparency_results/$suite/verdict" ]; then
			print_transparency_row "$suite"
		else
			old_rows "$suite" 1
		fi
	done
	printf '\n## The tests that differ\n\n| Suite | BINDRIGHT_V6ONLY | Test | bare | with | why |\n| --- | --- | --- | --- | --- | --- |\n'
	for suite in $all_suites; do
		if [ -f "$transparency_results/$suite/verdict" ]; then
			sed -n "s/^excused	/$suite	/p" "$transparency_results/$suite/verdict" | LC_ALL=C sort |
				sed -e 's/|/\\|/g' -e 's/	/ | /g' -e 's/^/| /' -e 's/$/ |/'
		else
			old_rows "$suite" 2
		fi
	done
}

# suite_version SUITE: of the sources, or of Debian's package.
suite_version() {
	if [ -f "$(root_directory transparency)/suites/$1/debian/changelog" ]; then
		sed -n '1s/.*(\(.*\)).*/\1/p' "$(root_directory transparency)/suites/$1/debian/changelog"
	elif [ "$1" = cpython ]; then
		# shellcheck disable=SC2016 # for dpkg-query to expand
		chroot "$(root_directory transparency)" dpkg-query -W -f '${Version}\n' 'libpython3*-testsuite' | head -n 1
	else
		echo "Debian $(cat "$(root_directory transparency)/etc/debian_version")"
	fi
}

# keep_transparency_table: as keep_table of daemons.sh.
keep_transparency_table() {
	if [ "$failed" -gt 0 ]; then
		say "$transparency/TABLE.md is unchanged, because tests failed"
	else
		# shellcheck disable=SC2154 # make_scratch sets it
		print_transparency_table >"$scratch/table"
		cp "$scratch/table" "$top/$transparency/TABLE.md"
		say "wrote $transparency/TABLE.md"
	fi
}

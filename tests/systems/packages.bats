#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The packages of `make deb` in a clean root: installed, used for programs of both word sizes, upgraded
# under a running server, and purged. The packages of `make rpm` have the same files.

load packages

setup_file() {
	if [ "$(id -u)" -ne 0 ]; then
		skip_file 'only root can install packages'
	elif [ "$abs_top_srcdir" != "$abs_top_builddir" ]; then
		skip_file 'the sources are not in the built tree'
	elif ! command -v dpkg-buildpackage dh >/dev/null; then
		skip_file 'dpkg-dev or debhelper is not installed'
	elif ! root_is_made packages; then
		skip_file "no root at $root: run scripts/test --systems"
	else
		# shellcheck disable=SC2046 # a word or none
		make_packages deb $(! command -v rpmbuild >/dev/null || echo rpm)
	fi
}

setup() {
	enter_test_directory || return
	# shellcheck disable=SC2034 # for the functions of the lab
	preload='' server_pid='' prefix=() root_holder='' server_holder='' client_holder=''
	skip_if_file_is
	open_lab
	enter_root
	put_in "$servers/echo_recvfrom" /opt/servers
	architecture=$(dpkg --print-architecture)
	main=$(echo "$packages"/bindright_*_"$architecture.deb")
	library_package=$(echo "$packages"/libbindright_*_"$architecture.deb")
	i386_package=$(echo "$packages"/libbindright_*_i386.deb)
}

teardown() {
	local status=0

	stop_server || status=$?
	leave_root
	close_lab
	return "$status"
}

# need_two_word_sizes: skips the test unless there are a library and a server of both.
need_two_word_sizes() {
	[ -f "$i386_package" ] || skip 'no library for i386 was built'
	[ -x "$servers/time64/echo_recvmsg" ] || skip 'no server of 32 bits'
	cp "$servers/time64/echo_recvmsg" echo_32
	put_in echo_32 /opt/servers
}

@test "lintian finds no errors" {
	need lintian
	run lintian --allow-root --fail-on error "$packages"/*.changes
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the wrapper cures a server: bare wrong, then right" {
	install_in_root "$library_package" "$main"
	bare serve /opt/servers/echo_recvfrom 0.0.0.0 "$PORT"
	is_wrong
	serve bindright /opt/servers/echo_recvfrom 0.0.0.0 "$PORT"
	is_right
	[ ! -s server.err ]
	# So do the examples, as they are installed.
	preload=$("${in_root[@]}" sed -n 's/^Environment=LD_PRELOAD=//p' \
		/usr/share/doc/bindright/examples/systemd/nsd.service.d/bindright.conf)
	serve /opt/servers/echo_recvfrom 0.0.0.0 "$PORT"
	is_right
	[ ! -s server.err ]
	run "${in_root[@]}" bindrightctl --version
	[[ $output == 'bindrightctl '* ]]
}

@test "one LD_PRELOAD cures programs of both word sizes" {
	local server

	need_two_word_sizes
	install_in_root "$library_package" "$i386_package" "$main"
	for server in echo_recvfrom echo_32; do
		bare serve "/opt/servers/$server" 0.0.0.0 "$PORT"
		is_wrong
		preload=libbindright.so serve "/opt/servers/$server" 0.0.0.0 "$PORT"
		is_right
		[ ! -s server.err ]
		# The wrapper, and a child of the other word size.
		serve bindright /opt/servers/$server 0.0.0.0 "$PORT"
		is_right
		[ ! -s server.err ]
		serve bindright sh -c "exec /opt/servers/$server 0.0.0.0 $PORT"
		is_right
		[ ! -s server.err ]
	done
}

@test "without the library of its word size, a 32-bit program is left alone" {
	need_two_word_sizes
	install_in_root "$library_package" "$main"
	serve bindright /opt/servers/echo_32 0.0.0.0 "$PORT"
	is_wrong
	grep -q 'a 32-bit program, and the library is for 64-bit ones; it is left out of LD_PRELOAD$' server.err
	[ "$(wc -l <server.err)" -eq 1 ]
}

@test "a set-user-ID program under the wrapper says nothing, though its loader ignores the library" {
	install_in_root "$library_package" "$main"
	"${in_root[@]}" sh -c 'cp /usr/bin/id /opt/id && chmod 4755 /opt/id'
	# The fault that the wrapper avoids: by its name alone, the loader complains.
	run "${in_root[@]}" LD_PRELOAD=libbindright.so setpriv --reuid 54321 --clear-groups /opt/id -u
	[[ $output == *'cannot be preloaded'* ]]
	run "${in_root[@]}" bindright setpriv --reuid 54321 --clear-groups /opt/id -u
	[ "$output" = 0 ]
}

# raise_version PACKAGE: makes the same package of a higher version, and prints its path.
raise_version() {
	local name

	name=$(basename "$1")
	rm -rf unpacked
	dpkg-deb -R "$1" unpacked
	sed -i -E 's/^(Version: .*|Depends: libbindright \(= [^)]*)-1/\1-2/' unpacked/DEBIAN/control
	# Another file than the one installed.
	find unpacked -name libbindright.so -exec sh -c 'printf x >>"$1"' - {} \;
	dpkg-deb --root-owner-group -b unpacked "${name/-1_/-2_}" >/dev/null
	echo "${name/-1_/-2_}"
}

maps_library() {
	grep -o '[^ ]*libbindright\.so.*' "/proc/$server_pid/maps" | sort -u
}

@test "an upgrade replaces the library under a running server, which goes on serving" {
	install_in_root "$library_package" "$main"
	serve bindright /opt/servers/echo_recvfrom 0.0.0.0 "$PORT"
	is_right
	[[ $(maps_library) == */libbindright.so ]]
	install_in_root "$(raise_version "$library_package")" "$(raise_version "$main")"
	# shellcheck disable=SC2016 # for dpkg-query to expand
	[[ $("${in_root[@]}" dpkg-query -W -f '${Version} ' bindright libbindright) == *-2\ *-2\  ]]
	# It was replaced by rename: the server has the file that was removed.
	[[ $(maps_library) == */libbindright.so*' (deleted)' ]]
	is_right
	serve bindright /opt/servers/echo_recvfrom 0.0.0.0 "$PORT"
	is_right
	[[ $(maps_library) == */libbindright.so ]]
}

@test "purge leaves nothing, except what an administrator has put into /etc/bindright" {
	list_root >before
	install_in_root "$library_package" "$main"
	list_root >during
	[ "$(comm -13 before during | grep -c -x -e /usr/bin/bindright -e /etc/bindright)" -eq 2 ]
	# shellcheck disable=SC2016 # for dpkg-query to expand
	[ -z "$("${in_root[@]}" dpkg-query -W -f '${Conffiles}' bindright libbindright)" ]
	dpkg_in_root --purge bindright libbindright
	list_root >after
	diff before after

	install_in_root "$library_package" "$main"
	"${in_root[@]}" touch /etc/bindright/nsd.conf
	"${in_root[@]}" mkdir -p /etc/systemd/system/nsd.service.d
	"${in_root[@]}" sh -c "echo '# Written by bindrightctl enable; taken out by: bindrightctl disable nsd.service' \
		>/etc/systemd/system/nsd.service.d/bindright.conf"
	dpkg_in_root --purge bindright libbindright
	grep -qx 'bindright: nsd.service is still enabled, and its journal will complain: rm /etc/systemd/system/nsd.service.d/bindright.conf' \
		dpkg.log
	"${in_root[@]}" rm -r /etc/systemd/system/nsd.service.d
	list_root >after
	[ "$(comm -13 before after)" = "$(printf '%s\n' /etc/bindright /etc/bindright/nsd.conf)" ]
}

# The files of a package, by their names.
list_deb() {
	dpkg-deb -c "$1" | awk '$1 !~ /^d/ { sub(/^\./, "", $6); print $6 }' | sed -e 's/\.gz$//' |
		grep -v -e /changelog -e /copyright -e /lintian/
}

list_rpm() {
	rpm -qp --queryformat '[%{FILEMODES:perms} %{FILENAMES}\n]' "$1" | sed -n 's/^[^d][^ ]* //p' |
		grep -v -e /.build-id/ -e /licenses/
}

@test "the packages for rpm have the same files, and rpm installs them" {
	local file

	need rpm
	[ -f "$(echo "$packages"/libbindright-[0-9]*.x86_64.rpm)" ] || skip 'no rpm packages were built for x86_64'
	mkdir rpm-root
	rpm --root "$PWD/rpm-root" --dbpath /var/lib/rpm --nodeps --noscripts -i "$packages"/*bindright-[0-9]*.x86_64.rpm
	for file in "$packages"/*bindright-[0-9]*.x86_64.rpm; do
		list_rpm "$file"
	done | LC_ALL=C sort >rpm-files
	(cd rpm-root && find . ! -type d ! -path './var/*' ! -path '*/.build-id/*' ! -path '*/licenses/*') |
		sed 's/^\.//' | LC_ALL=C sort >installed
	diff rpm-files installed
	{
		list_deb "$main"
		list_deb "$library_package"
		# The upstream changelog of the Debian package.
		echo /usr/share/doc/bindright/NEWS
	} | sed -e 's|/lib/x86_64-linux-gnu/|/lib64/|' -e 's|/vendor-completions/|/site-functions/|' |
		LC_ALL=C sort >deb-files
	diff deb-files rpm-files
	[ -d rpm-root/etc/bindright ]
}

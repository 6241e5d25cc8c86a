# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --systems` and `--transparency`: makes the roots that they use, each once, and keeps them
# in a directory outside the tree. They are of this host's Debian release, because they run the
# programs of the tree. Making them needs common.sh, packages.sh and $scratch; the tests use the rest.

systems_cache=${XDG_CACHE_HOME:-/var/cache}/bindright

# root_packages NAME: prints what a root has beyond Debian's minimum.
root_packages() {
	case $1 in
	systemd) echo bind9-dnsutils iproute2 libcap2-bin libjansson4 libmnl0 nsd snmpd systemd-sysv ;;
	openrc) echo bind9-dnsutils iproute2 libjansson4 libmnl0 nsd openrc runit sysvinit-core ;;
	transparency) suite_packages ;;
	packages) echo "libjansson4 libmnl0$([ "$(dpkg --print-architecture)" != amd64 ] || echo ' libc6:i386')" ;;
	esac
}

# What the suites of tests/transparency/ are built with and need to run; and programs with sockets, for
# its table of commands. CPython's tests are in a package that has the version in its name.
suite_packages() {
	echo "apt autoconf automake bc bind9-dnsutils bind9-host bsdextrautils bsdutils bzip2 ca-certificates curl dpkg-dev" \
		"file gawk gcc git iproute2 iputils-ping jq less libc6-dev lib$(python3_package)-testsuite libssl-dev" \
		"libtool lsof make net-tools netbase netcat-openbsd openssh-client openssl perl pkgconf procps psmisc" \
		"python3 rsync ruby socat strace tcl tzdata unzip uuid-dev wget xz-utils zip zlib1g-dev"
}

# Prints the name of the package that is this release's python3, e.g. python3.11.
python3_package() {
	apt-cache depends python3 | sed -n 's/.*Depends: \(python3\.[0-9]*\)$/\1/p' | head -n 1
}

# root_architectures NAME: for mmdebstrap.
root_architectures() {
	case $(root_packages "$1") in
	*:i386*) echo amd64,i386 ;;
	*) dpkg --print-architecture ;;
	esac
}

# Prints the code name of this host's release, if that is Debian.
debian_release() {
	# shellcheck source=/dev/null
	(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME-}") 2>/dev/null
}

# root_directory NAME
root_directory() {
	echo "$systems_cache/$(debian_release)-$1"
}

# root_is_made NAME: it is there, whole, and has the packages that are wanted now.
root_is_made() {
	[ "$(cat "$(root_directory "$1")/etc/bindright-root" 2>/dev/null)" = "$(root_packages "$1")" ]
}

# Prints where this host's apt gets the release from.
debian_mirror() {
	# shellcheck disable=SC2016 # for apt-get to expand
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' \
		"Codename: $(debian_release)" | head -n 1
}

# make_root NAME: a root has its name only when it is complete.
make_root() {
	directory=$(root_directory "$1")
	rm -rf "$directory" "$directory.new"
	# shellcheck disable=SC2046 # the mirror, or nothing
	quietly "mmdebstrap $directory (kept for later runs)" \
		mmdebstrap --variant=minbase --architectures="$(root_architectures "$1")" --include="$(root_packages "$1" | tr ' ' ,)" \
		"$(debian_release)" "$directory.new" $(debian_mirror) || {
		rm -rf "$directory.new"
		return 1
	}
	root_packages "$1" >"$directory.new/etc/bindright-root"
	mv "$directory.new" "$directory"
}

want_systems() {
	want 'to test service managers' mmdebstrap systemd-container
	want 'to test packages' dpkg-dev debhelper lintian rpm
}

# Makes the roots that are missing. Without them, the tests are skipped.
prepare_systems() {
	if [ "$(id -u)" -ne 0 ] || [ -z "$(debian_release)" ] || ! command -v mmdebstrap >/dev/null; then
		say "no roots to boot: only root can make them, with mmdebstrap, on Debian"
		return
	fi
	mkdir -p "$systems_cache" || return
	# Two runs at once must not make the same root.
	exec 9>"$systems_cache/lock"
	flock 9
	for name in systemd openrc packages; do
		root_is_made "$name" || make_root "$name" || say "continuing without the root $name"
	done
	exec 9>&-
}

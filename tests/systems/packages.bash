# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of packages, on top of the lab of the live tests: the server host has a root
# of its own, a minimal Debian that scripts/lib/systems.sh has made, with a file system in memory over
# it.
#
# BINDRIGHT_PACKAGES names a directory that has the packages already; otherwise the test makes them, in
# a copy of the tree.

# The lab unsets it.
export packages=${BINDRIGHT_PACKAGES:-${packages-}}
packages_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Installing takes longer than a live test's steps.
LIMIT_S=${LIMIT_S:-20}
# shellcheck source=tests/live/lab.bash
. "$packages_dir/../live/lab.bash"

# shellcheck source=scripts/lib/systems.sh
. "$abs_top_srcdir/scripts/lib/systems.sh"
root=$(root_directory packages)

# make_packages TARGET...: runs make for them, and sets packages, unless that is set.
make_packages() {
	[ -z "$packages" ] || return 0
	local tree=$BATS_RUN_TMPDIR/packages-tree

	export packages=$tree/packages
	mkdir -p "$tree"
	tar -C "$abs_top_builddir" -cf - --exclude=./.git --exclude='*.log' --exclude='*.trs' . |
		tar -C "$tree" -xf -
	env -u MAKEFLAGS -u MAKELEVEL make -C "$tree" "$@" >"$BATS_RUN_TMPDIR/make.log" 2>&1 || {
		tail -n 40 "$BATS_RUN_TMPDIR/make.log"
		return 1
	}
}

# ---- The root -----------------------------------------------------------------------------------

# enter_root: gives the server host this root, changed in memory only.
enter_root() {
	# shellcheck disable=SC2016 # for the inner shell to expand
	hold_namespace root_holder "${server_host[@]}" unshare -m bash -ec '
		mount -t tmpfs none /mnt
		mkdir /mnt/upper /mnt/work /mnt/root
		mount -t overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" none /mnt/root
		mount --rbind /proc /mnt/root/proc
		mount --rbind /dev /mnt/root/dev
		mkdir /mnt/root/opt/servers
		shift
		exec chroot /mnt/root "$@"' - "$root"
	in_root=(nsenter -t "$root_holder" -m -r -w -n env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8)
	# The lab starts its servers after this prefix.
	# shellcheck disable=SC2034
	prefix=(nsenter -t "$root_holder" -m -r -w)
}

leave_root() {
	[ -z "$root_holder" ] || kill "$root_holder" 2>/dev/null || true
}

# put_in FILE DIRECTORY: copies a file of this host into the root.
put_in() {
	"${in_root[@]}" cp /dev/stdin "$2/${1##*/}" <"$1"
	"${in_root[@]}" chmod 755 "$2/${1##*/}"
}

# list_root: prints the files of the root, without what dpkg and ldconfig write about packages.
list_root() {
	"${in_root[@]}" find / -xdev ! -path '/var/lib/dpkg*' ! -path '/var/log*' \
		! -path '/var/cache/*' ! -path /tmp/'*' ! -name ld.so.cache ! -path /opt/'*' | LC_ALL=C sort
}

# dpkg_in_root ARGUMENT...: shows what it prints only if it fails.
dpkg_in_root() {
	"${in_root[@]}" dpkg "$@" >dpkg.log 2>&1 || {
		cat dpkg.log
		return 1
	}
}

# install_in_root PACKAGE...: from the directory of packages, or by a path.
install_in_root() {
	local file name=()

	for file; do
		put_in "$file" /tmp
		name+=("/tmp/${file##*/}")
	done
	dpkg_in_root -i "${name[@]}"
}

# ---- Its servers --------------------------------------------------------------------------------

# serve COMMAND...: runs a server in the root, and returns when it is ready.
serve() {
	launch_server "$@"
	wait_until server_is_ready || fail "not ready: $*"
}

is_wrong() {
	ask_client "$PORT" "${V4[@]}"
	some_wrong
}

is_right() {
	# Twice, for the first datagram of a peer and a later one.
	ask_client -r 2 "$PORT" "${V4[@]}"
	every_line_is right
}

# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For machines.sh: the roots, the kernels and the copies of the tree that machines run. Roots and
# kernels come from Debian's archive, are made once, and are kept beside those of systems.sh; nothing of
# them is installed on this host. The tree is built anew in each run. What cannot be had is in $why.
# Needs common.sh, packages.sh, systems.sh, machines.sh, $top and $scratch.
#
# shellcheck disable=SC2034,SC2154 # these files share their variables

# ---- Roots --------------------------------------------------------------------------------------

# What the tests run by, and what the tree is built with.
test_packages='bats binutils busybox-static dash iproute2 jq kmod libcap2-bin net-tools
	netcat-openbsd nftables procps socat strace tcpdump'
build_packages='gcc libc6-dev libcmocka-dev libjansson-dev libmnl-dev make'

# machine_packages RELEASE-PROCESSOR: for mmdebstrap. PROCESSOR is "cross" for the root that
# cross-compilers are in: they conflict with gcc-multilib.
machine_packages() {
	case $1 in
	*-cross)
		echo busybox-static kmod libc6-dev make qemu-user
		for processor in arm64:aarch64 s390x:s390x; do
			echo "gcc-${processor#*:}-linux-gnu"
			for package in libc6-dev libcmocka-dev libjansson-dev libmnl-dev; do
				echo "$package:${processor%:*}"
			done
		done
		;;
	*-arm64 | *-s390x) echo "?essential mount libcmocka0 libjansson4 libmnl0 $test_packages" ;;
	*-amd64) echo "$build_packages $test_packages bash-completion gcc-multilib musl-tools python3-yaml zsh" ;;
	*) echo "$build_packages $test_packages bash-completion python3-yaml zsh" ;;
	esac | tr -s '\t\n ' ' ' | sed 's/^ //; s/ $//'
}

machine_directory() {
	echo "$systems_cache/machine-$1"
}

# need_root RELEASE-PROCESSOR: makes it if it is missing; sets why if that fails.
need_root() {
	directory=$(machine_directory "$1")
	[ "$(cat "$directory/etc/bindright-root" 2>/dev/null)" != "$(machine_packages "$1")" ] || return 0
	processors=${1##*-}
	variant=minbase
	case $1 in
	*-cross) processors=amd64,arm64,s390x ;;
	# This host cannot run programs of these, so the packages are unpacked and not set up.
	*-arm64 | *-s390x) variant=extract ;;
	esac
	mirror=$(debian_mirror)
	why="cannot make a root of ${1%-*} for ${1##*-}"
	rm -rf "$directory" "$directory.new"
	# A mirror may be behind the date that sid's list expires on. The package lists stay, to find
	# the kernel by.
	# shellcheck disable=SC2046 # options, to be split
	quietly "mmdebstrap $directory (kept for later runs)" \
		mmdebstrap --variant="$variant" --skip=check/qemu,cleanup/apt --architectures="$processors" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		$(machine_packages "$1" | sed -E 's/([^ ]+)/--include=\1/g') \
		"${1%-*}" "$directory.new" "${mirror:-http://deb.debian.org/debian}" || {
		rm -rf "$directory.new"
		return 1
	}
	[ "$variant" = minbase ] || set_up_unpacked "$directory.new"
	mkdir -p "$directory.new/lib/modules" "$directory.new/bindright"
	machine_packages "$1" >"$directory.new/etc/bindright-root"
	mv "$directory.new" "$directory"
}

# set_up_unpacked ROOT: what the tests miss from the packages' own scripts.
set_up_unpacked() {
	cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd"
	cp "$1/usr/share/base-passwd/group.master" "$1/etc/group"
	[ -e "$1/usr/bin/awk" ] || ln -s mawk "$1/usr/bin/awk"
	[ -e "$1/bin/nc" ] || ln -s nc.openbsd "$1/bin/nc"
}

# in_root RELEASE-PROCESSOR TREE COMMAND...
in_root() {
	root=$(machine_directory "$1")
	shift
	setpriv --pdeathsig KILL "$top/$machines/enter" "$root" "$@"
}

# ---- Kernels ------------------------------------------------------------------------------------

# download_kernel PACKAGE: run in a root; downloads into /bindright the packages of the newest kernel,
# which PACKAGE only depends on.
# shellcheck disable=SC2016 # for the inner shell to expand
download_kernel='
	cd /bindright
	list() {
		apt-cache depends "$1" | sed -n "s/^ *Depends: \(linux-[a-z]*-[0-9].*\)/\1/p"
	}
	image=$(list "$1" | head -n 1)
	[ -n "$image" ] || exit
	case $1 in *:*) image=${image%:*}:${1#*:} ;; esac
	apt-get -q -o APT::Sandbox::User=root download "$image" $(list "$image")'

# need_kernel RELEASE PROCESSOR: unpacks it if it is missing; sets kernel to its directory.
need_kernel() {
	kernel=$(machine_directory "linux-$1-$2")
	[ ! -e "$kernel/version" ] || return 0
	package=linux-image-$2
	tools=$1-amd64
	[ "$2" = amd64 ] || {
		package=$package:$2
		tools=$1-cross
	}
	why="cannot download $package of $1"
	rm -rf "$kernel" "$kernel.new"
	mkdir -p "$kernel.new/packages"
	quietly "apt-get download $package ($1; kept for later runs)" \
		in_root "$tools" "$kernel.new/packages" sh -c "$download_kernel" sh "$package" || return
	for package in "$kernel.new/packages"/*.deb; do
		[ -e "$package" ] && dpkg-deb -x "$package" "$kernel.new" || return
	done
	rm -r "$kernel.new/packages"
	for modules in "$kernel.new/usr/lib/modules" "$kernel.new/lib/modules"; do
		[ ! -d "$modules" ] || mv "$modules" "$kernel.new/modules"
	done
	version=$(ls "$kernel.new/modules")
	# For modprobe and depmod, which expect them there.
	mkdir -p "$kernel.new/lib"
	mv "$kernel.new/modules" "$kernel.new/lib/modules"
	why="cannot make an initramfs for $version"
	quietly "depmod $version" in_root "$tools" "$kernel.new" depmod -b /bindright "$version" &&
		make_initramfs "$1" "$2" "$tools" "$kernel.new" "$version" || return
	echo "$version" >"$kernel.new/version"
	mv "$kernel.new" "$kernel"
}

# make_initramfs RELEASE PROCESSOR TOOLS DIRECTORY VERSION: with the modules by which a machine
# reads its disk, in the order in which they need each other; a kernel may have some built in.
make_initramfs() {
	files=$4/initramfs
	mkdir -p "$files/bin" "$files/dev" "$files/modules" "$files/root"
	cp "$top/$machines/initramfs-init" "$files/init"
	busybox=$(machine_directory "$1-$2")/bin/busybox
	[ -e "$busybox" ] || busybox=$(machine_directory "$1-$2")/usr/bin/busybox
	cp "$busybox" "$files/bin/busybox" || return
	# shellcheck disable=SC2016 # for the inner shell to expand
	quietly "initramfs of $5" in_root "$3" "$4" sh -c '
		number=100
		for module in virtio_pci virtio_blk ext4 crc32c_generic virtio_rng; do
			modprobe -d /bindright -S "$1" --show-depends "$module" 2>&1
		done | sed -n "s/^insmod \([^ ]*\).*/\1/p" | awk "!seen[\$0]++" | while read -r file; do
			number=$((number + 1))
			name=$number-$(basename "$file" .xz)
			case $file in
			*.xz) busybox xzcat "$file" ;;
			*) cat "$file" ;;
			esac >"/bindright/initramfs/modules/$name" || exit
		done
		cd /bindright/initramfs && find . | busybox cpio -o -H newc >../initramfs.cpio' sh "$5" || return
	rm -r "$files"
}

# ---- The tree in a root -------------------------------------------------------------------------

# The tree as in the tarball, so that the roots need no Autotools.
stage_sources() {
	cd "$top" || exit 1
	quietly 'make distdir' make distdir distdir="$scratch/sources" || exit 1
}

# need_tree RELEASE-PROCESSOR VARIANT CONFIGURE-ARGUMENT...: builds a copy of the tree, with its
# tests, once per run; VARIANT tells several apart. Sets tree. Not to build is a failure, where a root
# or a kernel that cannot be had is a skip.
need_tree() {
	tree=$scratch/$1-$2
	[ ! -e "$tree/built" ] || return 0
	why='the tree does not build there'
	where=$1
	variant=$2
	shift 2
	if [ ! -d "$tree" ]; then
		cp -a "$scratch/sources" "$tree"
		mkdir "$tree/machine"
		# shellcheck disable=SC2016 # for the inner shell to expand
		quietly "build in $where${variant:+, $variant}" in_root "$where" "$tree" sh -c '
			cd /bindright && ./configure "$@" && make -j "$(nproc)" && make -j "$(nproc)" check TESTS=
			' sh "$@" && touch "$tree/built"
	fi
	[ ! -e "$tree/built" ] || return 0
	verdict=failed
	return 1
}

# list_tests RELEASE-PROCESSOR VARIABLE...: those of the makefile of $tree.
list_tests() {
	root_name=$1
	shift
	# shellcheck disable=SC2016 # for make to expand
	printf 'include Makefile\nlist-tests:\n\t@printf "%%s\\n" %s\n' "$(printf '$(%s) ' "$@")" >"$tree/list.mk"
	in_root "$root_name" "$tree" make -s -C /bindright -f list.mk list-tests
}

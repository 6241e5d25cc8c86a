#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What make install installs into a directory of the test, and make uninstall removes. It runs in a
# copy of the built tree, because make writes there.

load wrapper

# All tests share the copy. It leaves out what other tests may be writing.
setup_file() {
	[ -x "$abs_top_builddir/shim/ctl/bindright-exec" ] || return 0
	export tree=$BATS_RUN_TMPDIR/installed-tree
	mkdir -p "$tree"
	tar -C "$abs_top_builddir" -cf - --exclude=./.git --exclude='*.log' --exclude='*.trs' . |
		tar -C "$tree" -xf -
}

# in_tree ARGUMENT...: runs make, and shows its output only if it fails.
in_tree() {
	[ -f "${tree-}/Makefile" ] || skip 'no built tree'
	[ "$abs_top_srcdir" = "$abs_top_builddir" ] || skip 'the sources are not in the built tree'
	env -u MAKEFLAGS -u MAKELEVEL make -C "$tree" DESTDIR="$PWD/root" "$@" \
		>make.log 2>&1 || {
		cat make.log
		return 1
	}
}

# installed NAME: prints the one file of this name, except examples.
installed() {
	find root -type f -name "$1" ! -path '*/examples/*' ! -path '*/completions/*' | grep . || {
		echo "nothing installed is called $1"
		return 1
	}
}

@test "what is installed: programs, library, pages, documents" {
	local file

	in_tree install
	for file in bindright bindright-exec libbindright.so bindrightctl bindright.1 bindright.conf.5 \
		bindright.7 libbindright.7 bindrightctl.8 README.md NEWS; do
		[ "$(installed "$file" | wc -l)" -eq 1 ]
	done
	[ "$(find root -name 'bindright-settings' -o -name 'bindright-reach')" = "" ]
	[ "$(cat "$(installed libbindright.7)")" = ".so man7/bindright.7" ]
	grep -qF "'$(installed bindright-exec | sed 's|^root||')'" "$(installed bindright)"
}

@test "the completions are installed under the names of the commands" {
	local transform="program_transform_name=s&^&x-&" share=root/opt/share command

	in_tree datadir=/opt/share install
	for command in bindright bindrightctl; do
		cmp "$abs_top_srcdir/scripts/completion/$command.bash" \
			"$share/bash-completion/completions/$command"
		cmp "$abs_top_srcdir/scripts/completion/_$command" "$share/zsh/site-functions/_$command"
	done
	in_tree datadir=/opt/share uninstall
	[ ! -e root/opt ]
	in_tree datadir=/opt/share "$transform" install
	for command in bindright bindrightctl; do
		grep -qx "complete -F _$command x-$command" "$share/bash-completion/completions/x-$command"
		grep -qx "#compdef x-$command" "$share/zsh/site-functions/_x-$command"
	done
	in_tree datadir=/opt/share "$transform" uninstall
	[ ! -e root/opt ]
}

@test "uninstall removes its own files and directories, and no others" {
	mkdir -p root/usr
	in_tree install
	in_tree uninstall
	[ "$(find root | sort)" = "$(printf '%s\n' root root/usr)" ]

	# A second install must not forget the directories that the first one made.
	in_tree install
	in_tree install
	in_tree uninstall
	[ "$(find root | sort)" = "$(printf '%s\n' root root/usr)" ]

	in_tree install
	: >"$(dirname "$(installed bindright-exec)")/else"
	in_tree uninstall
	[ "$(find root -type f)" = "$(installed else)" ]
}

@test "the examples and pages are installed with the paths of the installation" {
	local paths=(libdir=/opt/lib sysconfdir=/opt/etc bindir=/opt/bin docdir=/opt/doc
		mandir=/opt/man datadir=/opt/share)
	local transform="program_transform_name=s&^&x-&"

	in_tree "${paths[@]}" "$transform" install
	diff <(cd "$tree/examples" && find . -type f ! -name local.mk | sort) \
		<(cd root/opt/doc/examples && find . -type f | sort)
	! grep -r -e /usr/local -e SYSCONFDIR -e DATADIR root/opt/doc/examples root/opt/man || return 1
	grep -q "LD_PRELOAD=/opt/lib/libbindright.so" root/opt/man/man7/x-bindright.7
	grep -qx Environment=LD_PRELOAD=/opt/lib/libbindright.so \
		root/opt/doc/examples/systemd/nsd.service.d/bindright.conf
	grep -q '	/opt/bin/x-bindright	' root/opt/doc/examples/inetd/talkd.conf
	grep -q '/opt/etc/bindright/' root/opt/doc/examples/README.md
	in_tree "${paths[@]}" "$transform" uninstall
	[ ! -e root ]

	# In these directories the loader finds the library by its name.
	in_tree libdir=/usr/lib/x86_64-linux-gnu docdir=/opt/doc install
	cmp "$tree/examples/systemd/nsd.service.d/bindright.conf" \
		root/opt/doc/examples/systemd/nsd.service.d/bindright.conf
}

@test "names changed by configure: each finds the other" {
	local transform="program_transform_name=s&^&x-&"

	# As configure would make them.
	rm -f "$tree/scripts/installed/bindright" \
		"$tree/shim/libbindright.7"
	in_tree "$transform" install
	[ "$(cat "$(installed x-libbindright.7)")" = ".so man7/x-bindright.7" ]
	installed x-bindright.7
	installed x-bindright.conf.5
	installed x-bindrightctl.8
	installed x-bindrightctl
	grep -qF "'$(installed x-bindright-exec | sed 's|^root||')'" "$(installed x-bindright)"
	in_tree "$transform" uninstall
	[ "$(find root -type f)" = "" ]
}

@test "configure refuses a build without shared libraries, with a message" {
	[ -x "$abs_top_srcdir/configure" ] || skip 'no configure'
	# It checks for one source file, and fails before it creates anything.
	mkdir -p shim/calls
	: >shim/calls/recv.c
	cp -R "$abs_top_srcdir/configure" "$abs_top_srcdir/build-aux" .
	run ./configure --disable-shared
	[ "$status" -ne 0 ]
	[[ $output == *"error: --disable-shared leaves nothing to build: bindright is a shared library"* ]]
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for tests of the files in examples/. The wrapper refuses settings files that others can
# write, as in some checkouts, so tests use copies.

examples=$abs_top_srcdir/examples

# examples_below DIRECTORY: prints the files there, with paths relative to examples/.
examples_below() {
	(cd "$examples" && find "$1" -type f | sed 's|^\./||' | LC_ALL=C sort)
}

# settings_of FILE: prints the lines BINDRIGHT_NAME=value of a settings file or a drop-in.
settings_of() {
	sed -n 's/^Environment=//; /^BINDRIGHT/p' "$examples/$1"
}

# copy_settings: copies all settings files into ./etc/bindright, as an administrator would.
copy_settings() {
	mkdir -p etc/bindright
	install -m 644 "$examples"/settings/*.conf etc/bindright
}

# commands_of FILE: prints the lines for inetd.conf, with single blanks and with $wrapper for its
# path.
commands_of() {
	sed -E -e '/^#/d' -e 's/[ \t]+/ /g' -e "s|/usr/bin/bindright|$wrapper|" "$examples/$1"
}

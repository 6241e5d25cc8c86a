#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A fortified program calls __recvfrom_chk instead of recvfrom; distributions build all programs so.

load lab

# Without optimization, or with a libc without fortified calls, there is nothing to test.
really_fortified() {
	need nm
	nm -D "$servers/echo_fortify" | grep -q __recvfrom_chk ||
		skip "this build of echo_fortify does not call __recvfrom_chk"
}

@test "__recvfrom_chk, sendto: IPv4" {
	really_fortified
	replies_are_cured V4 echo_fortify 0.0.0.0 "$PORT"
}

@test "__recvfrom_chk, sendto: IPv6" {
	really_fortified
	replies_are_cured V6 echo_fortify -6 :: "$PORT"
}

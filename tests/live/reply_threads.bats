#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One thread receives and another answers: the second must know what the first has learned.

load lab

@test "one thread receives, another sends: IPv4" {
	replies_are_cured V4 echo_threads 0.0.0.0 "$PORT"
}

@test "one thread receives, another sends: IPv6" {
	replies_are_cured V6 echo_threads -6 :: "$PORT"
}

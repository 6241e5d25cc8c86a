#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Python's http.server with an address, one process for each.

load listeners
packages=python3

listen_at() {
	launch_one /usr/bin/python3 -m http.server --bind "$1" "$port"
}

@test "python3 -m http.server" {
	is_pair_cured
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# distccd, which takes one --listen: serving both families takes two processes.

load listeners
packages=distcc

listen_at() {
	open_directory
	launch_one env TMPDIR="$PWD" distccd --no-detach --daemon --user distccd --log-stderr --jobs 2 \
		--allow 0.0.0.0/0 --allow ::/0 --listen "$1" --port "$port"
}

@test "distccd" {
	is_pair_cured
}

@test "distccd, --listen ::" {
	serves_ipv6_only
}

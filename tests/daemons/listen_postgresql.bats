#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PostgreSQL, which sets IPV6_V6ONLY itself.

load listeners
packages=postgresql

start() {
	local addresses=$* bin

	bin=$(echo /usr/lib/postgresql/*/bin)
	if [ ! -d data ]; then
		open_library
		mkdir data
		chown postgres data
		as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)
		"${as_postgres[@]}" "${bin##* }/initdb" -N -D data >initdb.out
	fi
	launch_server "${as_postgres[@]}" "${bin##* }/postgres" -D "$PWD/data" -p "$port" \
		-c "listen_addresses=${addresses/ /,}" -c unix_socket_directories=
}

@test "postgresql" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# icecast2 with a listen-socket for each address. It clears IPV6_V6ONLY itself, and goes on with the
# one that it could bind.

load listeners
packages=icecast2

start() {
	local address

	for address; do
		echo "<listen-socket><port>$port</port><bind-address>$address</bind-address></listen-socket>"
	done >listen.xml
	cat >icecast.xml <<-END
		<icecast>
			<hostname>demo</hostname>
			<limits><sources>1</sources></limits>
			<authentication>
				<source-password>demo</source-password>
				<admin-user>demo</admin-user>
				<admin-password>demo</admin-password>
			</authentication>
			$(cat listen.xml)
			<paths>
				<basedir>$PWD</basedir>
				<logdir>$PWD</logdir>
				<webroot>/usr/share/icecast2/web</webroot>
				<adminroot>/usr/share/icecast2/admin</adminroot>
			</paths>
			<security>
				<changeowner><user>nobody</user><group>nogroup</group></changeowner>
			</security>
		</icecast>
	END
	open_directory
	chmod a+w .
	launch_server icecast2 -c "$PWD/icecast.xml"
}

@test "icecast2" {
	is_pair_cured
}

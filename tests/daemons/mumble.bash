# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of mumble-server, for voice chat.

# shellcheck source=tests/daemons/daemons.bash
. "$(dirname "${BASH_SOURCE[0]}")/daemons.bash"

v6only=auto
# A ping, with a value that the answer repeats.
question='\0\0\0\0identity'

start() {
	open_directory
	mkdir -p -m 1777 db
	printf '%s\n' "database=$PWD/db/murmur.sqlite" "port=$port" 'bonjour=false' 'logfile=' >murmur.ini
	launch_server murmurd -fg -v -ini murmur.ini
}

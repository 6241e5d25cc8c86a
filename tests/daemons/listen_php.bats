#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PHP's own web server on [::], which leaves IPV6_V6ONLY at the system default.

load listeners
packages=php-cli

start() {
	echo '<?php' >index.php
	launch_server php -S "[::]:$port" index.php
}

@test "php -S [::]" {
	keeps_ipv4 auto
}

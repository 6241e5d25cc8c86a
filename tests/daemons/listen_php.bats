#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PHP's own web server on [::], which leaves the option as the system has it.

load listeners
packages=php-cli

start() {
	echo '<?php' >index.php
	launch_server php -S "[::]:$port" index.php
}

@test "php -S [::]" {
	keeps_ipv4 auto
}

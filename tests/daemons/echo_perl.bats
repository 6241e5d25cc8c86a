#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Perl's IO::Socket.

load daemons
packages=perl

start() {
	cat >echo.pl <<-END
		use IO::Socket::IP;
		use IO::Select;

		my \$select = IO::Select->new;
		for my \$address ("0.0.0.0", "::") {
			\$select->add(IO::Socket::IP->new(LocalHost => \$address, LocalPort => $port,
				Proto => "udp", V6Only => 1) or die "\$address: \$@");
		}
		while (1) {
			for my \$socket (\$select->can_read) {
				my \$peer = \$socket->recv(my \$datagram, 9000);
				\$socket->send(\$datagram, 0, \$peer);
			}
		}
	END
	launch_server perl echo.pl
}

@test "Perl" {
	is_cured V4 V6
}

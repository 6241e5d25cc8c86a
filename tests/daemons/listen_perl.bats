#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Perl's IO::Socket::IP, which sets IPV6_V6ONLY if V6Only is given, else leaves the system default.

load listeners
packages=perl

# start_perl ARGUMENT...: starts it with a listener for each.
start_perl() {
	cat >listen.pl <<-'END'
		use IO::Socket::IP;

		my $port = shift;
		my @all = map {
			IO::Socket::IP->new(LocalPort => $port, Listen => 100, eval $_) or die "$_: $@"
		} @ARGV;
		if (@all == 1) {
			close $_ while $_ = $all[0]->accept;
		}
		sleep;
	END
	launch_server perl listen.pl "$port" "$@"
}

@test "Perl, IO::Socket::IP on ::" {
	start() {
		start_perl 'LocalHost => "::"'
	}
	keeps_ipv4 auto
}

@test "Perl, IO::Socket::IP with V6Only => 0" {
	start() {
		start_perl 'LocalHost => "::", V6Only => 0'
	}
	keeps_ipv4 default auto
}

@test "Perl, IO::Socket::IP on both" {
	start() {
		local hosts=("${@/%/\"}")

		start_perl "${hosts[@]/#/LocalHost => \"}"
	}
	is_pair_cured
}

#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# answer-source.pl ADDRESS PORT NAME: asks the nameserver at ADDRESS for NAME's A record and prints
# the address that the answer comes from. dig cannot say that: it connects its socket, so that the
# kernel drops an answer from elsewhere and dig only sees a silence. Needs no module beyond
# perl-base, which every Debian has.
use strict;
use warnings;
use Socket;

my ($address, $port, $name) = @ARGV;
defined $name or die "usage: answer-source.pl ADDRESS PORT NAME\n";

my $header = pack 'n6', 1, 0x0100, 1, 0, 0, 0;
my $question = join('', map { pack 'C/a*', $_ } split /\./, $name) . pack 'Cnn', 0, 1, 1;

socket my $client, PF_INET, SOCK_DGRAM, 0 or die "socket: $!\n";
send $client, $header . $question, 0, pack_sockaddr_in($port, inet_aton $address)
	or die "send: $!\n";
alarm 2;    # Without an answer SIGALRM ends the program.
my $peer = recv $client, my $answer, 512, 0;
defined $peer or die "recv: $!\n";
print inet_ntoa((unpack_sockaddr_in $peer)[1]), "\n";

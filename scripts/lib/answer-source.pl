#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# answer-source.pl ADDRESS PORT NAME: asks the name server at ADDRESS for NAME's A record and prints
# the source address of the answer. dig cannot do this: it connects its socket, so the kernel drops
# an answer from another address and dig times out. Needs only the modules of perl-base, which every
# Debian system has.
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
alarm 2;    # SIGALRM ends the program if no answer comes.
my $peer = recv $client, my $answer, 512, 0;
defined $peer or die "recv: $!\n";
print inet_ntoa((unpack_sockaddr_in $peer)[1]), "\n";

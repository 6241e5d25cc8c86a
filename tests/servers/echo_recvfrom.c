/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvfrom, then sendto: the style of most UDP servers (dnsmasq's TFTP, rbldnsd, old ntp, every
 * textbook).
 *
 * It is built twice. echo_fortify is this file with _FORTIFY_SOURCE, as distributions build their
 * packages: the compiler knows the buffer's size but not the requested length, so it calls
 * __recvfrom_chk instead of recvfrom.
 */
#include "common.h"

int main(int argc, char **argv)
{
	int fd = server_open(argc, argv);
	size_t limit = receive_limit();

	ready();
	for (;;) {
		char text[TEXT_MAX];
		struct endpoint peer = {.addr_len = sizeof(peer.addr)};
		ssize_t got =
			recvfrom(fd, text, limit, 0, (struct sockaddr *)&peer.addr, &peer.addr_len);

		if (got < 0)
			die("recvfrom");
		if (sendto(fd, text, (size_t)got, 0, (struct sockaddr *)&peer.addr,
			    peer.addr_len) != got)
			die("sendto");
	}
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Receives, connects the same wildcard socket to the peer, then reads and writes, as netcat, socat
 * UDP-LISTEN, iperf3 and DTLS servers do. After ANSWERS answers it disconnects the socket, and the
 * next peer may ask.
 *
 *	echo_connect [-p] [-n ANSWERS] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * -p peeks at the first datagram for its address and reads it after connecting.
 */
#include "common.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int answers = 1;
static bool is_peeking;

static void answer_connected(int fd, const struct letter *first)
{
	struct letter letter = *first;

	for (int i = 0; i < answers; i++) {
		ssize_t got = (ssize_t)letter.len;

		if (i > 0 || is_peeking)
			got = read(fd, letter.text, sizeof(letter.text));
		if (got < 0)
			die("read");
		if (write(fd, letter.text, (size_t)got) != got)
			die("write");
	}
}

static void serve_peer(int fd)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	struct letter letter = {.peer.addr_len = sizeof(letter.peer.addr)};
	struct sockaddr *peer = (struct sockaddr *)&letter.peer.addr;
	int cancel_state = PTHREAD_CANCEL_ENABLE;
	ssize_t got = recvfrom(fd, letter.text, sizeof(letter.text), is_peeking ? MSG_PEEK : 0,
		peer, &letter.peer.addr_len);

	if (got < 0)
		die("recvfrom");
	letter.len = (size_t)got;
	if (connect(fd, peer, letter.peer.addr_len) != 0)
		die("connect");
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cancel_state);
	if (cancel_state != PTHREAD_CANCEL_ENABLE)
		die("connect left the thread uncancellable");
	answer_connected(fd, &letter);
	if (connect(fd, &unspecified, sizeof(unspecified)) != 0)
		die("disconnect");
}

int main(int argc, char **argv)
{
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "pn:")) != -1) {
		if (letter == 'p')
			is_peeking = true;
		else if (letter == 'n')
			answers = atoi(optarg);
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;)
		serve_peer(fd);
}

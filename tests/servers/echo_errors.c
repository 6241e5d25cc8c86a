/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the errors of what it has sent (IP_RECVERR by -o), as DNS servers, QUIC and traceroute do.
 * After a request and a line on stdin it answers repeatedly, and prints what each answer returned,
 * what the error queue then contained, to the byte, and what a recvfrom returns.
 *
 *	echo_errors [-s FIRST-LAST] [-m] [-q] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * It reads the error queue with control buffers of each size from FIRST to LAST; by recvmmsg with
 * -m. With -q it does not, and recvfrom returns the error.
 */
#include "common.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CONTROL_MAX = 512, UNTOUCHED_BYTE = 0xa5, LIMIT_MS = 100, TRIES = 50 };

/* The command line, written only by main. */
static size_t first_size = CONTROL_MAX, last_size = CONTROL_MAX;
static bool by_recvmmsg, is_unread;

static void say_result(const char *name, ssize_t result)
{
	if (result < 0)
		printf("%s %s ", name, errno_name(errno));
	else
		printf("%s %zd ", name, result);
	errno = 0;
}

static void say_bytes(const char *name, const void *bytes, size_t len)
{
	printf("%s ", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
	printf(" ");
}

static ssize_t receive(int fd, struct msghdr *msg)
{
	struct mmsghdr message = {.msg_hdr = *msg};
	int count;

	if (!by_recvmmsg)
		return recvmsg(fd, msg, MSG_ERRQUEUE);
	count = recvmmsg(fd, &message, 1, MSG_ERRQUEUE, NULL);
	*msg = message.msg_hdr;
	return count < 0 ? count : (ssize_t)message.msg_len;
}

static void read_queue(int fd, size_t control_size)
{
	_Alignas(struct cmsghdr) unsigned char control[CONTROL_MAX + 16];
	struct endpoint peer = {.addr_len = 0};
	char text[TEXT_MAX];
	struct iovec part = {text, sizeof(text)};
	struct msghdr msg = {
		.msg_name = &peer.addr,
		.msg_namelen = sizeof(peer.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = control_size,
	};
	ssize_t got;

	memset(control, UNTOUCHED_BYTE, sizeof(control));
	got = receive(fd, &msg);
	say_result("queue", got);
	if (got < 0)
		return;
	printf("controllen %zu flags %#x ", (size_t)msg.msg_controllen,
		(unsigned int)msg.msg_flags);
	say_bytes("control", control, control_size + 16);
	say_bytes("name", &peer.addr, msg.msg_namelen);
	say_bytes("text", text, (size_t)got);
}

/* Answers until an error comes back, because hosts limit the rate of ICMP errors. Returns the
 * result of the last sendto. */
static ssize_t send_into_the_void(int fd, const struct letter *letter)
{
	for (int i = 0; i < TRIES; i++) {
		struct pollfd waiting = {.fd = fd};
		ssize_t sent = sendto(fd, letter->text, letter->len, 0,
			(const struct sockaddr *)&letter->peer.addr, letter->peer.addr_len);

		if (poll(&waiting, 1, LIMIT_MS) == 1)
			return sent;
	}
	errno = 0;
	die("no error came");
}

static void answer(int fd, const struct letter *letter, size_t control_size)
{
	struct letter next = {.peer.addr_len = sizeof(next.peer.addr)};

	printf("size %zu ", control_size);
	say_result("sendto", send_into_the_void(fd, letter));
	if (is_unread)
		say_result("recvfrom",
			recvfrom(fd, next.text, sizeof(next.text), MSG_DONTWAIT, NULL, NULL));
	else
		read_queue(fd, control_size);
	say_result("recvfrom", recvfrom(fd, next.text, sizeof(next.text), MSG_DONTWAIT,
				       (struct sockaddr *)&next.peer.addr, &next.peer.addr_len));
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct letter request;
	char line[16], *end;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "s:mq")) != -1) {
		if (letter == 's') {
			first_size = strtoul(optarg, &end, 10);
			last_size = *end == '-' ? strtoul(end + 1, NULL, 10) : first_size;
		} else if (letter == 'm') {
			by_recvmmsg = true;
		} else if (letter == 'q') {
			is_unread = true;
		} else {
			server_letter(letter);
		}
	}
	errno = 0;
	if (first_size > last_size || last_size > CONTROL_MAX)
		die("-s: not within 0 to %d", CONTROL_MAX);
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;) {
		receive_letter(fd, &request);
		puts("request");
		fflush(stdout);
		if (fgets(line, sizeof(line), stdin) == NULL)
			return 0;
		for (size_t size = first_size; size <= last_size; size++)
			answer(fd, &request, size);
		puts("answered");
		fflush(stdout);
	}
}

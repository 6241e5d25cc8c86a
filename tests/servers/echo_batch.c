/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Large batches: receives COUNT requests by one recvmmsg and answers all by one sendmmsg, the last
 * one first, so the last-peer cache does not help. -v prints what each call returned, so a test can
 * compare two runs.
 *
 *	echo_batch [-n COUNT] [-w] [-t MS] [-c ADDRESS] [-l] [-s] [-y] [-a|-A] [-b K] [-p K] [-R K]
 *	    [-v] [ADDRESS] PORT
 *
 *	-n	COUNT messages per call, by default 64; recvmmsg waits for all of them
 *	-w	MSG_WAITFORONE: it does not
 *	-t	a timeout of MS milliseconds, which the kernel checks after each datagram
 *	-c	of three answers one has control data with a TTL of 77, one names the IPv4
 *		source ADDRESS, and one has no control data; IPv4 only
 *	-l	prints "received" after recvmmsg, and answers after a line on stdin
 *	-s	runs in a thread with the smallest possible stack
 *	-y	makes the calls by libc's syscall()
 *	-a	has no more memory from before the first batch on
 *	-A	has no more memory from before bind on
 *	-b	answer K has an invalid pointer until sendmmsg has failed at it
 *	-p	answer K goes to port 0 at first, which the kernel refuses
 *	-R	request K has an invalid name pointer in the first batch
 */
#include "common.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { COUNT_MAX = 2000, TEXT = 64, BUFFER = 16 << 20, TTL = 77, LIMIT_MS = 60000 };

/* An errno that no call sets. */
enum { ERRNO_BEFORE = 4711 };

/* A message of a batch, with all that it points to. */
struct slot {
	struct endpoint peer;
	struct iovec part;
	char text[TEXT];
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* For the serving thread; static, because its stack is small. */
static struct slot slots[COUNT_MAX];
static struct mmsghdr requests[COUNT_MAX], answers[COUNT_MAX];

/* The command line, written only by main; the serving thread counts down the faults. */
static unsigned int count = 64;
static int receive_flags, timeout_ms = -1;
static bool by_number, verbose, has_small_stack, waits_for_line, without_memory;
static struct endpoint own_source;
static int bad_answer = -1, refused_answer = -1, bad_request = -1;
static bool awaits_error; /* of the bad request, from the next call on the socket */

/* An address that no Linux maps. */
static void *nowhere(void)
{
	return (void *)(uintptr_t)16;
}

/* From now on the program gets no more memory. */
static void take_memory_away(void)
{
	const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
	struct endpoint ignored;

	/* Lets resolve allocate what it needs. */
	resolve("127.0.0.1", "0", SOCK_DGRAM, &ignored);
	if (setrlimit(RLIMIT_AS, &none) < 0)
		die("setrlimit");
}

static void say(const char *call, int result)
{
	if (!verbose)
		return;
	if (result < 0)
		printf("%s %s\n", call, errno_name(errno));
	else if (errno != ERRNO_BEFORE)
		printf("%s %d, errno changed\n", call, result);
	else
		printf("%s %d\n", call, result);
	fflush(stdout);
}

static int receive_all(int fd)
{
	struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
	struct timespec *limit = timeout_ms >= 0 ? &timeout : NULL;
	int got;

	memset(requests, 0, sizeof(requests));
	for (unsigned int i = 0; i < count; i++) {
		struct msghdr *msg = &requests[i].msg_hdr;

		slots[i].part = (struct iovec){slots[i].text, TEXT - sizeof(" named")};
		msg->msg_name = &slots[i].peer.addr;
		msg->msg_namelen = sizeof(slots[i].peer.addr);
		msg->msg_iov = &slots[i].part;
		msg->msg_iovlen = 1;
	}
	if (bad_request >= 0) {
		requests[bad_request].msg_hdr.msg_name = nowhere();
		awaits_error = true;
	}
	bad_request = -1;
	errno = ERRNO_BEFORE;
	if (by_number)
		got = (int)syscall(SYS_recvmmsg, fd, requests, count, receive_flags, limit);
	else
		got = recvmmsg(fd, requests, count, receive_flags, limit);
	say("recvmmsg", got);
	return got;
}

static void add_control(struct slot *slot, struct msghdr *msg, int level, int type,
	const void *data, size_t len, const char *word)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)slot->control;

	*cmsg = (struct cmsghdr){.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(len)};
	memcpy(CMSG_DATA(cmsg), data, len);
	msg->msg_control = slot->control;
	msg->msg_controllen = CMSG_SPACE(len);
	memcpy(slot->text + slot->part.iov_len, word, strlen(word));
	slot->part.iov_len += strlen(word);
}

static void add_own_control(int number, struct slot *slot, struct msghdr *msg)
{
	const struct sockaddr_in *source = (const struct sockaddr_in *)&own_source.addr;
	const struct in_pktinfo info = {.ipi_spec_dst = source->sin_addr};
	const int ttl = TTL;

	if (number % 3 == 0)
		add_control(slot, msg, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl), " ttl");
	else if (number % 3 == 1)
		add_control(slot, msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info), " named");
}

static void prepare_answers(int got)
{
	for (int i = 0; i < got; i++) {
		int from = got - 1 - i;
		struct slot *slot = &slots[from];

		answers[i] = requests[from];
		slot->part.iov_len = requests[from].msg_len;
		answers[i].msg_hdr.msg_control = NULL;
		answers[i].msg_hdr.msg_controllen = 0;
		if (own_source.addr_len != 0)
			add_own_control(i, slot, &answers[i].msg_hdr);
	}
}

/* sendmmsg from answer `sent` on, with the remaining faults. */
static int send_some(int fd, int sent, int got)
{
	struct mmsghdr *first = answers + sent;
	struct iovec bad = {.iov_base = nowhere(), .iov_len = TEXT}, *good = NULL;
	struct endpoint refused, *name = NULL;
	int now;

	if (bad_answer >= sent && bad_answer < got) {
		good = answers[bad_answer].msg_hdr.msg_iov;
		answers[bad_answer].msg_hdr.msg_iov = &bad;
	}
	if (refused_answer >= sent && refused_answer < got) {
		name = answers[refused_answer].msg_hdr.msg_name;
		refused = *name;
		((struct sockaddr_in *)&refused.addr)->sin_port = 0;
		answers[refused_answer].msg_hdr.msg_name = &refused.addr;
	}
	errno = ERRNO_BEFORE;
	if (by_number)
		now = (int)syscall(SYS_sendmmsg, fd, first, (unsigned int)(got - sent), 0);
	else
		now = sendmmsg(fd, first, (unsigned int)(got - sent), 0);
	if (good != NULL)
		answers[bad_answer].msg_hdr.msg_iov = good;
	if (name != NULL)
		answers[refused_answer].msg_hdr.msg_name = &name->addr;
	return now;
}

static void send_all(int fd, int got)
{
	int sent = 0;

	while (sent < got) {
		int now = send_some(fd, sent, got);

		say("sendmmsg", now);
		if (now < 0 && sent == bad_answer)
			bad_answer = -1;
		else if (now < 0 && sent == refused_answer)
			refused_answer = -1;
		else if (now < 0 && awaits_error)
			awaits_error = false;
		else if (now <= 0)
			die("sendmmsg at answer %d", sent);
		else
			sent += now;
	}
}

static void wait_for_line(void)
{
	char line[16];

	puts("received");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(0);
}

static void *serve(void *arg)
{
	int fd = *(int *)arg;

	if (without_memory)
		take_memory_away();
	ready();
	for (;;) {
		int got = receive_all(fd);

		if (got < 0)
			die("recvmmsg");
		if (waits_for_line)
			wait_for_line();
		prepare_answers(got);
		send_all(fd, got);
	}
	return NULL;
}

static void serve_in_small_thread(int fd)
{
	/* glibc's PTHREAD_STACK_MIN; musl's is less than its own functions take. */
	enum { STACK_MIN = 16 * 1024 };
	long least = sysconf(_SC_THREAD_STACK_MIN);
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	errno = pthread_attr_setstacksize(&attr, least > STACK_MIN ? (size_t)least : STACK_MIN);
	if (errno != 0)
		die("pthread_attr_setstacksize");
	errno = pthread_create(&thread, &attr, serve, &fd);
	if (errno != 0)
		die("pthread_create");
	pthread_join(thread, NULL);
}

static int parse_place(int letter)
{
	int place = atoi(optarg);

	errno = 0;
	if (place < 0 || place >= COUNT_MAX)
		die("-%c %s: not within 0 to %d", letter, optarg, COUNT_MAX - 1);
	return place;
}

static void parse_letter(int letter)
{
	switch (letter) {
	case 'n':
		count = (unsigned int)parse_number(letter, COUNT_MAX);
		break;
	case 'w':
		receive_flags = MSG_WAITFORONE;
		break;
	case 't':
		timeout_ms = parse_number(letter, LIMIT_MS);
		break;
	case 'c':
		resolve(optarg, "0", SOCK_DGRAM, &own_source);
		break;
	case 'l':
		waits_for_line = true;
		break;
	case 's':
		has_small_stack = true;
		break;
	case 'y':
		by_number = true;
		break;
	case 'a':
		without_memory = true;
		break;
	case 'A':
		take_memory_away();
		break;
	case 'b':
		bad_answer = parse_place(letter);
		break;
	case 'p':
		refused_answer = parse_place(letter);
		break;
	case 'R':
		bad_request = parse_place(letter);
		break;
	case 'v':
		verbose = true;
		break;
	default:
		server_letter(letter);
	}
}

int main(int argc, char **argv)
{
	const int size = BUFFER;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "n:wt:c:lsyaAb:p:R:v")) != -1)
		parse_letter(letter);
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, size);
	set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, size);
	if (has_small_stack)
		serve_in_small_thread(fd);
	serve(&fd);
}

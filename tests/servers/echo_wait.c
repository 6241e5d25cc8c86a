/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Receives requests, prints "request" for each, and answers only after a line on stdin: in between,
 * a test can remove the request destination, as a failover or the end of a DHCP lease does to any
 * server that takes its time. Then it prints what each call returned.
 *
 *	echo_wait [-n REQUESTS] [-c CALL] [-a ANSWERS] [-l LENGTH] [-D] [-f] [SERVER OPTIONS]
 *	    [ADDRESS] PORT
 *
 * It collects REQUESTS before it waits (by default 1). CALL is sendto, sendmsg, sendmmsg (all
 * answers in one call; it skips a message that fails) or connect (and write, after which it
 * disconnects the socket again). It sends ANSWERS answers to each request, of LENGTH bytes if that
 * is given. -D does not wait for space in the send buffer. -f answers from a fresh socket.
 */
#include "common.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { REQUESTS_MAX = 64, LENGTH_MAX = 70000 };

/* The command line, written only by main. */
static int request_count = 1, answer_count = 1, flags;
static size_t length;
static const char *call = "sendto";
static bool is_fresh;

/* The requests and the answers, which share one text if -l is given. */
static struct letter letters[REQUESTS_MAX];
static struct mmsghdr messages[REQUESTS_MAX];
static struct iovec parts[REQUESTS_MAX];
static char long_text[LENGTH_MAX];

/* A successful call leaves errno unchanged. */
static ssize_t say_result(const char *name, ssize_t result)
{
	if (result < 0)
		printf("%s -1 %s\n", name, errno_name(errno));
	else if (errno != 0)
		printf("%s %zd with errno %s\n", name, result, errno_name(errno));
	else
		printf("%s %zd\n", name, result);
	fflush(stdout);
	errno = 0;
	return result;
}

static void gather(int fd)
{
	for (int i = 0; i < request_count; i++) {
		struct letter *letter = &letters[i];

		receive_letter(fd, letter);
		puts("request");
		fflush(stdout);
		parts[i] = length == 0 ? (struct iovec){letter->text, letter->len}
				       : (struct iovec){long_text, length};
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &letter->peer.addr,
			.msg_namelen = letter->peer.addr_len,
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
		};
	}
}

static void answer_connected(int fd, const struct msghdr *msg)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	struct endpoint local = {.addr_len = sizeof(local.addr)};

	if (say_result(call, connect(fd, msg->msg_name, msg->msg_namelen)) < 0)
		return;
	getsockname(fd, (struct sockaddr *)&local.addr, &local.addr_len);
	printf("local %s\n", address_text(&local));
	say_result("write", write(fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len));
	say_result("disconnect", connect(fd, &unspecified, sizeof(unspecified)));
}

static void answer_batch(int fd)
{
	int done = 0;

	while (done < request_count) {
		int sent =
			sendmmsg(fd, messages + done, (unsigned int)(request_count - done), flags);

		say_result(call, sent);
		for (int i = 0; i < sent; i++)
			printf("length %u\n", messages[done + i].msg_len);
		done += sent < 1 ? 1 : sent;
	}
}

static void answer(int fd, const struct msghdr *msg)
{
	const struct iovec *text = msg->msg_iov;

	if (strcmp(call, "connect") == 0)
		answer_connected(fd, msg);
	else if (strcmp(call, "sendmsg") == 0)
		say_result(call, sendmsg(fd, msg, flags));
	else
		say_result(call, sendto(fd, text->iov_base, text->iov_len, flags, msg->msg_name,
					 msg->msg_namelen));
}

static void answer_all(int fd)
{
	errno = 0;
	if (strcmp(call, "sendmmsg") == 0) {
		answer_batch(fd);
		return;
	}
	for (int i = 0; i < request_count; i++)
		answer(fd, &messages[i].msg_hdr);
}

static void parse_letter(int letter)
{
	if (letter == 'n')
		request_count = parse_number(letter, REQUESTS_MAX);
	else if (letter == 'a')
		answer_count = parse_number(letter, 100);
	else if (letter == 'l')
		length = (size_t)parse_number(letter, LENGTH_MAX);
	else if (letter == 'c')
		call = optarg;
	else if (letter == 'D')
		flags = MSG_DONTWAIT;
	else if (letter == 'f')
		is_fresh = true;
	else
		server_letter(letter);
}

int main(int argc, char **argv)
{
	char line[16];
	int letter, fd, answer_fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "n:a:l:c:Df")) != -1)
		parse_letter(letter);
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	answer_fd = is_fresh ? socket(socket_family(fd), SOCK_DGRAM, 0) : fd;
	if (answer_fd < 0)
		die("socket");
	ready();
	for (;;) {
		gather(fd);
		if (fgets(line, sizeof(line), stdin) == NULL)
			return 0;
		for (int i = 0; i < answer_count; i++)
			answer_all(answer_fd);
		puts("answered");
		fflush(stdout);
	}
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clients that ask continuously, each again as soon as it is answered, for servers that may lose
 * requests:
 *
 *	ask_on [-n CLIENTS] [-m] [-t MILLISECONDS] PORT ADDRESS...
 *
 * Each of the CLIENTS (by default one for each ADDRESS) has its own socket and asks at one ADDRESS;
 * with -m at the next one each time, and all must be of one family. A client without an answer in
 * time (a second, or -t) asks again. After SIGTERM no client asks any more, and when all are
 * answered or half a second is over it prints "asked N", "answered N" and "wrong N": the answers
 * from another address than this request's destination, and those to no request.
 */
#include "common.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 200, ADDRESSES_MAX = 16, LAST_WAIT_MS = 500, NAME_MAX_LEN = 64 };

struct client {
	long number; /* of its last request, from 1 on */
	long asked_ms;
	bool is_waiting;
};

/* Written by main before the first request. */
static struct endpoint servers[ADDRESSES_MAX];
static char server_names[ADDRESSES_MAX][NAME_MAX_LEN];
static int server_count, client_count, patience_ms = 1000;
static bool is_moving;

/* polls[i] is the socket of clients[i]. */
static struct client clients[CLIENTS_MAX];
static struct pollfd polls[CLIENTS_MAX];
static long asked, answered, wrong;

static volatile sig_atomic_t is_over;

static void end(int signal)
{
	(void)signal;
	is_over = 1;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* The address to which a client's request of this number goes. */
static int server_of(int client, long number)
{
	return (int)((client + (is_moving ? number : 0)) % server_count);
}

static void ask(int i)
{
	struct client *client = &clients[i];
	const struct endpoint *server = &servers[server_of(i, client->number + 1)];
	char text[64];
	int len;

	client->number++;
	len = snprintf(text, sizeof(text), "request %ld", client->number);
	if (sendto(polls[i].fd, text, (size_t)len, 0, (const struct sockaddr *)&server->addr,
		    server->addr_len) != len)
		die("sendto %s", address_text(server));
	client->asked_ms = now_ms();
	client->is_waiting = true;
	asked++;
}

/* An answer may be to an earlier request that has timed out. */
static void judge(int i, const struct letter *answer)
{
	long number = 0;

	answered++;
	if (sscanf(answer->text, "request %ld", &number) != 1 || number < 1 ||
		number > clients[i].number ||
		strcmp(address_text(&answer->peer), server_names[server_of(i, number)]) != 0) {
		wrong++;
		fprintf(stderr, "client %d, request %ld of %ld: from %s\n", i, number,
			clients[i].number, address_text(&answer->peer));
	}
	if (number == clients[i].number)
		clients[i].is_waiting = false;
}

static void read_answers(void)
{
	for (int i = 0; i < client_count; i++) {
		struct letter answer;

		if (!(polls[i].revents & POLLIN))
			continue;
		receive_letter(polls[i].fd, &answer);
		answer.text[answer.len < TEXT_MAX ? answer.len : TEXT_MAX - 1] = '\0';
		judge(i, &answer);
	}
}

static void ask_all(void)
{
	long now = now_ms();

	for (int i = 0; i < client_count; i++)
		if (!clients[i].is_waiting || now - clients[i].asked_ms >= patience_ms)
			ask(i);
}

/* Until SIGTERM, and a little longer for answers in flight. */
static void go_on(void)
{
	long end_ms = 0;

	while (end_ms == 0 || (answered < asked && now_ms() < end_ms)) {
		if (!is_over)
			ask_all();
		else if (end_ms == 0)
			end_ms = now_ms() + LAST_WAIT_MS;
		if (poll(polls, (nfds_t)client_count, 10) > 0)
			read_answers();
	}
}

static void open_all(void)
{
	for (int i = 0; i < client_count; i++) {
		polls[i].events = POLLIN;
		polls[i].fd = socket(servers[i % server_count].addr.ss_family, SOCK_DGRAM, 0);
		if (polls[i].fd < 0)
			die("socket");
	}
}

static void parse(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "n:mt:")) != -1) {
		if (letter == 'n')
			client_count = atoi(optarg);
		else if (letter == 'm')
			is_moving = true;
		else if (letter == 't')
			patience_ms = atoi(optarg);
		else
			exit(2);
	}
	server_count = argc - optind - 1;
	if (client_count == 0)
		client_count = server_count;
	errno = 0;
	if (server_count < 1 || server_count > ADDRESSES_MAX || client_count < 1 ||
		client_count > CLIENTS_MAX)
		die("want PORT ADDRESS...");
	for (int i = 0; i < server_count; i++) {
		resolve(argv[optind + 1 + i], argv[optind], SOCK_DGRAM, &servers[i]);
		snprintf(server_names[i], NAME_MAX_LEN, "%s", address_text(&servers[i]));
	}
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	open_all();
	signal(SIGTERM, end);
	go_on();
	printf("asked %ld\nanswered %ld\nwrong %ld\n", asked, answered, wrong);
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client of all tests. Like a resolver it accepts an answer only from the address and port
 * that it asked, but it checks that itself, on an unconnected socket, and prints what came
 * instead.
 *
 *	ask [-n CLIENTS] [-a AT-ONCE] [-w MILLISECONDS] [-r ROUNDS] [-s SOURCE]
 *	    [-p SOURCE-PORT] [-t MILLISECONDS] [-m TEXT] [-x HEX] [-g SIZE] [-b] [-i] [-P]
 *	    [-R] [-v] PORT ADDRESS...
 *	ask -T [-t MILLISECONDS] PORT ADDRESS...
 *
 * Each of the CLIENTS (by default one for each ADDRESS) has its own socket and asks one ADDRESS,
 * in turn; all of them ask before the first answer is read, or AT-ONCE of them, and then the
 * next ones after a pause (-w). In each of the ROUNDS every client asks again; with -R it asks
 * the next ADDRESS each time, and all must be of one family. -x sends a request in the server's
 * own protocol. -g passes a request to the kernel in segments of SIZE bytes.
 *
 * Prints a line for each answer: "right", "wrong ADDRESS" (and the port, if that is not the one
 * asked; -P permits another), "mangled" (the text does not begin with the request's; not checked
 * with -x), "refused", "error ERRNO" or "silent"; -i adds the interface by which the answer
 * arrived, -v its text. -b permits broadcast and multicast, where any host may answer: the line
 * is then "from ADDRESS". -T connects by TCP: "connected", "refused", "error ERRNO" or "silent".
 * Exits with 0 only if all lines are "right", "from" or "connected".
 */
#include "ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The rest of the command line, also written only by main. */
struct wishes wishes = {.source_port = "0"};
static int client_count, at_once = CLIENTS_MAX, pause_ms, rounds = 1, limit_ms = 2000;
static bool rotating;

/* polls[i] is the socket of clients[i]; its fd is negated (~fd) if no answer is expected. */
static struct client clients[CLIENTS_MAX];
static struct pollfd polls[CLIENTS_MAX];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* Reads an answer for each of these clients, or gives up on the rest. */
static void gather(int first, int count)
{
	long deadline = now_ms() + limit_ms;
	int waiting = count;

	while (waiting > 0) {
		long left = deadline - now_ms();

		if (left <= 0 || poll(polls + first, (nfds_t)count, (int)left) <= 0)
			return;
		for (int i = first; i < first + count; i++) {
			if (polls[i].fd < 0 || polls[i].revents == 0)
				continue;
			if (wishes.by_tcp)
				finish_connect(&clients[i], polls[i].fd);
			else
				read_answer(&clients[i], polls[i].fd);
			polls[i].fd = ~polls[i].fd;
			waiting--;
		}
	}
}

static bool print_verdicts(void)
{
	bool all_well = true;

	for (int i = 0; i < client_count; i++) {
		const char *verdict = clients[i].verdict;

		puts(verdict);
		all_well = all_well && is_good(verdict);
		if (polls[i].fd < 0)
			polls[i].fd = ~polls[i].fd;
	}
	fflush(stdout);
	return all_well;
}

/* Gives each client the next client's server. */
static void rotate(void)
{
	struct endpoint first = clients[0].server;

	for (int i = 0; i < client_count - 1; i++)
		clients[i].server = clients[i + 1].server;
	clients[client_count - 1].server = first;
}

static void ask_some(int first, int count, int round)
{
	for (int i = first; i < first + count; i++) {
		if (wishes.by_tcp)
			start_connect(&clients[i], &polls[i]);
		else
			send_request(&clients[i], &polls[i], i, round);
	}
	gather(first, count);
}

static bool ask_all(int round)
{
	for (int first = 0; first < client_count; first += at_once) {
		int left = client_count - first;

		ask_some(first, left < at_once ? left : at_once, round);
		poll(NULL, 0, pause_ms);
	}
	return print_verdicts();
}

static void parse_hex(void)
{
	for (const char *digits = optarg; *digits != '\0'; digits += 2) {
		errno = 0;
		if (strspn(digits, "0123456789abcdef") < 2 ||
			wishes.given_len == sizeof(wishes.given))
			die("-x %s: not within %d pairs of hexadecimal digits", optarg, TEXT_MAX);
		sscanf(digits, "%2hhx", &wishes.given[wishes.given_len++]);
	}
}

static void parse_letter(int letter)
{
	switch (letter) {
	case 'n':
		client_count = parse_number(letter, CLIENTS_MAX);
		break;
	case 'a':
		at_once = parse_number(letter, CLIENTS_MAX);
		break;
	case 'w':
		pause_ms = parse_number(letter, 1000);
		break;
	case 'r':
		rounds = parse_number(letter, 1000000);
		break;
	case 't':
		limit_ms = parse_number(letter, 60000);
		break;
	case 's':
		wishes.source = optarg;
		break;
	case 'p':
		wishes.source_port = optarg;
		break;
	case 'm':
		wishes.text = optarg;
		break;
	case 'g':
		wishes.segment_size = parse_number(letter, TEXT_MAX);
		break;
	case 'x':
		parse_hex();
		break;
	case 'b':
		wishes.broadcast = true;
		break;
	case 'i':
		wishes.with_interface = true;
		break;
	case 'P':
		wishes.any_port = true;
		break;
	case 'R':
		rotating = true;
		break;
	case 'v':
		wishes.verbose = true;
		break;
	case 'T':
		wishes.by_tcp = true;
		break;
	default:
		exit(2);
	}
}

int main(int argc, char **argv)
{
	bool all_well = true;
	int letter, address_count;

	while ((letter = getopt(argc, argv, "n:a:w:r:t:s:p:m:x:g:biPRvT")) != -1)
		parse_letter(letter);
	address_count = argc - optind - 1;
	errno = 0;
	if (address_count < 1 || address_count > CLIENTS_MAX)
		die("want PORT ADDRESS...");
	if (client_count == 0)
		client_count = address_count;
	for (int i = 0; i < client_count; i++)
		open_client(
			&clients[i], &polls[i], argv[optind + 1 + i % address_count], argv[optind]);
	for (int round = 0; round < rounds && all_well; round++) {
		all_well = ask_all(round);
		if (rotating)
			rotate();
	}
	return all_well ? 0 : 1;
}

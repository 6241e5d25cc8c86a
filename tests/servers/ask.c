/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client of all tests. Like a resolver it takes an answer only from the address and port that
 * it asked, but it looks for itself, on an unconnected socket, and says what came instead.
 *
 *	ask [-n CLIENTS] [-a AT-ONCE] [-w MILLISECONDS] [-r ROUNDS] [-s SOURCE]
 *	    [-p SOURCE-PORT] [-t MILLISECONDS] [-m TEXT] [-x HEX] [-g SIZE] [-b] [-i] [-P]
 *	    [-R] [-v] PORT ADDRESS...
 *	ask -T [-t MILLISECONDS] PORT ADDRESS...
 *
 * Each of the CLIENTS (one for each ADDRESS unless told) has a socket of its own and asks one
 * ADDRESS, in turn; all of them have asked before the first answer is read, or AT-ONCE, and then
 * the next ones after a pause (-w). In each of the ROUNDS every client asks once more; with -R it
 * asks the next ADDRESS each time, all of which must be of one family. -x asks in a protocol of
 * the server's own. -g hands a request to the kernel in segments of SIZE bytes.
 *
 * A line for each answer: "right", "wrong ADDRESS" (and the port, where that is not the one asked;
 * -P lets it be another), "mangled" (the text does not begin with the request's; not looked at
 * with -x), "refused", "error ERRNO" or "silent"; -i adds the interface by which the answer came,
 * -v its text. -b may broadcast or multicast, where any host may answer: the line is then "from
 * ADDRESS". -T connects by TCP: "connected", "refused", "error ERRNO" or "silent". Exit status 0
 * only if all lines are "right", "from" or "connected".
 */
#include "common.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Below the usual limit of 1024 descriptors. */
#define CLIENTS_MAX 1000
#define ANSWER_MAX 8192

/* As the kernel's headers have them; libc's may lack it. */
enum { UDP_LEVEL = 17, UDP_SEGMENT_ = 103 };

struct client {
	struct endpoint server;
	char request[TEXT_MAX];
	size_t request_len;
	char verdict[ANSWER_MAX + 128];
};

/* The command line, written by main alone. */
static int client_count, at_once = CLIENTS_MAX, pause_ms, rounds = 1, limit_ms = 2000, segment_size;
static const char *source, *source_port = "0", *text;
static bool broadcast, any_port, rotating, with_interface, verbose, by_tcp;

/* What -x gave, in bytes; none without it. */
static char given[TEXT_MAX];
static size_t given_len;

/* polls[i] is the socket of clients[i]; its fd is negated (~fd) where nothing is awaited. */
static struct client clients[CLIENTS_MAX];
static struct pollfd polls[CLIENTS_MAX];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static int port_of(const struct endpoint *e)
{
	/* The port stands at the same place in sockaddr_in and sockaddr_in6. */
	return ntohs(((const struct sockaddr_in *)&e->addr)->sin_port);
}

static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->addr, *b4 = (const void *)&b->addr;
	const struct sockaddr_in6 *a6 = (const void *)&a->addr, *b6 = (const void *)&b->addr;

	if (a->addr.ss_family != b->addr.ss_family)
		return false;
	if (a->addr.ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0 &&
	       a6->sin6_scope_id == b6->sin6_scope_id;
}

/* With the error queue on, an unconnected socket hears at once of a closed port. */
static void hear_of_errors(int fd, int family)
{
	if (family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

static void ask_for_interface(int fd, int family)
{
	if (family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

/* What a daemon still sends by IPv4 to a port that an earlier client had is no answer to us. */
static void take_ipv6_only(int fd, const struct endpoint *server)
{
	const struct sockaddr_in6 *addr = (const void *)&server->addr;

	if (addr->sin6_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&addr->sin6_addr))
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

static void open_client(struct client *c, struct pollfd *p, const char *address, const char *port)
{
	int socktype = by_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct endpoint local;

	resolve(address, port, socktype, &c->server);
	p->events = by_tcp ? POLLOUT : POLLIN;
	p->fd = socket(c->server.addr.ss_family, socktype | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		die("socket");
	take_ipv6_only(p->fd, &c->server);
	if (!by_tcp)
		hear_of_errors(p->fd, c->server.addr.ss_family);
	if (with_interface)
		ask_for_interface(p->fd, c->server.addr.ss_family);
	if (segment_size != 0)
		set_option(p->fd, UDP_LEVEL, UDP_SEGMENT_, segment_size);
	if (broadcast)
		set_option(p->fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (source == NULL && strcmp(source_port, "0") == 0)
		return;
	if (source == NULL)
		source = c->server.addr.ss_family == AF_INET ? "0.0.0.0" : "::";
	resolve(source, source_port, socktype, &local);
	if (bind(p->fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind to %s", source);
}

static void write_request(struct client *c, int number, int round)
{
	if (given_len > 0)
		memcpy(c->request, given, given_len);
	else if (text != NULL)
		snprintf(c->request, sizeof(c->request), "%s", text);
	else
		snprintf(c->request, sizeof(c->request), "request %d.%d", number, round);
	c->request_len = given_len > 0 ? given_len : strlen(c->request);
}

static void send_request(struct client *c, struct pollfd *p, int number, int round)
{
	ssize_t sent;

	write_request(c, number, round);
	snprintf(c->verdict, sizeof(c->verdict), "silent");
	sent = sendto(p->fd, c->request, c->request_len, 0, (struct sockaddr *)&c->server.addr,
		c->server.addr_len);
	if (sent < 0)
		die("sendto %s", address_text(&c->server));
}

static void start_connect(struct client *c, struct pollfd *p)
{
	int result = connect(p->fd, (struct sockaddr *)&c->server.addr, c->server.addr_len);

	if (result == 0 || errno == EINPROGRESS)
		snprintf(c->verdict, sizeof(c->verdict), "silent");
	else
		snprintf(c->verdict, sizeof(c->verdict), "error %s", errno_name(errno));
}

static void judge_error(struct client *c, int err, const char *success)
{
	if (err == 0)
		snprintf(c->verdict, sizeof(c->verdict), "%s", success);
	else if (err == ECONNREFUSED)
		snprintf(c->verdict, sizeof(c->verdict), "refused");
	else
		snprintf(c->verdict, sizeof(c->verdict), "error %s", errno_name(err));
}

static void judge_source(struct client *c, const struct endpoint *from)
{
	const char *name = address_text(from);
	int port = port_of(from);

	if (broadcast)
		snprintf(c->verdict, sizeof(c->verdict), "from %s", name);
	else if (port != port_of(&c->server) && !any_port)
		snprintf(c->verdict, sizeof(c->verdict), "wrong %s %d", name, port);
	else if (!same_address(from, &c->server))
		snprintf(c->verdict, sizeof(c->verdict), "wrong %s", name);
	else
		snprintf(c->verdict, sizeof(c->verdict), "right");
}

/* Adds to the verdict the interface that the destination report in msg names. */
static void add_interface(struct client *c, struct msghdr *msg)
{
	size_t used = strlen(c->verdict);
	unsigned int index = 0;
	char name[IF_NAMESIZE];

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		const void *data = CMSG_DATA(cmsg);

		if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO)
			index = (unsigned int)((const struct in_pktinfo *)data)->ipi_ifindex;
		if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO)
			index = ((const struct in6_pktinfo *)data)->ipi6_ifindex;
	}
	if (if_indextoname(index, name) == NULL)
		die("interface %u", index);
	snprintf(c->verdict + used, sizeof(c->verdict) - used, " %s", name);
}

static void read_answer(struct client *c, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct endpoint from;
	char answer[ANSWER_MAX];
	struct iovec part = {answer, sizeof(answer) - 1};
	struct msghdr msg = {
		.msg_name = &from.addr,
		.msg_namelen = sizeof(from.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, 0);
	size_t used;

	if (got < 0) {
		judge_error(c, errno, "");
		return;
	}
	from.addr_len = msg.msg_namelen;
	answer[got] = '\0';
	judge_source(c, &from);
	if (given_len == 0 && strncmp(answer, c->request, c->request_len) != 0 &&
		strncmp(c->verdict, "wrong", 5) != 0)
		snprintf(c->verdict, sizeof(c->verdict), "mangled");
	if (with_interface)
		add_interface(c, &msg);
	used = strlen(c->verdict);
	if (verbose)
		snprintf(c->verdict + used, sizeof(c->verdict) - used, " %s", answer);
}

static void finish_connect(struct client *c, int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	judge_error(c, err, "connected");
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
			if (by_tcp)
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
		if (strncmp(verdict, "right", 5) != 0 && strncmp(verdict, "from ", 5) != 0 &&
			strcmp(verdict, "connected") != 0)
			all_well = false;
		if (polls[i].fd < 0)
			polls[i].fd = ~polls[i].fd;
	}
	fflush(stdout);
	return all_well;
}

/* The next client's server for each client. */
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
		if (by_tcp)
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
		if (strspn(digits, "0123456789abcdef") < 2 || given_len == sizeof(given))
			die("-x %s: not within %d pairs of hexadecimal digits", optarg, TEXT_MAX);
		sscanf(digits, "%2hhx", &given[given_len++]);
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
		source = optarg;
		break;
	case 'p':
		source_port = optarg;
		break;
	case 'm':
		text = optarg;
		break;
	case 'g':
		segment_size = parse_number(letter, TEXT_MAX);
		break;
	case 'x':
		parse_hex();
		break;
	case 'b':
		broadcast = true;
		break;
	case 'i':
		with_interface = true;
		break;
	case 'P':
		any_port = true;
		break;
	case 'R':
		rotating = true;
		break;
	case 'v':
		verbose = true;
		break;
	case 'T':
		by_tcp = true;
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

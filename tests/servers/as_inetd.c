/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * as_inetd [-u] COMMAND [ARGUMENT]...
 *
 * Runs the command as inetd runs a service "tcp nowait": descriptors 0 to 2 are a client's
 * connection, over loopback; or, with -u, an AF_UNIX stream. Prints what the client receives until
 * the connection ends. The exit status is the command's.
 */
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The client's end is first. */
static void connect_pair(int pair[2])
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(local);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&local, len) < 0 || listen(listener, 1) < 0 ||
		getsockname(listener, (struct sockaddr *)&local, &len) < 0 ||
		connect(pair[0], (struct sockaddr *)&local, len) < 0)
		die("no connection over loopback");
	pair[1] = accept(listener, NULL, NULL);
	if (pair[1] < 0)
		die("accept");
	close(listener);
}

_Noreturn static void serve(const int pair[2], char *argv[])
{
	for (int fd = 0; fd <= 2; fd++)
		dup2(pair[1], fd);
	close(pair[0]);
	close(pair[1]);
	execv(argv[0], argv);
	_exit(1);
}

static void print_all(int fd)
{
	char text[TEXT_MAX];
	ssize_t got;

	while ((got = read(fd, text, sizeof(text))) > 0)
		if (write(STDOUT_FILENO, text, (size_t)got) != got)
			die("write");
}

int main(int argc, char *argv[])
{
	bool is_unix = argc > 1 && strcmp(argv[1], "-u") == 0;
	int pair[2], status = 0;
	pid_t child;

	errno = 0;
	if (argc < 2 + is_unix)
		die("want COMMAND");
	if (!is_unix)
		connect_pair(pair);
	else if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		die("socketpair");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		serve(pair, argv + 1 + is_unix);
	close(pair[1]);
	print_all(pair[0]);
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

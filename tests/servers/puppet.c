/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes the socket calls that it reads from stdin, one per line, in any number of processes.
 *
 *	open NAME KIND [OPTION[=N]]...	a socket: tcp4, udp6, ...; sets each OPTION to N or 1
 *	set NAME OPTION N, get NAME OPTION
 *	SYS_set NAME OPTION N		by syscall(2)
 *	option NAME OPTION=VALUE	one of those that option.c knows
 *	bind NAME ADDRESS PORT [LENGTH]	with LENGTH bytes of the address instead of all
 *	listen NAME, port NAME		prints the port to which it is bound
 *	connect NAME ADDRESS PORT, disconnect NAME
 *	local NAME			prints its own address
 *	accept NAME NEW [HOW]		waits for a connection, which becomes NEW: by poll, or
 *					in accept itself if HOW is "wait", or by accept4 if
 *					HOW is "accept4"
 *	send NAME ADDRESS PORT TEXT
 *	receive NAME			waits for a datagram, and prints its text
 *	idle NAME			whether nothing waits to be accepted or received
 *	hear NAME [CALL] [FLAG]...	waits for a datagram; CALL is recvfrom, recvmsg, recvmmsg or
 *					SYS_recvmsg, a FLAG peek or dontwait; but for recvfrom it
 *					also prints the control messages as LEVEL/TYPE
 *	from NAME			prints the address that it came from
 *	answer NAME [BY]		sends it back there, by the socket BY
 *	dup NAME NEW, close NAME
 *	fork PROCESS			a child, with all sockets
 *	thread PROCESS			a thread; "end" does not apply to it
 *	spawn PROCESS, spawn PROCESS bare	a child without sockets, executed anew
 *	heir PROCESS, heir PROCESS bare	the same with all sockets
 *	exec				executes the program anew, with all sockets
 *	enter PID			enters the network namespace of process PID
 *	mark TEXT			does nothing; marks the transcript
 *	in PROCESS LINE...		does the line in that process
 *	end PROCESS
 *
 * With the argument -0, descriptor 0 is free for the first socket.
 *
 * It prints each line when it is done, with " -> ERRNO" on failure, or " -> VALUE" if there is a
 * result. Children get their lines from their parent, by a pipe.
 */
#include "puppet.h"

#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 12 };

/* The arguments of a new program before its sockets. */
enum { ARG_PREFIX = 1, ARG_LINES, ARG_DONE, ARG_LINE, ARG_SOCKETS };

struct process {
	char name[16];
	pid_t pid;
	int lines, done; /* pipes: the lines to do, and a byte for each that is done */
};

/* The children of this process; a free slot has no name. */
static struct process processes[NAMES];

/* Each thread has its own of these: the prefix of its output, "in PROCESS " in a child; the source
 * of its lines, and where it reports that one is done. */
static _Thread_local char prefix[64];
static _Thread_local int lines_fd = STDIN_FILENO, done_fd = -1;

/* The current line; the last word is NULL. */
static _Thread_local char *words[WORDS + 1];
_Thread_local char answer[TEXT_MAX];

const char *word(int i)
{
	if (words[i] == NULL)
		die("%s: want more words", words[0]);
	return words[i];
}

bool has_word(int i)
{
	return words[i] != NULL;
}

static void obey(int lines, int done);

static struct process *find_process(const char *name)
{
	for (int i = 0; i < NAMES; i++)
		if (strcmp(processes[i].name, name) == 0)
			return &processes[i];
	errno = 0;
	die("no process %s", name);
}

/* Executes the program anew, with its state as arguments; LINE is the first that it prints. */
static _Noreturn void run_anew(const char *line, bool keeps_sockets, bool is_bare)
{
	char program_name[] = "puppet", lines_text[16], done_text[16];
	char *args[ARG_SOCKETS + NAMES + 1] = {program_name, prefix, lines_text, done_text};

	snprintf(lines_text, sizeof(lines_text), "%d", lines_fd);
	snprintf(done_text, sizeof(done_text), "%d", done_fd);
	args[ARG_LINE] = strdup(line);
	if (keeps_sockets)
		list_sockets(&args[ARG_SOCKETS]);
	else
		close_sockets();
	if (is_bare)
		unsetenv("LD_PRELOAD");
	execv("/proc/self/exe", args);
	die("exec");
}

static int do_exec(void)
{
	run_anew("exec", true, false);
}

/* The parent's next line overwrites these words. */
static void become(const char *name)
{
	size_t len = strlen(prefix);

	snprintf(prefix + len, sizeof(prefix) - len, "in %s ", name);
}

static _Noreturn void be_child(int lines, int done)
{
	become(word(1));
	lines_fd = lines;
	done_fd = done;
	if (strcmp(words[0], "fork") != 0)
		run_anew("", strcmp(words[0], "heir") == 0, has_word(2));
	obey(lines, done);
	_exit(0);
}

/* The two pipes of a child or a thread. */
static struct process *open_process(int lines[2], int done[2])
{
	struct process *process = find_process("");

	if (pipe2(lines, O_CLOEXEC) < 0 || pipe2(done, O_CLOEXEC) < 0)
		die("pipe");
	process->lines = lines[1];
	process->done = done[0];
	snprintf(process->name, sizeof(process->name), "%s", word(1));
	return process;
}

static int do_fork(void)
{
	int lines[2], done[2];
	struct process *process = open_process(lines, done);

	process->pid = fork();
	if (process->pid < 0)
		die("fork");
	if (process->pid == 0) {
		close(lines[1]);
		close(done[0]);
		fcntl(lines[0], F_SETFD, 0);
		fcntl(done[1], F_SETFD, 0);
		be_child(lines[0], done[1]);
	}
	close(lines[0]);
	close(done[1]);
	return 0;
}

struct thread_start {
	char name[16];
	int lines, done;
};

static void *be_thread(void *arg)
{
	const struct thread_start *start = arg;

	become(start->name);
	obey(start->lines, start->done);
	return NULL;
}

static int do_thread(void)
{
	/* Never freed: a thread lives as long as its process. */
	struct thread_start *start = malloc(sizeof(*start));
	pthread_t thread;
	int lines[2], done[2];

	if (start == NULL)
		die("malloc");
	open_process(lines, done);
	snprintf(start->name, sizeof(start->name), "%s", word(1));
	start->lines = lines[0];
	start->done = done[1];
	errno = pthread_create(&thread, NULL, be_thread, start);
	return errno == 0 ? 0 : -1;
}

static int do_in(void)
{
	struct process *process = find_process(word(1));
	char line[TEXT_MAX] = "", byte;

	for (int i = 2; words[i] != NULL; i++) {
		strcat(line, words[i]);
		strcat(line, words[i + 1] != NULL ? " " : "\n");
	}
	if (write(process->lines, line, strlen(line)) < 0 ||
		!has_something(process->done, 2 * LIMIT_MS) || read(process->done, &byte, 1) != 1)
		die("%s does not answer", process->name);
	return 0;
}

static int do_end(void)
{
	struct process *process = find_process(word(1));

	close(process->lines);
	close(process->done);
	process->name[0] = '\0';
	return waitpid(process->pid, NULL, 0) < 0 ? -1 : 0;
}

static int do_enter(void)
{
	char path[64];
	int fd, result;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", word(1));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = setns(fd, CLONE_NEWNET);
	close(fd);
	return result;
}

static int do_mark(void)
{
	return 0;
}

static const struct command process_commands[] = {
	{"fork", do_fork},
	{"spawn", do_fork},
	{"heir", do_fork},
	{"thread", do_thread},
	{"exec", do_exec},
	{"enter", do_enter},
	{"mark", do_mark},
	{"in", do_in},
	{"end", do_end},
	{NULL, NULL},
};

static const struct command *find_command(const struct command *commands)
{
	while (commands->name != NULL && strcmp(commands->name, words[0]) != 0)
		commands++;
	return commands;
}

static int run_words(void)
{
	const struct command *command = find_command(process_commands);

	if (command->name == NULL)
		command = find_command(socket_commands);
	if (command->name == NULL)
		command = find_command(datagram_commands);
	errno = 0;
	if (command->name == NULL)
		die("no command %s", words[0]);
	return command->run();
}

static void split(char *line)
{
	int count = 0;

	for (char *rest = line, *next; (next = strtok_r(rest, " \n", &rest)) != NULL;) {
		if (count == WORDS)
			die("more than %d words", WORDS);
		words[count++] = next;
	}
	words[count] = NULL;
}

static void say(const char *line, int result)
{
	printf("%s%s%s%s\n", prefix, line, result < 0 || answer[0] != '\0' ? " -> " : "",
		result < 0 ? errno_name(errno) : answer);
	fflush(stdout);
}

/* Reads a line, without its newline; false at the end. Byte by byte, because what is read too early
 * is lost if the process executes the program anew. */
static bool read_line(int lines, char *line, size_t size)
{
	size_t len = 0;

	while (len + 1 < size && read(lines, line + len, 1) == 1) {
		if (line[len] == '\n') {
			line[len] = '\0';
			return true;
		}
		len++;
	}
	return false;
}

static void note_done(int done)
{
	if (done >= 0 && write(done, "", 1) != 1)
		die("write to parent");
}

/* Does lines until there are no more, and reports each to the parent, if there is one. A child
 * prints its own lines. */
static void obey(int lines, int done)
{
	char line[TEXT_MAX], copy[TEXT_MAX];

	while (read_line(lines, line, sizeof(line))) {
		int result;

		strcpy(copy, line);
		split(copy);
		if (words[0] == NULL)
			continue;
		answer[0] = '\0';
		result = run_words();
		if (strcmp(words[0], "in") != 0)
			say(line, result);
		note_done(done);
	}
}

/* Continues where the previous program, or the parent, stopped. */
static void take_over(char **argv)
{
	snprintf(prefix, sizeof(prefix), "%s", argv[ARG_PREFIX]);
	lines_fd = atoi(argv[ARG_LINES]);
	done_fd = atoi(argv[ARG_DONE]);
	for (char **socket = argv + ARG_SOCKETS; *socket != NULL; socket++)
		take_socket(*socket);
	if (argv[ARG_LINE][0] == '\0')
		return;
	say(argv[ARG_LINE], 0);
	note_done(done_fd);
}

int main(int argc, char **argv)
{
	if (argc >= ARG_SOCKETS)
		take_over(argv);
	else
		ready();
	if (argc == 2 && strcmp(argv[1], "-0") == 0) {
		lines_fd = fcntl(STDIN_FILENO, F_DUPFD, NAMES + 16);
		close(STDIN_FILENO);
	}
	obey(lines_fd, done_fd);
	return 0;
}

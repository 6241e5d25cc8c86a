/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes the socket calls that its stdin names, one a line, in as many processes as are asked for.
 *
 *	open NAME KIND [OPTION[=N]]...	a socket: tcp4, udp6, ...; each OPTION is set, to 1 unless
 *told set NAME OPTION N, get NAME OPTION
 *	bind NAME ADDRESS PORT [LENGTH]	of the address, where not the whole of it
 *	listen NAME, port NAME		... which it is bound to
 *	connect NAME ADDRESS PORT
 *	accept NAME NEW			waits for a connection, which is then NEW
 *	send NAME ADDRESS PORT TEXT
 *	receive NAME			waits for a datagram, and says its text
 *	idle NAME			whether nothing is there to be accepted or received
 *	dup NAME NEW, close NAME
 *	fork PROCESS			a child, with all sockets
 *	spawn PROCESS, spawn PROCESS bare	... without, and a program of its own
 *	in PROCESS LINE...		the line, in there
 *	end PROCESS
 *
 * It says each line again once it is done, with " -> ERRNO" or " -> VALUE" behind it where there is
 * more to say than that it went well. Children take their lines from their parent, by a pipe.
 */
#include "puppet.h"

#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 12 };

struct process {
	char name[16];
	pid_t pid;
	int lines, done; /* pipes: what it is to do, and a byte each time that it is done */
};

/* The children of this process; a free place has no name. */
static struct process processes[NAMES];
/* What this process says before each of its lines: "in PROCESS " if it is a child. */
static char prefix[64];

/* The line that is being carried out; the last word is NULL. */
static char *words[WORDS + 1];
char answer[TEXT_MAX];

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

static void obey(FILE *lines, int done);

static struct process *find_process(const char *name)
{
	for (int i = 0; i < NAMES; i++)
		if (strcmp(processes[i].name, name) == 0)
			return &processes[i];
	errno = 0;
	die("no process %s", name);
}

/* The same program once more: its pipes are numbers on its command line. */
static _Noreturn void run_anew(int lines, int done, bool is_bare)
{
	char lines_text[16], done_text[16];

	snprintf(lines_text, sizeof(lines_text), "%d", lines);
	snprintf(done_text, sizeof(done_text), "%d", done);
	close_sockets();
	if (is_bare)
		unsetenv("LD_PRELOAD");
	execl("/proc/self/exe", "puppet", prefix, lines_text, done_text, (char *)NULL);
	die("exec");
}

static _Noreturn void be_child(int lines, int done)
{
	size_t len = strlen(prefix);

	snprintf(prefix + len, sizeof(prefix) - len, "in %s ", word(1));
	if (strcmp(words[0], "spawn") == 0)
		run_anew(lines, done, has_word(2));
	obey(fdopen(lines, "r"), done);
	_exit(0);
}

static int do_fork(void)
{
	struct process *process = find_process("");
	int lines[2], done[2];

	if (pipe(lines) < 0 || pipe(done) < 0)
		die("pipe");
	process->pid = fork();
	if (process->pid < 0)
		die("fork");
	if (process->pid == 0) {
		close(lines[1]);
		close(done[0]);
		be_child(lines[0], done[1]);
	}
	close(lines[0]);
	close(done[1]);
	process->lines = lines[1];
	process->done = done[0];
	snprintf(process->name, sizeof(process->name), "%s", word(1));
	return 0;
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

static const struct command process_commands[] = {
	{"fork", do_fork},
	{"spawn", do_fork},
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

/* Carries out lines until there are no more, and tells the parent of each, if there is one. What
 * a child has been told, it says itself. */
static void obey(FILE *lines, int done)
{
	char line[TEXT_MAX], copy[TEXT_MAX];

	while (fgets(line, sizeof(line), lines) != NULL) {
		int result;

		line[strcspn(line, "\n")] = '\0';
		strcpy(copy, line);
		split(copy);
		if (words[0] == NULL)
			continue;
		answer[0] = '\0';
		result = run_words();
		if (strcmp(words[0], "in") != 0)
			say(line, result);
		if (done >= 0 && write(done, "", 1) != 1)
			die("write to parent");
	}
}

int main(int argc, char **argv)
{
	if (argc == 4) {
		snprintf(prefix, sizeof(prefix), "%s", argv[1]);
		obey(fdopen(atoi(argv[2]), "r"), atoi(argv[3]));
		return 0;
	}
	ready();
	obey(stdin, -1);
	return 0;
}

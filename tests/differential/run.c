/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts the runs; run.h has the contract. */
#include "run.h"

#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A run takes some milliseconds a sequence; a hanging one, five seconds. */
enum { RUN_LIMIT_S = 120 };

const char *run_library;

/* What to play: a mode's sequences, or the one that is in shared already. */
struct task {
	const struct plan *plan;
	uint64_t seed;
	enum mode mode;
	int first, end;
	bool is_bare;
};

static int make_file(const char *name, size_t size)
{
	int fd = memfd_create(name, 0);

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		die("memfd_create");
	return fd;
}

static struct shared *map_shared(int fd)
{
	void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void set_environment(const struct task *task)
{
	if (task->is_bare)
		return;
	for (const char *const *setting = mode_settings(task->mode); *setting != NULL; setting++)
		putenv((char *)(uintptr_t)*setting);
	setenv("LD_PRELOAD", run_library, 1);
}

/* The descriptors of the player are 0, 1, 2 and SHARED_FD, so that its own have low numbers. */
static _Noreturn void become_player(const struct task *task, int log, int shared_fd)
{
	char seed[32], mode[16], first[16], end[16];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(RUN_LIMIT_S);
	if (!space_enter())
		_exit(3);
	dup2(null, 0);
	dup2(log, 1);
	if (getenv("DIFFERENTIAL_STDERR") == NULL)
		dup2(null, 2);
	dup2(shared_fd, SHARED_FD);
	space_open_mark(!task->is_bare);
	for (int fd = 3; fd < SHARED_FD; fd++)
		close(fd);
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)task->seed);
	snprintf(mode, sizeof(mode), "%d", (int)task->mode);
	snprintf(first, sizeof(first), "%d", task->first);
	snprintf(end, sizeof(end), "%d", task->end);
	set_environment(task);
	execl("/proc/self/exe", "differential", "--play", task->plan != NULL ? "one" : "many",
		task->is_bare ? "bare" : "with", seed, mode, first, end, (char *)NULL);
	_exit(4);
}

struct started {
	pid_t pid;
	int log;
};

static struct started start(const struct task *task)
{
	struct started started = {.log = make_file("log", 0)};
	int shared_fd = make_file("shared", sizeof(struct shared));

	if (task->plan != NULL) {
		struct shared *memory = map_shared(shared_fd);

		memory->plan = *task->plan;
		munmap(memory, sizeof(*memory));
	}
	fflush(stdout);
	started.pid = fork();
	if (started.pid < 0)
		die("fork");
	if (started.pid == 0)
		become_player(task, started.log, shared_fd);
	close(shared_fd);
	return started;
}

static struct lines finish(const struct started *started)
{
	struct lines lines = {0};
	int status = 0;

	while (waitpid(started->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		errno = 0;
		fprintf(stderr, "differential: a run ended with status %#x\n",
			(unsigned int)status);
	}
	lines.size = (size_t)lseek(started->log, 0, SEEK_END);
	lines.text = malloc(lines.size + 1);
	if (lines.text == NULL ||
		pread(started->log, lines.text, lines.size, 0) != (ssize_t)lines.size)
		die("the lines of a run");
	lines.text[lines.size] = '\0';
	close(started->log);
	return lines;
}

static struct runs_of run_both(struct task task)
{
	struct started bare, with;

	task.is_bare = true;
	bare = start(&task);
	task.is_bare = false;
	with = start(&task);
	return (struct runs_of){finish(&bare), finish(&with)};
}

struct runs_of run_many(uint64_t seed, enum mode mode, int first, int end)
{
	return run_both((struct task){.seed = seed, .mode = mode, .first = first, .end = end});
}

struct runs_of run_one(const struct plan *plan)
{
	return run_both((struct task){.plan = plan, .mode = plan->mode});
}

struct lines run_one_bare(const struct plan *plan)
{
	const struct task task = {.plan = plan, .mode = plan->mode, .is_bare = true};
	struct started started = start(&task);

	return finish(&started);
}

void runs_free(struct runs_of *runs)
{
	free(runs->bare.text);
	free(runs->with.text);
}

struct lines lines_of(const struct lines *all, int number)
{
	char head[32];
	char *begin, *end;

	snprintf(head, sizeof(head), "== %d\n", number);
	begin = strstr(all->text, head);
	if (begin == NULL)
		return (struct lines){0};
	end = strstr(begin + 3, "\n== ");
	return (struct lines){begin, end != NULL ? (size_t)(end + 1 - begin) : strlen(begin)};
}

bool lines_are_equal(const struct lines *a, const struct lines *b)
{
	/* A sequence that hangs in both is a fault of this test. */
	return a->size == b->size && a->size > 0 && memcmp(a->text, b->text, a->size) == 0 &&
	       memmem(a->text, a->size, "\nhangs in step", 14) == NULL;
}

/* ---- The player ------------------------------------------------------------------------------ */

static void play_one(void)
{
	printf("== %d\n", shared->plan.number);
	play();
}

/* differential --play one|many bare|with SEED MODE FIRST END */
void run_player(int argc, char **argv)
{
	uint64_t seed;
	enum mode mode;

	if (argc != 8)
		die("--play is for differential itself");
	shared = map_shared(SHARED_FD);
	shared->is_reference = strcmp(argv[3], "bare") == 0;
	seed = strtoull(argv[4], NULL, 10);
	mode = (enum mode)atoi(argv[5]);
	memory_init();
	if (strcmp(argv[2], "one") == 0) {
		play_one();
	} else {
		for (int i = atoi(argv[6]); i < atoi(argv[7]); i++) {
			bool keep[STEPS];

			if (plan_mode(i) != mode)
				continue;
			memset(keep, true, sizeof(keep));
			plan_make(seed, i, &shared->plan);
			plan_keep(&shared->plan, keep);
			play_one();
		}
	}
	fflush(stdout);
	_exit(0);
}

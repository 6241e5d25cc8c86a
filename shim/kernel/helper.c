/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/helper.h"

#include "kernel/addresses.h"
#include "kernel/programs.h"
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct addresses *addresses;

static void add(const struct kernel_prefix *prefix, bool may_be_source, void *data)
{
	(void)data;
	programs_add_address(prefix, may_be_source);
}

static void take_away(const struct kernel_prefix *prefix, void *data)
{
	(void)data;
	programs_remove_address(prefix);
}

/* Where the addresses cannot be read, none is named until they can. */
static bool follow_addresses(struct error_line *error)
{
	const int result = addresses_refresh(addresses);

	programs_trust_addresses(result == 0);
	return result == 0 ||
	       say_into(error, "cannot read the host's addresses: %s", strerror(-result));
}

static bool open_addresses(struct error_line *error)
{
	static const struct addresses_receiver receiver = {add, take_away, NULL};

	addresses = addresses_open(&receiver);
	if (addresses == NULL)
		return say_into(error, "cannot follow the host's addresses: %s", strerror(errno));
	return follow_addresses(error);
}

/* Watches for the group's end: its directory, and the file that says whether a process is in it,
 * which the root group has not. */
static bool watch_group(struct helper *helper, struct error_line *error)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/cgroup.events", helper->group.path);
	helper->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (helper->events < 0 ||
		inotify_add_watch(helper->events, helper->group.path, IN_DELETE_SELF) < 0 ||
		(inotify_add_watch(helper->events, path, IN_MODIFY) < 0 && errno != ENOENT))
		return say_into(
			error, "cannot watch '%s': %s", helper->group.path, strerror(errno));
	return true;
}

/* From here on a signal waits until helper_run, which cleans up. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool load(const struct settings *settings, struct error_line *error)
{
	struct error_line no_listeners;

	if (!programs_load(settings, &no_listeners, error))
		return false;
	if (no_listeners.text[0] == '\0')
		return true;
	/* auto by default is a wish; by a setting, an order. */
	if (!settings->v6only.is_default || !settings_want_replies(settings))
		return say_into(error, "%s", no_listeners.text);
	say_warning("%s", no_listeners.text);
	return true;
}

bool helper_try(const struct settings *settings, struct error_line *error)
{
	struct cgroup of_init;

	return cgroup_find_process(1, &of_init, error) && load(settings, error);
}

bool helper_start(struct helper *helper, const struct settings *settings, struct error_line *error)
{
	int directory = open(helper->group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_attached;

	helper->signals = open_signals();
	if (directory < 0)
		return say_into(error, "'%s': %s", helper->group.path, strerror(errno));
	is_attached = load(settings, error) && open_addresses(error) &&
		      watch_group(helper, error) && programs_attach(directory, error);
	close(directory);
	return is_attached;
}

/* An address that the host has lost must be out of the map before the next reply, however busy the
 * processors are. Without the right to it, that may take longer. */
static void take_precedence(void)
{
	const struct sched_param lowest = {.sched_priority = 1};

	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest);
}

static void drop_events(int fd)
{
	char buffer[4096];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
}

/* Another group may have the path by now: systemd makes one anew when it restarts a service. */
static bool group_is_over(const struct helper *helper)
{
	struct stat file;

	drop_events(helper->events);
	if (stat(helper->group.path, &file) != 0 || file.st_ino != helper->group.id)
		return true;
	return helper->is_own && !cgroup_is_populated(&helper->group);
}

/* When the addresses are read again. */
struct refreshes {
	bool is_due, is_failing;
	int64_t not_before_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reading takes a tenth of one processor's time at most, however often the addresses change. */
static void refresh(struct refreshes *refreshes)
{
	const int64_t begin_ms = now_ms();
	const bool has_failed = refreshes->is_failing;
	struct error_line error;

	if (begin_ms < refreshes->not_before_ms)
		return;
	refreshes->is_failing = refreshes->is_due = !follow_addresses(&error);
	refreshes->not_before_ms = now_ms() + 9 * (now_ms() - begin_ms);
	if (refreshes->is_failing && !has_failed)
		log_line(LOG_LEVEL_WARN, "%s; until that succeeds, no reply gets a source",
			error.text);
}

static int wait_ms(const struct refreshes *refreshes)
{
	enum { LONGEST_MS = 1000 * PROGRAMS_TRUST_INTERVAL_S };
	const int64_t left_ms = refreshes->not_before_ms - now_ms();

	if (!refreshes->is_due || left_ms > LONGEST_MS)
		return LONGEST_MS;
	return left_ms > 0 ? (int)left_ms : 0;
}

void helper_run(struct helper *helper)
{
	struct pollfd ready[] = {
		{helper->signals, POLLIN, 0},
		{addresses_fd(addresses), POLLIN, 0},
		{helper->events, POLLIN, 0},
	};
	struct refreshes refreshes = {.is_due = false};

	take_precedence();
	while (!(ready[0].revents & POLLIN) && !group_is_over(helper)) {
		poll(ready, sizeof(ready) / sizeof(ready[0]), wait_ms(&refreshes));
		refreshes.is_due |= addresses_have_changed(addresses);
		if (refreshes.is_due)
			refresh(&refreshes);
		else
			programs_trust_addresses(true);
	}
	if (helper->is_own)
		cgroup_remove(&helper->group);
}

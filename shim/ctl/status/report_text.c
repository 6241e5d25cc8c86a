/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status as text, for people. */
#include "ctl/print.h"
#include "ctl/status/report.h"
#include "ctl/tool.h"
#include "ctl/units/helper_unit.h"
#include "ctl/units/unit_name.h"
#include "settings/settings.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Prints a number with commas between its thousands. */
static void print_number(uint64_t number)
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			putchar(',');
		putchar(digits[i]);
	}
}

static void print_count(const char *before, uint64_t number)
{
	fputs(before, stdout);
	print_number(number);
}

/* The three that decide most come first, and are always shown. */
static const char *const main_settings[] = {"v6only", "reply", "log"};
enum { MAIN_SETTINGS = sizeof(main_settings) / sizeof(main_settings[0]) };

static bool is_main(const char *name)
{
	for (int i = 0; i < MAIN_SETTINGS; i++)
		if (strcmp(name, main_settings[i]) == 0)
			return true;
	return false;
}

static bool is_default(const char *name, const char *value)
{
	const char *variable;

	for (unsigned int i = 0; (variable = settings_name(i)) != NULL; i++)
		if (strlen(variable) > strlen("BINDRIGHT_") &&
			strcasecmp(variable + strlen("BINDRIGHT_"), name) == 0)
			return settings_default(i) != NULL &&
			       strcmp(settings_default(i), value) == 0;
	return false;
}

/* Prints the setting that is wanted; without one, what is set otherwise than by default. */
static void print_setting(const char *name, const char *value, void *data)
{
	const char *wanted = data;

	if (wanted != NULL ? strcmp(name, wanted) != 0 : is_main(name) || is_default(name, value))
		return;
	putchar(' ');
	print_printable(name);
	putchar('=');
	print_printable(value);
}

static void print_kernel_settings(const struct attached *attached)
{
	for (int i = 0; i < MAIN_SETTINGS; i++)
		report_each_kernel_setting(attached, print_setting, (void *)main_settings[i]);
	report_each_kernel_setting(attached, print_setting, NULL);
}

static void print_settings(const struct instance *instance)
{
	for (int i = 0; i < MAIN_SETTINGS; i++)
		report_each_setting(instance, print_setting, (void *)main_settings[i]);
	report_each_setting(instance, print_setting, NULL);
}

static void print_head(const struct group *group)
{
	const struct instance *first = group->instances[0];

	if (*first->unit != '\0') {
		print_printable(first->unit);
		fputs("  ", stdout);
	}
	print_printable(first->name);
	if (group->count > 1)
		print_count(" and ", group->count - 1);
	fputs(group->count > 1 ? " more  bindright" : "  bindright", stdout);
	if (first->has_status) {
		putchar(' ');
		print_printable(first->status.version);
		putchar(' ');
		print_settings(first);
	}
	putchar('\n');
}

/* Prints what stands between this process and a cure. */
static void print_state(const struct instance *instance)
{
	if (!instance->has_status)
		puts("    this version of the library does not show its status");
	else if (instance->status.state == STATUS_OFF)
		puts("    off in this program, by BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP");
	else if (instance->status.state == STATUS_OTHER_LIBC)
		puts("    does nothing: the program has another C library than the library");
	if (instance->file == FILE_REPLACED && *instance->unit != '\0') {
		fputs("    its file was replaced since: systemctl restart ", stdout);
		print_printable(instance->unit);
		putchar('\n');
	} else if (instance->file == FILE_REPLACED) {
		puts("    its file was replaced since: restart it to take the new one");
	} else if (instance->file == FILE_REMOVED)
		puts("    its file was removed since: the next start will be without it");
}

static void print_counts(const struct group *group)
{
	const struct totals *totals = &group->totals;
	const uint32_t *events = totals->events;

	print_count("    listeners ", (uint64_t)events[STATUS_V6ONLY_SET] +
					      events[STATUS_V6ONLY_CLEARED] +
					      events[STATUS_V6ONLY_LEFT]);
	print_count(" (set ", events[STATUS_V6ONLY_SET]);
	print_count(", cleared ", events[STATUS_V6ONLY_CLEARED]);
	print_count(", left ", events[STATUS_V6ONLY_LEFT]);
	print_count(")  watched ", events[STATUS_WATCHED]);
	print_count("  learnt ", totals->learnt);
	print_count("  answered ", groups_answered(totals));
	print_count(", ", totals->sent[CHOICE_NONE]);
	print_count(" unknown\n    peers ", group->peers.peers);
	print_count(" of ", group->peers.capacity);
	print_count(" (evicted ", totals->evicted);
	print_count(")  refused sources ", totals->refused);
	print_count("  warnings ", events[STATUS_WARNINGS]);
	putchar('\n');
}

static void print_address(const struct in6_addr *address)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(address))
		inet_ntop(AF_INET, &address->s6_addr[12], text, sizeof(text));
	else
		inet_ntop(AF_INET6, address, text, sizeof(text));
	fputs(text, stdout);
}

static void print_addresses(const struct peers_count *peers)
{
	enum { SHOWN_MAX = 8 };

	for (size_t i = 0; i < peers->address_count && i < SHOWN_MAX; i++) {
		fputs(i > 0 ? ", " : "    asked at ", stdout);
		print_address(&peers->addresses[i].address);
		print_count(": ", peers->addresses[i].peers);
		if (i == 0)
			fputs(peers->addresses[i].peers == 1 ? " peer" : " peers", stdout);
	}
	if (peers->address_count > SHOWN_MAX)
		print_count(", and at ", peers->address_count - SHOWN_MAX);
	if (peers->address_count > SHOWN_MAX)
		fputs(" more", stdout);
	if (peers->address_count > 0)
		putchar('\n');
}

static void print_group(const struct group *group)
{
	const struct instance *first = group->instances[0];

	print_head(group);
	print_state(first);
	if (!first->has_status || first->status.state != STATUS_ACTS)
		return;
	print_counts(group);
	print_addresses(&group->peers);
}

static void print_kernel_counts(const struct attached *attached)
{
	const __u64 *of = attached->counts.of;

	if (!attached->has_counts) {
		puts(geteuid() == 0 ? "    not seen: its counts"
				    : "    not seen without root: its counts");
		return;
	}
	print_count("    shared listeners ", of[KERNEL_SHARED]);
	print_count("  learnt ", of[KERNEL_LEARNT]);
	print_count("  answered ", of[KERNEL_NAMED]);
	print_count(" (followed ", of[KERNEL_FOLLOWED]);
	print_count(")  pinned ", of[KERNEL_PINNED]);
	print_count("  not ours ", of[KERNEL_NOT_OURS]);
	putchar('\n');
}

/* A unit's own group has the unit's name. */
static void print_attachment(const struct attachment *attachment)
{
	const char *slash = strrchr(attachment->control_group, '/');
	const bool is_of_unit = slash != NULL && strcmp(slash + 1, attachment->unit) == 0;

	print_printable(is_of_unit ? attachment->unit : attachment->control_group);
	printf("  bindrightctl[%d]  in the kernel ", (int)attachment->attached->pid);
	print_kernel_settings(attachment->attached);
	putchar('\n');
	if (attachment->attached->is_stopped)
		puts("    this process is stopped: no reply gets a source until it goes on");
	print_kernel_counts(attachment->attached);
}

static void print_not_attached(const struct enabled *enabled)
{
	char helper[UNIT_NAME];
	struct error_line ignored;

	print_printable(enabled->unit);
	fputs("  enabled, not attached", stdout);
	if (helper_unit_name(enabled->unit, helper, &ignored)) {
		fputs(": systemctl start ", stdout);
		print_printable(helper);
	}
	putchar('\n');
}

static void print_not_in(const struct enabled *enabled)
{
	char *command = unit_name_restart(enabled->unit);

	print_printable(enabled->unit);
	fputs("  enabled, not in ", stdout);
	print_printable(enabled->without);
	fputs(": ", stdout);
	print_printable(command);
	putchar('\n');
	free(command);
}

static void print_enabled(const struct enabled *enabled)
{
	if (enabled->is_by_kernel && enabled->is_attached)
		return;
	if (*enabled->without == '\0') {
		print_printable(enabled->unit);
		puts("  enabled, not running");
	} else if (enabled->is_by_kernel && report_lacks_library(enabled)) {
		print_not_attached(enabled);
	} else if (report_lacks_library(enabled)) {
		print_not_in(enabled);
	} else if (!enabled->has_library && !enabled->is_attached) {
		print_printable(enabled->unit);
		puts("  enabled, not seen");
	}
}

void report_text(const struct report *report)
{
	for (size_t i = 0; i < report->groups->count; i++)
		print_group(&report->groups->list[i]);
	for (size_t i = 0; i < report->attachment_count; i++)
		print_attachment(&report->attachments[i]);
	for (size_t i = 0; i < report->enabled->count; i++)
		print_enabled(&report->enabled->list[i]);
	for (size_t i = 0; i < report->without_count; i++) {
		print_printable(report->without[i].name);
		puts(": runs without the library");
	}
	if (report->unseen > 0) {
		print_count(
			geteuid() == 0 ? "not seen: " : "not seen without root: ", report->unseen);
		puts(report->unseen == 1 ? " process" : " processes");
	}
}

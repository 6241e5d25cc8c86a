/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status for Prometheus. */
#include "ctl/status/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Label values are UTF-8; what other processes wrote may not be. */
static void print_value(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' || (unsigned char)*text > '~' ? '?' : *text);
	}
}

/* A unit keeps its series when it starts again: its process's ID is no label. */
static void print_labels(const struct group *group)
{
	const struct instance *first = group->instances[0];
	char name[PROCESS_NAME];

	fputs("{unit=\"", stdout);
	print_value(first->unit);
	fputs("\",process=\"", stdout);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(first->name, "["), first->name);
	print_value(name);
	putchar('"');
	if (*first->unit == '\0')
		printf(",pid=\"%d\"", (int)first->pid);
}

static void print_sample(const char *metric, const struct group *group, const char *label,
	const char *label_value, uint64_t value)
{
	fputs(metric, stdout);
	print_labels(group);
	if (label != NULL)
		printf(",%s=\"%s\"", label, label_value);
	printf("} %" PRIu64 "\n", value);
}

static void print_help(const char *metric, const char *type, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", metric, help, metric, type);
}

static uint64_t get_learnt(const struct group *group)
{
	return group->totals.learnt;
}

static uint64_t get_peers(const struct group *group)
{
	return group->peers.peers;
}

static uint64_t get_capacity(const struct group *group)
{
	return group->peers.capacity;
}

static uint64_t get_evicted(const struct group *group)
{
	return group->totals.evicted;
}

static uint64_t get_refused(const struct group *group)
{
	return group->totals.refused;
}

static uint64_t get_watched(const struct group *group)
{
	return group->totals.events[STATUS_WATCHED];
}

static uint64_t get_warnings(const struct group *group)
{
	return group->totals.events[STATUS_WARNINGS];
}

static uint64_t get_processes(const struct group *group)
{
	return group->count;
}

static const struct metric {
	const char *name, *type, *help;
	uint64_t (*get)(const struct group *group);
} metrics[] = {
	{"bindright_processes", "gauge", "Processes that have the library loaded.", get_processes},
	{"bindright_watched_sockets_total", "counter",
		"Sockets whose request destinations are learnt.", get_watched},
	{"bindright_learnt_datagrams_total", "counter",
		"Datagrams whose request destination was remembered.", get_learnt},
	{"bindright_peers", "gauge", "Peers in the table that have not expired.", get_peers},
	{"bindright_peers_max", "gauge", "Peers that the table can hold.", get_capacity},
	{"bindright_evicted_peers_total", "counter",
		"Peers replaced by others before they expired.", get_evicted},
	{"bindright_refused_sources_total", "counter", "Sources that the kernel refused.",
		get_refused},
	{"bindright_warnings_total", "counter", "Warnings and errors logged.", get_warnings},
};

static void print_metric(const struct metric *metric, const struct groups *groups)
{
	print_help(metric->name, metric->type, metric->help);
	for (size_t i = 0; i < groups->count; i++)
		print_sample(
			metric->name, &groups->list[i], NULL, NULL, metric->get(&groups->list[i]));
}

static void print_sent(const struct groups *groups)
{
	static const char name[] = "bindright_sent_datagrams_total";
	static const char *const by[] = {[CHOICE_NONE] = "unknown",
		[CHOICE_LAST] = "last",
		[CHOICE_TABLE] = "table",
		[CHOICE_ELSEWHERE] = "elsewhere"};

	print_help(name, "counter", "Datagrams sent, by how their source was known.");
	for (size_t i = 0; i < groups->count; i++)
		for (int choice = 0; choice < CHOICES; choice++)
			print_sample(name, &groups->list[i], "source", by[choice],
				groups->list[i].totals.sent[choice]);
}

static void print_listeners(const struct groups *groups)
{
	static const char name[] = "bindright_listeners_total";

	print_help(name, "counter", "IPv6 listeners, by what was done to IPV6_V6ONLY.");
	for (size_t i = 0; i < groups->count; i++) {
		const struct group *group = &groups->list[i];
		const uint32_t *events = group->totals.events;

		print_sample(name, group, "v6only", "set", events[STATUS_V6ONLY_SET]);
		print_sample(name, group, "v6only", "cleared", events[STATUS_V6ONLY_CLEARED]);
		print_sample(name, group, "v6only", "left", events[STATUS_V6ONLY_LEFT]);
	}
}

static void print_setting_label(const char *name, const char *value, void *data)
{
	(void)data;
	putchar(',');
	print_value(name);
	fputs("=\"", stdout);
	print_value(value);
	putchar('"');
}

static bool is_label(const char *name)
{
	return *name != '\0' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* A name that the process made up could end the label. */
static void print_label(const char *name, const char *value, void *data)
{
	if (is_label(name))
		print_setting_label(name, value, data);
}

static void print_info(const struct groups *groups)
{
	print_help("bindright_info", "gauge", "Version, state and settings in effect.");
	for (size_t i = 0; i < groups->count; i++) {
		const struct instance *first = groups->list[i].instances[0];

		fputs("bindright_info", stdout);
		print_labels(&groups->list[i]);
		print_setting_label("version", first->status.version, NULL);
		print_setting_label("state", report_state(first), NULL);
		print_setting_label("file", report_file(first), NULL);
		report_each_setting(first, print_label, NULL);
		puts("} 1");
	}
}

static const struct kernel_metric {
	const char *name, *help;
	enum kernel_count count;
} kernel_metrics[] = {
	{"bindright_kernel_learnt_destinations_total",
		"Requests whose destination was new, or had changed.", KERNEL_LEARNT},
	{"bindright_kernel_answered_datagrams_total", "Datagrams that were given their source.",
		KERNEL_NAMED},
	{"bindright_kernel_followed_datagrams_total",
		"Of these, from another socket than the one that was asked.", KERNEL_FOLLOWED},
	{"bindright_kernel_not_ours_datagrams_total",
		"Datagrams whose source the host does not have any more.", KERNEL_NOT_OURS},
	{"bindright_kernel_pinned_sockets_total",
		"Sockets that connected from the request destination.", KERNEL_PINNED},
	{"bindright_kernel_shared_listeners_total", "Listeners that may share their port.",
		KERNEL_SHARED},
};

static void print_attachment_labels(const struct attachment *attachment)
{
	fputs("{unit=\"", stdout);
	print_value(attachment->unit);
	fputs("\",control_group=\"", stdout);
	print_value(attachment->control_group);
	putchar('"');
}

static void print_kernel_info(const struct report *report)
{
	static const char name[] = "bindright_kernel_info";

	print_help(name, "gauge", "Settings of the kernel back end, where it is attached.");
	for (size_t i = 0; i < report->attachment_count; i++) {
		fputs(name, stdout);
		print_attachment_labels(&report->attachments[i]);
		report_each_kernel_setting(
			report->attachments[i].attached, print_setting_label, NULL);
		puts("} 1");
	}
}

static void print_kernel_metric(const struct kernel_metric *metric, const struct report *report)
{
	print_help(metric->name, "counter", metric->help);
	for (size_t i = 0; i < report->attachment_count; i++) {
		const struct attached *attached = report->attachments[i].attached;

		if (!attached->has_counts)
			continue;
		fputs(metric->name, stdout);
		print_attachment_labels(&report->attachments[i]);
		printf("} %" PRIu64 "\n", (uint64_t)attached->counts.of[metric->count]);
	}
}

static void print_enabled(const struct enabled_list *enabled)
{
	static const char name[] = "bindright_enabled_without_library";

	print_help(
		name, "gauge", "Whether an enabled unit runs without library and kernel back end.");
	for (size_t i = 0; i < enabled->count; i++) {
		printf("%s{unit=\"", name);
		print_value(enabled->list[i].unit);
		printf("\"} %d\n", report_lacks_library(&enabled->list[i]));
	}
}

void report_prometheus(const struct report *report)
{
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		print_metric(&metrics[i], report->groups);
	print_sent(report->groups);
	print_listeners(report->groups);
	print_info(report->groups);
	print_kernel_info(report);
	for (size_t i = 0; i < sizeof(kernel_metrics) / sizeof(kernel_metrics[0]); i++)
		print_kernel_metric(&kernel_metrics[i], report);
	print_enabled(report->enabled);
	print_help("bindright_unseen_processes", "gauge", "Processes that may not be read.");
	printf("bindright_unseen_processes %zu\n", report->unseen);
}

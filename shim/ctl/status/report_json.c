/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status as JSON. */
#include "ctl/document.h"
#include "ctl/status/report.h"

#include <arpa/inet.h>

static void add_setting(const char *name, const char *value, void *data)
{
	doc_set_text(data, name, value);
}

static struct doc *make_process(const struct instance *instance)
{
	struct doc *process = doc_object(), *settings = doc_object();

	doc_set_number(process, "pid", (uint64_t)instance->pid);
	doc_set_text(process, "name", instance->name);
	doc_set_text(process, "bindright", instance->has_status ? instance->status.version : "");
	doc_set_text(process, "state", report_state(instance));
	doc_set_text(process, "file", report_file(instance));
	report_each_setting(instance, add_setting, settings);
	doc_set(process, "settings", settings);
	return process;
}

static struct doc *make_addresses(const struct peers_count *peers)
{
	struct doc *addresses = doc_object();
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < peers->address_count; i++) {
		const struct in6_addr *address = &peers->addresses[i].address;

		if (IN6_IS_ADDR_V4MAPPED(address))
			inet_ntop(AF_INET, &address->s6_addr[12], text, sizeof(text));
		else
			inet_ntop(AF_INET6, address, text, sizeof(text));
		doc_set_number(addresses, text, peers->addresses[i].peers);
	}
	return addresses;
}

static struct doc *make_listeners(const uint32_t *events)
{
	struct doc *listeners = doc_object();

	doc_set_number(listeners, "set", events[STATUS_V6ONLY_SET]);
	doc_set_number(listeners, "cleared", events[STATUS_V6ONLY_CLEARED]);
	doc_set_number(listeners, "left", events[STATUS_V6ONLY_LEFT]);
	return listeners;
}

static struct doc *make_group(const struct group *group)
{
	const struct totals *totals = &group->totals;
	struct doc *object = doc_object(), *processes = doc_array();

	doc_set_text(object, "unit", group->instances[0]->unit);
	for (size_t i = 0; i < group->count; i++)
		doc_append(processes, make_process(group->instances[i]));
	doc_set(object, "processes", processes);
	doc_set(object, "listeners", make_listeners(totals->events));
	doc_set_number(object, "watched", totals->events[STATUS_WATCHED]);
	doc_set_number(object, "learnt", totals->learnt);
	doc_set_number(object, "answered", groups_answered(totals));
	doc_set_number(object, "unknown", totals->sent[CHOICE_NONE]);
	doc_set_number(object, "peers", group->peers.peers);
	doc_set_number(object, "capacity", group->peers.capacity);
	doc_set_number(object, "evicted", totals->evicted);
	doc_set_number(object, "refused_sources", totals->refused);
	doc_set_number(object, "warnings", totals->events[STATUS_WARNINGS]);
	doc_set(object, "asked_at", make_addresses(&group->peers));
	return object;
}

static struct doc *make_counts(const struct kernel_counts *counts)
{
	struct doc *object = doc_object();

	doc_set_number(object, "learnt", counts->of[KERNEL_LEARNT]);
	doc_set_number(object, "answered", counts->of[KERNEL_NAMED]);
	doc_set_number(object, "followed", counts->of[KERNEL_FOLLOWED]);
	doc_set_number(object, "not_ours", counts->of[KERNEL_NOT_OURS]);
	doc_set_number(object, "pinned", counts->of[KERNEL_PINNED]);
	doc_set_number(object, "shared", counts->of[KERNEL_SHARED]);
	return object;
}

static struct doc *make_attachment(const struct attachment *attachment)
{
	const struct attached *attached = attachment->attached;
	struct doc *object = doc_object(), *settings = doc_object();

	doc_set_text(object, "unit", attachment->unit);
	doc_set_text(object, "control_group", attachment->control_group);
	doc_set_number(object, "pid", (uint64_t)attached->pid);
	doc_set_number(object, "netns", attached->netns);
	doc_set_bool(object, "stopped", attached->is_stopped);
	report_each_kernel_setting(attached, add_setting, settings);
	doc_set(object, "settings", settings);
	if (attached->has_counts)
		doc_set(object, "counts", make_counts(&attached->counts));
	return object;
}

static struct doc *make_enabled(const struct enabled *enabled)
{
	struct doc *object = doc_object();

	doc_set_text(object, "unit", enabled->unit);
	doc_set_bool(object, "running", *enabled->without != '\0');
	if (!enabled->is_unseen)
		doc_set_bool(object, "has_library", enabled->has_library);
	doc_set_bool(object, "is_attached", enabled->is_attached);
	return object;
}

void report_json(const struct report *report)
{
	struct doc *whole = doc_object(), *services = doc_array(), *enabled = doc_array(),
		   *without = doc_array(), *attached = doc_array();

	doc_set_number(whole, "version", 1);
	for (size_t i = 0; i < report->groups->count; i++)
		doc_append(services, make_group(&report->groups->list[i]));
	doc_set(whole, "services", services);
	for (size_t i = 0; i < report->attachment_count; i++)
		doc_append(attached, make_attachment(&report->attachments[i]));
	doc_set(whole, "attached", attached);
	for (size_t i = 0; i < report->enabled->count; i++)
		doc_append(enabled, make_enabled(&report->enabled->list[i]));
	doc_set(whole, "enabled", enabled);
	for (size_t i = 0; i < report->without_count; i++)
		doc_append_text(without, report->without[i].name);
	doc_set(whole, "without", without);
	doc_set_number(whole, "not_seen", report->unseen);
	doc_print(whole);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the report as JSON, by the names of the table's columns. */
#include "ctl/audit/audit.h"
#include "ctl/audit/verdict.h"
#include "ctl/audit/wire.h"
#include "ctl/document.h"

#include <stdio.h>
#include <string.h>

static void set_address(struct doc *object, const char *key, const struct address *addr)
{
	char text[ENDPOINT_TEXT];

	doc_set_text(object, key, address_format(addr, text));
}

static struct doc *make_by(const struct row *row)
{
	struct doc *by = doc_object();
	char text[ROW_BY];

	if (row->pid == 0) {
		doc_set_text(by, "name", rows_format_by(row, text));
		return by;
	}
	snprintf(text, sizeof(text), "%s", row->name);
	*strrchr(text, '[') = '\0';
	doc_set_text(by, "name", text);
	doc_set_number(by, "pid", (uint64_t)row->pid);
	doc_set_number(by, "more", row->more);
	if (row->unit[0] != '\0')
		doc_set_text(by, "unit", row->unit);
	return by;
}

static struct doc *make_replies(const struct row *row)
{
	const struct reply_verdict *verdict = &row->found->verdict;
	struct doc *replies = doc_object();
	char text[VERDICT_TEXT], remark[ROW_REMARK];

	doc_set_text(replies, "verdict", verdict_keyword(verdict));
	doc_set_text(replies, "text", verdict_format(verdict, text));
	if (verdict->replies == REPLIES_CURED)
		doc_set_text(replies, "cured_by", "library");
	if (verdict->replies == REPLIES_CURED_IN_KERNEL)
		doc_set_text(replies, "cured_by", "kernel");
	if (verdict->replies != REPLIES_WRONG)
		return replies;
	set_address(replies, "asked_at", &verdict->asked_at);
	set_address(replies, "answers_from", &verdict->answers_from);
	doc_set_number(replies, "wrong", verdict->wrong);
	doc_set_number(replies, "addresses", verdict->addresses);
	if (rows_obstacle(row) != NULL)
		doc_set_text(replies, "no_preload", rows_obstacle(row));
	if (rows_format_remark(row, remark) != NULL)
		doc_set_text(replies, "remark", remark);
	return replies;
}

static struct doc *make_row(const struct row *row)
{
	struct doc *object = doc_object();
	char text[ROW_TAKES];

	doc_set_text(object, "proto", diag_protocol_name(row->found->protocol));
	doc_set_number(object, "port", row->found->port);
	doc_set_text(object, "takes", rows_format_takes(row, text));
	doc_set_number(object, "sockets", row->sockets);
	doc_set(object, "by", make_by(row));
	doc_set(object, "replies", make_replies(row));
	doc_set_number(object, "netns", row->found->netns->id);
	doc_set_bool(object, "own_netns", row->found->netns->is_own);
	return object;
}

static void add_cure(const char *command, size_t count, void *data)
{
	struct doc *cure = doc_object();

	doc_set_text(cure, "command", command);
	doc_set_number(cure, "count", count);
	doc_append(data, cure);
}

static struct doc *make_pair(const struct wire_pair *pair)
{
	struct doc *object = doc_object();

	doc_set_text(object, "proto", "udp");
	doc_set_number(object, "port", pair->port);
	set_address(object, "asked_at", &pair->asked_at);
	set_address(object, "answered_from", &pair->answered_from);
	doc_set_number(object, "count", pair->count);
	return object;
}

static struct doc *make_wire(const struct report *report)
{
	struct doc *array = doc_array();

	for (size_t i = 0; i < report->netns->count; i++)
		for (size_t j = 0; j < report->wire[i].pair_count; j++) {
			struct doc *pair = make_pair(&report->wire[i].pairs[j]);

			doc_set_number(pair, "netns", report->netns->items[i].id);
			doc_append(array, pair);
		}
	return array;
}

static void set_explanations(struct doc *whole, const struct report *report)
{
	struct doc *array = doc_array();
	char text[EXPLANATION];
	size_t count;

	for (size_t i = 0; i < report->rows.count; i += count) {
		count = rows_of_port(&report->rows, i);
		explain(&report->rows.items[i], count, text);
		doc_append_text(array, text);
	}
	doc_set(whole, "explained", array);
}

void print_json(const struct report *report)
{
	struct doc *whole = doc_object(), *sockets = doc_array(), *cures = doc_array();
	char unseen[UNSEEN_TEXT];

	doc_set_number(whole, "version", 1);
	for (size_t i = 0; i < report->rows.count; i++)
		doc_append(sockets, make_row(&report->rows.items[i]));
	doc_set(whole, "sockets", sockets);
	report_cures(report, add_cure, cures);
	doc_set(whole, "to_cure", cures);
	if (report->question->port != 0)
		set_explanations(whole, report);
	doc_set_number(whole, "ephemeral_not_shown", report->ephemeral);
	if (report_unseen(report, unseen) != NULL)
		doc_set_text(whole, "not_seen", unseen);
	if (report->wire != NULL)
		doc_set(whole, "wire", make_wire(report));
	doc_print(whole);
}

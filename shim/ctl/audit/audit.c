/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of bindrightctl audit. */
#include "ctl/audit/audit.h"
#include "ctl/audit/capture.h"
#include "ctl/say.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"Usage: bindrightctl audit [OPTION]... [[PROTO/]PORT]\n"
	"\n"
	"List TCP listeners and UDP sockets: which of IPv4 and IPv6 each takes, whose it is, and\n"
	"whether its replies leave from the address that was asked. With PORT, explain that port.\n"
	"PROTO is one of " DIAG_PROTOCOLS ".\n"
	"\n"
	"      --pid PID        list the sockets of this process alone\n"
	"  -a, --all            list UDP sockets on ephemeral ports, too\n"
	"      --watch SECONDS  listen on the wire, and count at which address each UDP port was\n"
	"                       asked and from which it answered; SIGINT ends that early\n"
	"      --no-peek        do not look at the options of other processes' sockets\n"
	"      --json           print JSON\n"
	"  -q, --quiet          print nothing: the exit status tells\n"
	"  -h, --help           print this help\n"
	"\n"
	"Exit status: 0 nothing is wrong; 1 replies from wrong addresses; 2 trouble.\n";

enum { OPTION_PID = TOOL_FIRST_OWN, OPTION_WATCH, OPTION_NO_PEEK };

enum { WATCH_MAX_S = 86400, PID_MAX = 1 << 22 };

/* Ends the process unless text is a number from 1 to max. */
static int parse_number(const char *text, int max, const char *what)
{
	long number = strspn(text, "0123456789") == strlen(text) ? strtol(text, NULL, 10) : 0;

	if (number < 1 || number > max)
		say_and_fail("%s '%s' (allowed: 1 to %d)", what, text, max);
	return (int)number;
}

static void parse_port(const char *text, struct question *ret)
{
	const char *slash = strchr(text, '/');
	char name[16] = "";

	if (slash != NULL) {
		if (slash - text < (int)sizeof(name))
			memcpy(name, text, (size_t)(slash - text));
		ret->protocol = diag_protocol(name);
		if (ret->protocol < 0)
			say_and_fail(
				"unknown protocol in '%s' (allowed: " DIAG_PROTOCOLS ")", text);
		text = slash + 1;
	}
	ret->port = parse_number(text, UINT16_MAX, "port");
}

static void parse(int argc, char *argv[], struct question *ret, struct tool *tool)
{
	static const struct option options[] = {{"pid", required_argument, NULL, OPTION_PID},
		{"all", no_argument, NULL, 'a'}, {"watch", required_argument, NULL, OPTION_WATCH},
		{"no-peek", no_argument, NULL, OPTION_NO_PEEK}, TOOL_LONG_OPTIONS, {0}};
	int option;

	while ((option = tool_next(argc, argv, TOOL_SHORT_OPTIONS "a", options, help, tool)) !=
		-1) {
		if (option == OPTION_PID)
			ret->pid = parse_number(optarg, PID_MAX, "option '--pid':");
		else if (option == OPTION_WATCH)
			ret->watch_s =
				parse_number(optarg, WATCH_MAX_S, "option '--watch': seconds");
		else if (option == OPTION_NO_PEEK)
			ret->no_peek = true;
		else
			ret->with_ephemeral = true;
	}
	tool_check_arguments(argc, argv, 0, 1, "port");
	if (optind < argc)
		parse_port(argv[optind], ret);
}

static void check_process(const struct question *question)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", (int)question->pid);
	if (question->pid != 0 && access(path, F_OK) != 0)
		say_and_fail("option '--pid': there is no process %d", (int)question->pid);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)question->pid);
	if (question->pid != 0 && access(path, R_OK) != 0)
		say_and_fail(
			"option '--pid': no right to look into process %d", (int)question->pid);
}

static void check_found(const struct report *report)
{
	const struct question *question = report->question;
	const char *unseen = report->netns_unseen ? "; other network namespaces were not seen" : "";
	char of[32] = "";

	if (report->rows.count > 0 || question->port == 0)
		return;
	if (question->pid != 0)
		snprintf(of, sizeof(of), " of process %d", (int)question->pid);
	if (question->protocol != 0)
		say_and_fail("there is no socket%s on %s port %d%s", of,
			diag_protocol_name(question->protocol), question->port, unseen);
	say_and_fail("there is no socket%s on port %d%s", of, question->port, unseen);
}

int audit_main(int argc, char *argv[])
{
	struct question question = {0};
	struct report report;
	struct tool tool = {0};

	parse(argc, argv, &question, &tool);
	check_process(&question);
	survey(&question, &report);
	check_found(&report);
	if (question.watch_s > 0)
		capture_open(&report);
	if (!tool.is_json)
		print_table(&report);
	if (question.watch_s > 0) {
		fflush(stdout);
		capture_run(&report);
	}
	if (tool.is_json)
		print_json(&report);
	else
		print_wire(&report);
	return report_status(&report);
}

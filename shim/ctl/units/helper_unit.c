/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/helper_unit.h"

#include "ctl/units/drop_in.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/text.h"
#include "ctl/units/unit_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* systemd ends a start or a stop of the helper earlier. */
enum { START_LIMIT_S = 60 };

static const char starts[] = "\nExecStartPre=-+systemctl restart ";

bool helper_unit_name(const char *unit, char ret[UNIT_NAME], struct error_line *error)
{
	const char *dot = strrchr(unit, '.');
	const bool is_service = strcmp(dot, ".service") == 0;

	return snprintf(ret, UNIT_NAME, "bindright-%.*s.service",
		       (int)(is_service ? dot - unit : (long)strlen(unit)), unit) < UNIT_NAME ||
	       say_into(error, "'%s': the name is too long for another that begins with bindright-",
		       unit);
}

static void add_word(FILE *stream, const char *word)
{
	char *quoted = unit_word_quote(word);

	fprintf(stream, " %s", quoted);
	free(quoted);
}

/* Started before what others depend on, such as sysinit.target, it must not wait for that.
 * Isolating a target ends it by ending the other unit, or not at all. */
static const char head[] = "[Unit]\n"
			   "Description=The cure of %s by the kernel\n"
			   "Documentation=man:bindrightctl(8)\n"
			   "DefaultDependencies=no\n"
			   "Before=%s\n"
			   "IgnoreOnIsolate=yes\n"
			   "StartLimitIntervalSec=0\n"
			   "\n"
			   "# Started by %s before each start of it; ends with its control group.\n"
			   "[Service]\n"
			   "Type=forking\n"
			   "TimeoutSec=10\n"
			   "Restart=on-abnormal\n"
			   "RestartSec=1\n"
			   "ExecStart=:";

char *helper_unit_make(const char *unit, const char *program, const struct assignments *assignments)
{
	char *text = NULL, *quoted = unit_word_quote(program), *signed_text;
	size_t size = 0;
	FILE *stream = or_fail(open_memstream(&text, &size));

	fprintf(stream, head, unit, unit, unit);
	fprintf(stream, "%s attach --detach", quoted);
	add_word(stream, unit);
	for (size_t i = 0; i < assignments->count; i++) {
		char *word =
			text_format("%s=%s", assignments->list[i].name, assignments->list[i].value);

		add_word(stream, word);
		free(word);
	}
	putc('\n', stream);
	if (fclose(stream) != 0)
		or_fail(NULL);
	signed_text = drop_in_sign(unit, text);
	free(quoted);
	free(text);
	return signed_text;
}

char *helper_unit_make_drop_in(const char *unit, const char *helper)
{
	char *quoted = unit_word_quote(helper);
	char *text = text_format("[%s]%s%s\n",
		strcmp(unit_name_type(unit), "socket") == 0 ? "Socket" : "Service", starts, quoted);
	char *signed_text = drop_in_sign(unit, text);

	free(text);
	free(quoted);
	return signed_text;
}

bool helper_unit_is_in(const char *drop_in)
{
	return strstr(drop_in, starts) != NULL;
}

/* In what systemctl shows, a name with a backslash is quoted: what is before it has to do. */
bool helper_unit_is_read(const char *unit, const char *helper, struct error_line *error)
{
	struct texts properties = {0};
	char *command =
		text_format("argv[]=systemctl restart %.*s", (int)strcspn(helper, "\\"), helper);
	bool is_read = false;

	if (strchr(helper, '\\') != NULL)
		*strrchr(command, ' ') = '\0';
	if (!systemctl_show(unit, "ExecStartPre", &properties, error)) {
		free(command);
		return false;
	}
	for (size_t i = 0; i < properties.count; i++)
		is_read |= strstr(properties.list[i], command) != NULL;
	free(command);
	return is_read ||
	       say_into(error, "%s: systemd does not have ExecStartPre from the drop-in", unit);
}

bool helper_unit_start(const char *helper, bool is_changed, struct error_line *error)
{
	return systemctl_do(is_changed ? "restart" : "start", helper, START_LIMIT_S, error);
}

/* One that has failed would stay in systemd's list of these. */
bool helper_unit_end(const char *helper, bool *ret_was_running, struct error_line *error)
{
	struct texts properties = {0};
	const char *state;

	*ret_was_running = false;
	if (!systemctl_show(helper, "ActiveState", &properties, error))
		return false;
	state = systemctl_property(&properties, "ActiveState");
	if (strcmp(state, "failed") == 0)
		return systemctl_do("reset-failed", helper, START_LIMIT_S, error);
	*ret_was_running = *state != '\0' && strcmp(state, "inactive") != 0;
	return !*ret_was_running || systemctl_do("stop", helper, START_LIMIT_S, error);
}

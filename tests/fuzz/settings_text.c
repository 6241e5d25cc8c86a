/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings files, in which anything may stand. The input is the text. An error names the file and
 * a line that there is; what is taken is a name of this library's, and a value without control
 * characters.
 */
#include "ctl/settings_text.h"

#include "fuzz.h"

#include <string.h>

static const char *const seeds[] = {
	"BINDRIGHT=on\n# comment\n\n \tBINDRIGHT_V6ONLY=force,tcp/1521=off \n",
	"BINDRIGHT_LOG=info:/var/log/x\r\n",
	"BINDRIGHT_REPLY=off",
	"BINDRIGHTER=1\n",
	"BINDRIGHT_ONLY=a,b\nBINDRIGHT_ONLY=[c-d]?\nnothing\n",
	"BINDRIGHT_PEERS=65536\n=\n",
};

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	return (size_t)sprintf((char *)data, "%s", seeds[index]);
}

static void check_error(const struct error_line *error, const uint8_t *data, size_t size)
{
	unsigned int number = 0, lines = 1;

	FUZZ_CHECK(strnlen(error->text, sizeof(error->text)) < sizeof(error->text));
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	FUZZ_CHECK(sscanf(error->text, "file:%u: ", &number) == 1);
	FUZZ_CHECK(number >= 1 && number <= lines);
	for (const char *c = error->text; *c != '\0'; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

static void check_assignment(const struct assignment *assignment)
{
	FUZZ_CHECK(assignments_is_setting(assignment->name, strlen(assignment->name)));
	FUZZ_CHECK(strncmp(assignment->where, "file:", 5) == 0);
	for (const char *c = assignment->value; *c != '\0'; c++)
		FUZZ_CHECK((unsigned char)*c >= ' ' && *c != '\177');
}

static void ignore(const struct assignment *bad, const char *text)
{
	FUZZ_CHECK(bad != NULL && *text != '\0');
}

/* The tools keep them until they end; the values of a name that comes twice are lost here, too. */
static void free_assignments(struct assignments *assignments)
{
	for (size_t i = 0; i < assignments->count; i++) {
		free((char *)(uintptr_t)assignments->list[i].where);
		free((char *)(uintptr_t)assignments->list[i].name);
		free((char *)(uintptr_t)assignments->list[i].value);
	}
	free(assignments->list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	struct assignments assignments = {0};
	static struct settings settings;
	struct error_line error;

	FUZZ_CHECK(text != NULL);
	memcpy(text, data, size);
	if (!settings_text_parse(text, size, "file", &assignments, &error))
		check_error(&error, data, size);
	for (size_t i = 0; i < assignments.count; i++)
		check_assignment(&assignments.list[i]);
	FUZZ_CHECK(assignments_judge(&assignments, &settings, ignore) <= assignments.count);
	free_assignments(&assignments);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd's unit files, as the tools read them. The input is the text, any bytes but NUL. Reading
 * ends, and words that are quoted come back as they were.
 */
#include "ctl/units/unit_text.h"
#include "ctl/units/unit_name.h"

#include "fuzz.h"

#include <string.h>

static const char *const seeds[] = {
	"[Unit]\nDescription=x\n[Service]\nExecStart=/usr/sbin/nsd -d \"a b\" 'c'\n",
	"[Service]\nEnvironment=\"LD_PRELOAD=/usr/lib/x.so\" B=c\\x41\\101\\s\n# c\n;d\n",
	"[Service]\r\nA=b\\\n# comment\n  c\\\\\\\n\nB=%n %p [%i] %% %t %E\n",
	"[no end\nA==\n=x\nEnvironmentFile=-/etc/default/a@%i\n",
	"A=\"\\\"\" '\\'' \\q \"\n",
	"U=\303\274 \342\202\254 \360\237\230\200 \355\240\200\n",
};

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	return (size_t)sprintf((char *)data, "%s", seeds[index]);
}

/* What systemd makes of the quoted word is the word. */
static void check_quoting(const char *word)
{
	char *quoted = unit_word_quote(word), got[FUZZ_INPUT_MAX + 1], *expanded;
	const char *at = quoted;

	if (unit_word_is_accepted(word)) {
		FUZZ_CHECK(unit_word_next(&at, got, sizeof(got)));
		expanded = unit_name_expand(got, "a@b.service");
		FUZZ_CHECK(strcmp(expanded, word) == 0);
		free(expanded);
		FUZZ_CHECK(!unit_word_next(&at, got, sizeof(got)) && at != NULL);
	}
	free(quoted);
}

static void check_words(const char *value)
{
	char word[FUZZ_INPUT_MAX + 1], *expanded = unit_name_expand(value, "a@b.service");
	const char *at = value, *end = value + strlen(value), *before = at;

	while (unit_word_next(&at, word, sizeof(word))) {
		FUZZ_CHECK(at > before && at <= end);
		FUZZ_CHECK(strlen(word) <= (size_t)(at - before));
		check_quoting(word);
		before = at;
	}
	for (at = value; at != NULL && unit_word_next(&at, word, 8);)
		FUZZ_CHECK(strlen(word) < 8);
	free(expanded);
}

static void check_names(const char *text)
{
	char name[UNIT_NAME], template[UNIT_NAME];
	struct error_line error = {""};

	if (!unit_name_complete(text, name, &error)) {
		FUZZ_CHECK(*error.text != '\0');
		return;
	}
	FUZZ_CHECK(strlen(name) < sizeof(name) && *unit_name_type(name) != '\0');
	if (unit_name_template(name, template))
		FUZZ_CHECK(unit_name_is_template(template));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct unit_text at = {.next = text};
	unsigned int before = 0;

	FUZZ_CHECK(text != NULL);
	if (size > FUZZ_INPUT_MAX || memchr(data, '\0', size) != NULL) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	while (unit_text_next(&at)) {
		FUZZ_CHECK(at.line > before && at.line <= at.next_line);
		FUZZ_CHECK(strlen(at.section) < sizeof(at.section));
		before = at.line;
		check_words(at.value);
	}
	check_names(text);
	free(text);
	return 0;
}

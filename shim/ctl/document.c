/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/document.h"

#include "ctl/say.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A struct doc is a json_t: no other file needs to know. */
static json_t *json_of(struct doc *doc)
{
	return (json_t *)doc;
}

static struct doc *or_fail(json_t *value)
{
	if (value == NULL)
		say_and_fail("out of memory");
	return (struct doc *)value;
}

static void check(int result)
{
	if (result != 0)
		say_and_fail("out of memory");
}

bool doc_is_available(void)
{
	return true;
}

struct doc *doc_object(void)
{
	return or_fail(json_object());
}

struct doc *doc_array(void)
{
	return or_fail(json_array());
}

/* jansson takes UTF-8 alone, but names of files and processes may be of any bytes. */
static struct doc *make_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value != NULL)
		return (struct doc *)value;
	copy = strdup(text);
	if (copy == NULL)
		say_and_fail("out of memory");
	for (char *at = copy; *at != '\0'; at++)
		if ((unsigned char)*at > '\177')
			*at = '?';
	value = json_string(copy);
	free(copy);
	return or_fail(value);
}

void doc_set(struct doc *object, const char *key, struct doc *value)
{
	check(json_object_set_new(json_of(object), key, json_of(value)));
}

void doc_set_text(struct doc *object, const char *key, const char *text)
{
	doc_set(object, key, make_text(text));
}

void doc_set_number(struct doc *object, const char *key, uint64_t number)
{
	doc_set(object, key, or_fail(json_integer((json_int_t)number)));
}

void doc_set_bool(struct doc *object, const char *key, bool value)
{
	doc_set(object, key, or_fail(json_boolean(value)));
}

void doc_append(struct doc *array, struct doc *value)
{
	check(json_array_append_new(json_of(array), json_of(value)));
}

void doc_append_text(struct doc *array, const char *text)
{
	doc_append(array, make_text(text));
}

/* A failure to write is noticed at the end (tool_end). */
void doc_print(struct doc *whole)
{
	json_dumpf(json_of(whole), stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json_of(whole));
}

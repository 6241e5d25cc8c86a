/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of document.c where configure did not find jansson: tool_next refuses --json, so nothing
 * is asked of the documents that are made. */
#include "ctl/document.h"

#include <stddef.h>

bool doc_is_available(void)
{
	return false;
}

struct doc *doc_object(void)
{
	return NULL;
}

struct doc *doc_array(void)
{
	return NULL;
}

void doc_set(struct doc *object, const char *key, struct doc *value)
{
	(void)object, (void)key, (void)value;
}

void doc_set_text(struct doc *object, const char *key, const char *text)
{
	(void)object, (void)key, (void)text;
}

void doc_set_number(struct doc *object, const char *key, uint64_t number)
{
	(void)object, (void)key, (void)number;
}

void doc_set_bool(struct doc *object, const char *key, bool value)
{
	(void)object, (void)key, (void)value;
}

void doc_append(struct doc *array, struct doc *value)
{
	(void)array, (void)value;
}

void doc_append_text(struct doc *array, const char *text)
{
	(void)array, (void)text;
}

void doc_print(struct doc *whole)
{
	(void)whole;
}

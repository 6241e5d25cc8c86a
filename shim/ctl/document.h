/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Builds the JSON document of --json. document.c does it by jansson; where configure did not find
 * that, document_without.c stands in its place, and makes nothing. Out of memory ends the process.
 */
#ifndef CTL_DOCUMENT_H
#define CTL_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

/* An object, an array or a text. */
struct doc;

/* Returns whether this program was built with jansson. */
bool doc_is_available(void);

struct doc *doc_object(void);
struct doc *doc_array(void);

/* Each adds a member to an object. doc_set takes value over, as doc_append does. A text that is not
 * UTF-8 has '?' for each byte that is not ASCII. */
void doc_set(struct doc *object, const char *key, struct doc *value);
void doc_set_text(struct doc *object, const char *key, const char *text);
void doc_set_number(struct doc *object, const char *key, uint64_t number);
void doc_set_bool(struct doc *object, const char *key, bool value);
/* Each adds an element to an array. */
void doc_append(struct doc *array, struct doc *value);
void doc_append_text(struct doc *array, const char *text);

/* Writes the document to standard output, indented, with members in the order in which they were
 * added, and frees it. */
void doc_print(struct doc *whole);

#endif

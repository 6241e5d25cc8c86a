/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The format of systemd's unit files, as systemd.syntax(7) describes it: lines, words and quoting.
 * Pure functions on texts; no input crashes them.
 */
#ifndef CTL_UNITS_UNIT_TEXT_H
#define CTL_UNITS_UNIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A place in a unit file's text, and the assignment last found. Initialize with {.next = text}. */
struct unit_text {
	const char *next;
	unsigned int next_line; /* lines before next */
	char section[64];	/* "" before the first, and where a name is longer */
	char *key;
	char *value;	   /* lines that a backslash continues are one, with a blank between */
	unsigned int line; /* its first line, from 1 */
};

/* Finds the next KEY=VALUE. Returns false at the end of the text. The key and the value are valid
 * until the next call; call until it returns false, or free both. */
bool unit_text_next(struct unit_text *at);

/*
 * Copies the next word of *at to ret, without its quotes and escapes, and moves *at behind it.
 * Returns false at the end, and with *at NULL where systemd would refuse the text: a quote without
 * an end, an unknown escape, or here a word of size bytes or more.
 */
bool unit_word_next(const char **at, char *ret, size_t size);

/* Returns a new text that is read as the word again, by unit_word_next and then the replacement of
 * specifiers. Quotes only where that is necessary. */
char *unit_word_quote(const char *word);

/* Returns whether systemd accepts the text in a variable's value: UTF-8, and no control characters
 * but tab and newline. */
bool unit_word_is_accepted(const char *text);

#endif

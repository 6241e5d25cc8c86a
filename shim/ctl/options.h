/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wrapper's command line. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

/* NULL where an option was not given: an empty value is a value, for the parser to judge. */
struct options {
	const char *service; /* -s */
	const char *file;    /* -c */
	const char *v6only;
	const char *reply;
	const char *log;
	char **command; /* and its arguments; the last is NULL */
};

/*
 * Reads argv, which begins with the first option and ends with NULL. Options end at the first
 * argument that is none, or behind "--"; one that is given twice counts as given last. Ends the
 * process after --help, --version, and a line about what is no option.
 */
void options_parse(char *argv[], const char *service_dir, struct options *ret);

#endif

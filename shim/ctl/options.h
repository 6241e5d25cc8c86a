/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wrapper's command line. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stdbool.h>

/* A member is NULL if the option was not given. An empty value is a value; the settings parser
 * decides whether it is valid. */
struct options {
	const char *service; /* -s */
	const char *file;    /* -c */
	const char *v6only;
	const char *reply;
	const char *log;
	bool is_kernel; /* --kernel */
	bool is_print;	/* --print */
	bool is_quiet;	/* -q */
	char **command; /* the command and its arguments, ended by NULL */
};

/*
 * Parses argv, which begins with the first option and ends with NULL. Options end at the first
 * argument that is not one, or after "--"; of an option given twice the last counts. *ret points
 * into argv. Ends the process after --help and --version, and with a message on an invalid option
 * or if an option that prints must not (print_begin).
 */
void options_parse(char *argv[], const char *service_dir, struct options *ret);

#endif

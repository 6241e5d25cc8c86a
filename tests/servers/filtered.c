/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a command under a seccomp filter (filter.h), as service managers and containers do: the
 * command cannot read a filter that was installed before exec.
 *
 *	filtered [FILTER OPTIONS] COMMAND ARGUMENT...
 */
#include "common.h"
#include "filter.h"

#include <errno.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "+" FILTER_LETTERS)) != -1) {
		errno = 0;
		if (!filter_letter(letter))
			die("want [FILTER OPTIONS] COMMAND ARGUMENT...");
	}
	if (optind == argc)
		die("want a command");
	filter_install();
	execv(argv[optind], argv + optind);
	die("%s", argv[optind]);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindright-settings: says whether settings are such as the library takes, by the library's own
 * parser. The wrapper asks it before it starts anything.
 *
 *     bindright-settings WHERE NAME VALUE [WHERE NAME VALUE]...
 *
 * One line on standard error for each setting that is not, with WHERE in front. Exit status 0 if
 * all are good, 1 if one is not, 2 if it was called wrongly.
 */
#include "core/settings.h"

#include <stdio.h>

int main(int argc, char *argv[])
{
	struct settings settings;
	struct settings_error error;
	int status = 0;

	if (argc < 4 || (argc - 1) % 3 != 0) {
		fprintf(stderr,
			"usage: bindright-settings WHERE NAME VALUE [WHERE NAME VALUE]...\n");
		return 2;
	}
	settings_init(&settings);
	for (int i = 1; i < argc; i += 3) {
		if (settings_set(&settings, argv[i + 1], argv[i + 2], &error))
			continue;
		fprintf(stderr, "bindright: %s: %s\n", argv[i], error.text);
		status = 1;
	}
	return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings on a subcommand's command line: BINDRIGHT_NAME=value. */
#ifndef CTL_SETTING_ARGUMENTS_H
#define CTL_SETTING_ARGUMENTS_H

#include "ctl/assignments.h"
#include "settings/settings.h"

/* Takes all arguments up to NULL into *ret, and sets *ret_settings to what they mean. Ends the
 * process after a message for each that is none, or is invalid. */
void setting_arguments_take(
	char *const arguments[], struct assignments *ret, struct settings *ret_settings);

#endif

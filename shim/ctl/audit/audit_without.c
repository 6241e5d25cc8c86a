/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands for audit where configure did not find libmnl. */
#include "ctl/say.h"
#include "ctl/tool.h"

int audit_main(int argc, char *argv[])
{
	(void)argc;
	(void)argv;
	say_and_fail("audit: this program was built without libmnl");
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands for the kernel back end where configure did not find what it takes. */
#include "ctl/say.h"
#include "ctl/tool.h"
#include "kernel/attached.h"

int attach_main(int argc, char *argv[])
{
	(void)argc;
	(void)argv;
	say_and_fail("this program was built without the kernel back end (--with-kernel)");
}

int detach_main(int argc, char *argv[])
{
	return attach_main(argc, argv);
}

void attached_each(void (*each)(const struct attached *attached, void *data), void *data)
{
	(void)each;
	(void)data;
}

bool attached_find(uint64_t cgroup, struct attached *ret)
{
	(void)cgroup;
	(void)ret;
	return false;
}

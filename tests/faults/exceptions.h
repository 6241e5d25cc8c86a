/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a program with the library may see another result than bare, and why that cannot be helped.
 */
#ifndef TESTS_FAULTS_EXCEPTIONS_H
#define TESTS_FAULTS_EXCEPTIONS_H

#include "calls.h"

struct exception {
	const char *call;
	const char *line; /* a part of it */
	const char *reason;
	bool is_once; /* also if the call fails only once */
	bool is_told; /* the program is told, so what it does afterwards is not compared */
};

/* The exception by which this line may differ when these calls fail, or NULL. */
const struct exception *exception_find(const struct made *made, enum mode mode, const char *line);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surroundings in which a program may find itself. Each prepares the process, before exec. */
#ifndef TESTS_FAULTS_SURROUNDINGS_H
#define TESTS_FAULTS_SURROUNDINGS_H

/* Dies if there is no such name. */
void (*surroundings_find(const char *name))(void);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What marks a definition that the host program sees. exports.map lists the same names again. */
#ifndef CALLS_EXPORT_H
#define CALLS_EXPORT_H

#define EXPORT __attribute__((visibility("default")))

#endif

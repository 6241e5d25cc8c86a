# SPDX-License-Identifier: LGPL-2.1-or-later
include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/servers/local.mk
include tests/live/local.mk
include tests/daemons/local.mk

EXTRA_DIST += tests/run-bats

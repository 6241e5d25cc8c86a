# SPDX-License-Identifier: LGPL-2.1-or-later
# cmocka tests of the rooms core and sys: no preload, no network.
unit_tests =
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

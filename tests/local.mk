# SPDX-License-Identifier: LGPL-2.1-or-later
include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/analysis/local.mk
include tests/servers/local.mk
include tests/differential/local.mk
include tests/live/local.mk
include tests/daemons/local.mk
include tests/systems/local.mk
include tests/transparency/local.mk
include tests/bench/local.mk
include tests/faults/local.mk
include tests/machines/local.mk
include tests/mutation/local.mk

EXTRA_DIST += tests/README.md tests/coverage tests/run-bats tests/run-unit

# Some tests alone, and no more built than they need. A test may be named with its directory or
# without, a live one with .bats or without.
.PHONY: check-unit check-live coverage clean-coverage
all_live_tests = $(LIVE_TESTS) $(wrapper_tests)
is_chosen = $(if $(filter command,$(origin TESTS)),$(TESTS))
chosen_unit_tests = $(if $(is_chosen),$(patsubst %,tests/unit/%,$(notdir $(TESTS))),$(unit_tests))
chosen_live_tests = $(if $(is_chosen),$(patsubst %,tests/live/%.bats,$(basename $(notdir $(TESTS)))),$(all_live_tests))
live_programs = $(filter-out $(unit_tests) $(fuzz_tests),$(check_PROGRAMS))
# refuse_unknown(CHOSEN, ALL)
refuse_unknown = $(if $(filter-out $(2),$(1)),echo '$@: there is no test $(filter-out $(2),$(1))' >&2; exit 1,:)
# run_tests(TESTS, VARIABLES)
run_tests = $(MAKE) $(AM_MAKEFLAGS) check-TESTS check_PROGRAMS= check_LTLIBRARIES= check_DATA= TESTS='$(1)' $(2)

## check-unit [TESTS=...] [RUNS=PERCENT]: the unit tests alone, at a tenth of check's random runs
check-unit:
	@$(call refuse_unknown,$(chosen_unit_tests),$(unit_tests))
if !HAVE_CMOCKA
	@echo '$@: cmocka is missing (Debian: libcmocka-dev); configure again with it' >&2; exit 1
endif
	@$(MAKE) $(AM_MAKEFLAGS) $(chosen_unit_tests)
	+@$(call run_tests,$(chosen_unit_tests),RUNS='$(or $(RUNS),10)')
## check-live [TESTS=...]: the live tests alone
check-live:
	@$(call refuse_unknown,$(chosen_live_tests),$(all_live_tests))
	@$(MAKE) $(AM_MAKEFLAGS) all $(live_programs) $(check_LTLIBRARIES) $(check_DATA)
	+@$(call run_tests,$(chosen_live_tests))
coverage_tests = $(unit_tests) $(fuzz_tests) $(all_live_tests) tests/faults/faults.bats
chosen_tests = $(if $(is_chosen),$(filter $(chosen_unit_tests) $(chosen_live_tests) $(patsubst %,tests/fuzz/%,$(notdir $(TESTS))) $(TESTS:faults=tests/faults/faults.bats),$(coverage_tests)),$(coverage_tests))
## coverage [TESTS=...]: which lines and branches of shim/ the tests of unit/, fuzz/, live/ and faults/ reach
coverage:
	@$(if $(chosen_tests),$(SHELL) $(srcdir)/tests/coverage '$(abs_top_builddir)' '$(MAKE)' $(chosen_tests),echo '$@: there is no test $(TESTS)' >&2; exit 1)
clean-coverage:
	rm -rf coverage coverage.log coverage.missed

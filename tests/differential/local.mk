# SPDX-License-Identifier: LGPL-2.1-or-later
# Random sequences of calls, bare and with the library. differential.c says how.
check_PROGRAMS += tests/differential/differential
TESTS += tests/differential/differential

tests_differential_differential_SOURCES = \
	tests/differential/allowed.c \
	tests/differential/allowed.h \
	tests/differential/differential.c \
	tests/differential/differential.h \
	tests/differential/generate.c \
	tests/differential/generate.h \
	tests/differential/generate_arguments.c \
	tests/differential/generate_scenes.c \
	tests/differential/generate_steps.c \
	tests/differential/names.c \
	tests/differential/options.c \
	tests/differential/plan.c \
	tests/differential/play.c \
	tests/differential/program.c \
	tests/differential/random.h \
	tests/differential/ready.c \
	tests/differential/reproduce.h \
	tests/differential/run.c \
	tests/differential/run.h \
	tests/differential/shrink.c \
	tests/differential/shrink.h \
	tests/differential/space.c \
	tests/differential/space.h \
	tests/differential/step.c \
	tests/differential/text.c \
	tests/differential/transfer.c \
	tests/servers/common.c \
	tests/servers/common.h \
	tests/servers/option.c \
	tests/servers/same_results.h \
	tests/servers/same_results_say.c \
	tests/runs.h
# As same_results: lengths beyond a buffer's are among what it hands to calls.
tests_differential_differential_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/servers -U_FORTIFY_SOURCE
tests_differential_differential_CFLAGS = $(AM_CFLAGS) -pthread
CLEANFILES += tests/differential/[0-9]*.c

## check-differential [DIFFERENTIAL_SEED=N] [DIFFERENTIAL_COUNT=N]: random sequences of calls alone
.PHONY: check-differential
check-differential:
	@$(MAKE) $(AM_MAKEFLAGS) all tests/differential/differential
	+@$(call run_tests,tests/differential/differential)

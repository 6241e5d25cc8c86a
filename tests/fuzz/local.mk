# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzzers. make check builds each with a main of its own and runs some changed seeds, a few seconds.
# make fuzzers builds them with clang's libFuzzer; tests/README.md says how to run those.
fuzz_tests = \
	tests/fuzz/control \
	tests/fuzz/filters \
	tests/fuzz/settings
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)

fuzz_common = tests/fuzz/fuzz.h tests/fuzz/replay.c tests/runs.h
tests_fuzz_control_SOURCES = tests/fuzz/control.c tests/fuzz/model.c tests/fuzz/model.h $(fuzz_common)
tests_fuzz_control_LDADD = shim/libinternal.la -lpthread
tests_fuzz_filters_SOURCES = tests/fuzz/filters.c $(fuzz_common)
tests_fuzz_filters_LDADD = shim/libinternal.la -lpthread
tests_fuzz_settings_SOURCES = tests/fuzz/settings.c $(fuzz_common)
tests_fuzz_settings_LDADD = shim/libinternal.la

FUZZ_CC = clang
FUZZ_FLAGS = -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
fuzz_compile = $(FUZZ_CC) $(FUZZ_FLAGS) $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) -o $@
fuzz_internal = $(addprefix $(srcdir)/,$(filter %.c,$(internal_sources)))

## fuzzers: the fuzzers with libFuzzer, which needs clang
.PHONY: fuzzers
fuzzers: tests/fuzz/control_libfuzzer tests/fuzz/filters_libfuzzer tests/fuzz/settings_libfuzzer
tests/fuzz/control_libfuzzer: $(tests_fuzz_control_SOURCES) $(internal_sources)
	$(AM_V_GEN)$(fuzz_compile) $(srcdir)/tests/fuzz/control.c $(srcdir)/tests/fuzz/model.c $(fuzz_internal)
tests/fuzz/filters_libfuzzer: $(tests_fuzz_filters_SOURCES) $(internal_sources)
	$(AM_V_GEN)$(fuzz_compile) $(srcdir)/tests/fuzz/filters.c $(fuzz_internal)
tests/fuzz/settings_libfuzzer: $(tests_fuzz_settings_SOURCES) $(internal_sources)
	$(AM_V_GEN)$(fuzz_compile) $(srcdir)/tests/fuzz/settings.c $(fuzz_internal)
CLEANFILES += tests/fuzz/control_libfuzzer tests/fuzz/filters_libfuzzer tests/fuzz/settings_libfuzzer tests/fuzz/*.crash

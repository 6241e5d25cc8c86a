# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzzers. make check builds each with a main of its own and runs some changed seeds, a few seconds.
# make fuzz has clang's libFuzzer look for inputs, by what they reach; tests/README.md has more.
fuzz_tests = \
	tests/fuzz/control \
	tests/fuzz/elf \
	tests/fuzz/filters \
	tests/fuzz/peers \
	tests/fuzz/process \
	tests/fuzz/settings \
	tests/fuzz/settings_text \
	tests/fuzz/unit_text
# What reads netlink and packets.
if HAVE_LIBMNL
fuzz_tests += tests/fuzz/netlink tests/fuzz/wire
endif
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)
EXTRA_DIST += tests/fuzz/run

fuzz_common = tests/fuzz/fuzz.h tests/fuzz/replay.c tests/runs.h
fuzz_internal = shim/libinternal.la -lpthread
fuzz_ctl = shim/libctl.la $(fuzz_internal)
tests_fuzz_control_SOURCES = tests/fuzz/control.c tests/fuzz/model.c tests/fuzz/model.h $(fuzz_common)
tests_fuzz_control_LDADD = $(fuzz_internal)
tests_fuzz_elf_SOURCES = tests/fuzz/elf.c $(fuzz_common)
tests_fuzz_elf_LDADD = $(fuzz_ctl)
tests_fuzz_filters_SOURCES = tests/fuzz/filters.c $(fuzz_common)
tests_fuzz_filters_LDADD = $(fuzz_internal)
tests_fuzz_netlink_SOURCES = tests/fuzz/netlink.c $(fuzz_common) \
	shim/ctl/audit/diag.c shim/ctl/audit/routes.c shim/ctl/netlink.c shim/kernel/address_messages.c
tests_fuzz_netlink_LDADD = $(fuzz_ctl) $(LIBMNL_LIBS)
tests_fuzz_peers_SOURCES = tests/fuzz/peers.c $(fuzz_common)
tests_fuzz_peers_LDADD = $(fuzz_internal)
tests_fuzz_process_SOURCES = tests/fuzz/process.c $(fuzz_common)
tests_fuzz_process_LDADD = $(fuzz_ctl)
tests_fuzz_settings_SOURCES = tests/fuzz/settings.c $(fuzz_common)
tests_fuzz_settings_LDADD = $(fuzz_internal)
tests_fuzz_settings_text_SOURCES = tests/fuzz/settings_text.c $(fuzz_common)
tests_fuzz_settings_text_LDADD = $(fuzz_ctl)
tests_fuzz_unit_text_SOURCES = tests/fuzz/unit_text.c $(fuzz_common) \
	shim/ctl/units/text.c shim/ctl/units/unit_name.c shim/ctl/units/unit_text.c
tests_fuzz_unit_text_CPPFLAGS = $(ctl_CPPFLAGS)
tests_fuzz_unit_text_LDADD = $(fuzz_ctl)
tests_fuzz_wire_SOURCES = tests/fuzz/wire.c $(fuzz_common) shim/ctl/audit/wire.c
tests_fuzz_wire_LDADD = $(fuzz_internal)

# The same with libFuzzer: what they link is compiled once for all of them.
FUZZ_CC = clang
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
fuzz_compile = $(FUZZ_CC) $(FUZZ_FLAGS) $(DEFS) $(ctl_CPPFLAGS) $(CPPFLAGS)
fuzzed_objects = $(patsubst %.c,tests/fuzz/fuzzed/%.o,$(filter %.c,$(internal_sources) $(ctl_sources)))
$(fuzzed_objects): tests/fuzz/fuzzed/%.o: %.c $(filter %.h,$(internal_sources) $(ctl_sources))
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(fuzz_compile) -fsanitize=fuzzer-no-link -c -o $@ $<
fuzzers = $(fuzz_tests:%=%_libfuzzer)
fuzzer_sources = $(addprefix $(srcdir)/,$(filter-out %/replay.c,$(filter %.c,$($(subst /,_,$*)_SOURCES))))
$(fuzzers): %_libfuzzer: $(fuzzed_objects) %.c
	$(AM_V_CCLD)$(fuzz_compile) -fsanitize=fuzzer -o $@ $(fuzzer_sources) $(fuzzed_objects) $(LIBMNL_LIBS)

.PHONY: fuzzers fuzz clean-fuzz
## fuzzers: the fuzzers with libFuzzer, which needs clang
fuzzers: $(fuzzers)
chosen_fuzzers = $(if $(FUZZERS),$(patsubst %,tests/fuzz/%,$(notdir $(FUZZERS))),$(fuzz_tests))
FUZZ_SECONDS = 60
## fuzz [FUZZERS=...] [FUZZ_SECONDS=60]: the fuzzers, or those named, each with libFuzzer for so long
fuzz:
	@$(call refuse_unknown,$(chosen_fuzzers),$(fuzz_tests))
	@$(MAKE) $(AM_MAKEFLAGS) $(chosen_fuzzers) $(chosen_fuzzers:%=%_libfuzzer)
	@for fuzzer in $(chosen_fuzzers); do \
		$(SHELL) $(srcdir)/tests/fuzz/run $$fuzzer '$(FUZZ_SECONDS)' || exit 1; \
	done
clean-fuzz:
	rm -rf tests/fuzz/fuzzed tests/fuzz/found
CLEANFILES += tests/fuzz/*_libfuzzer tests/fuzz/*.crash

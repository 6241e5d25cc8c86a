# SPDX-License-Identifier: LGPL-2.1-or-later
# Analysers, each by itself; scripts/test --analysis runs them all, and the sanitizers and fuzzers. A
# finding that is none is silenced beside the code, with its reason, by the analyser's own comment.
EXTRA_DIST += tests/analysis/analyzer tests/analysis/cppcheck.cfg tests/analysis/valgrind.bats \
	tests/analysis/valgrind.supp
.PHONY: check-analyzer check-cppcheck check-man check-warnings clean-analysis

# each_source(SOURCES, COMMAND): the command with each of them, as many at a time as there are processors.
each_source = cd $(srcdir) && printf '%s\n' $(1) | xargs -P "$$(nproc)" -n 1 sh -c '$(subst ','\'',$(2)) "$$1"' sh
analysed_flags = $(DEFS) -Ishim $(checked_CPPFLAGS) $(CPPFLAGS)
# Without the check for leaks: the tools keep most texts until they end (ctl/list.h). AddressSanitizer's and
# clang-tidy's know the difference.
ANALYZER = gcc
## check-analyzer [ANALYZER=gcc]: what gcc -fanalyzer says of shim/
check-analyzer: $(kernel_built)
	$(call each_source,$(shim_sources),$(SHELL) tests/analysis/analyzer $(ANALYZER) $(analysed_flags) -O0 -fanalyzer -Wno-analyzer-malloc-leak -S -o /dev/null)
## check-cppcheck: what cppcheck says of shim/
check-cppcheck: $(kernel_built)
	cd $(srcdir) && cppcheck -q -j "$$(nproc)" --error-exitcode=1 --std=c11 --enable=warning,performance \
		--inline-suppr --library=posix --library=tests/analysis/cppcheck.cfg --suppress=invalidFunctionArg:shim/kernel/skel_internal.h --template=gcc \
		-D_GNU_SOURCE -D__linux__ $(analysed_flags) $(shim_sources)
## check-man: what mandoc says of the man pages
check-man:
	cd $(srcdir) && mandoc -Tlint -W warning $(dist_man_MANS)
# Compiled, because some warnings come of optimization; to nowhere.
COMPILER = $(CC)
warned_sources = $(shim_sources) $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/tests/unit/*.c $(srcdir)/tests/fuzz/*.c))
## check-warnings [COMPILER=...]: what this compiler warns of in shim/, the unit tests and the fuzzers
check-warnings: $(kernel_built)
	$(call each_source,$(warned_sources),$(COMPILER) $(analysed_flags) $(WARNING_CFLAGS) -O2 -Werror -c -o /dev/null)
clean-analysis:
	rm -rf analysis

# SPDX-License-Identifier: LGPL-2.1-or-later
# Other people's test suites, run by scripts/test --transparency and not by make check.
EXTRA_DIST += \
	tests/transparency/TABLE.md \
	tests/transparency/commands \
	tests/transparency/compare.awk \
	tests/transparency/enter \
	tests/transparency/exceptions \
	tests/transparency/inside \
	tests/transparency/run \
	tests/transparency/suites/.shellcheckrc \
	tests/transparency/suites/apr \
	tests/transparency/suites/commands \
	tests/transparency/suites/cpython \
	tests/transparency/suites/libevent \
	tests/transparency/suites/libuv \
	tests/transparency/suites/perl \
	tests/transparency/suites/ruby \
	tests/transparency/suites/tcl \
	tests/transparency/table-head.md

.PHONY: check-transparency
## check-transparency [SUITES='libuv ...']: other projects' test suites, bare and with the library
check-transparency:
	@cd $(srcdir) && $(SHELL) scripts/test --transparency $(SUITES)

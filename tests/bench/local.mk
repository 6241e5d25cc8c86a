# SPDX-License-Identifier: LGPL-2.1-or-later
# What bindright costs. make check builds it, so that it stays whole, and does not run it: no figure is
# right or wrong.
check_PROGRAMS += tests/bench/bench tests/bench/serve
bench_common = tests/bench/bench.h $(servers_common)
tests_bench_bench_SOURCES = \
	tests/bench/bench.c \
	tests/bench/calls.c \
	tests/bench/client.c \
	tests/bench/daemon.c \
	tests/bench/groups.c \
	tests/bench/namespace.c \
	tests/bench/rounds.c \
	tests/bench/server.c \
	tests/bench/table_daemons.c \
	tests/bench/table_kernel.c \
	tests/bench/table_picture.c \
	tests/bench/table_styles.c \
	tests/bench/table_udp.c \
	tests/bench/ways.c \
	$(bench_common)
tests_bench_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_bench_serve_SOURCES = tests/bench/serve.c $(bench_common)
tests_bench_serve_LDADD = -lpthread
tests_bench_serve_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests

.PHONY: bench
## bench [BENCH=quick] [PEER=LIBRARY]: a table of what a reply costs, by the library, by the kernel and by hand
bench: all tests/bench/bench tests/bench/serve
	@abs_top_builddir='$(abs_top_builddir)' PEER='$(PEER)' tests/bench/bench

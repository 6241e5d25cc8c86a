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

EXTRA_DIST += tests/bench/cost.svg tests/bench/picture.gp
CLEANFILES += tests/bench/picture-data

.PHONY: bench bench-picture
bench_programs = all tests/bench/bench tests/bench/serve
bench_run = abs_top_builddir='$(abs_top_builddir)' PEER='$(PEER)' TABLES='$(TABLES)'
## bench [BENCH=quick] [PEER=LIBRARY] [TABLES='udp calls daemons kernel']: what a reply costs, by the library, by the kernel, by hand and by DNAT
bench: $(bench_programs)
	@$(bench_run) tests/bench/bench
## bench-picture: the same against peers, sockets and addresses, drawn by gnuplot into tests/bench/cost.svg
bench-picture: $(bench_programs)
	@if ! command -v gnuplot >/dev/null; then \
		echo '$@: skipped, gnuplot is missing (Debian: gnuplot-nox)'; \
	else \
		$(bench_run) BENCH=picture tests/bench/bench >tests/bench/picture-data && \
		gnuplot -e "data='tests/bench/picture-data'" '$(srcdir)/tests/bench/picture.gp' >tests/bench/picture-svg && \
		mv tests/bench/picture-svg '$(srcdir)/tests/bench/cost.svg' && echo '$(srcdir)/tests/bench/cost.svg'; \
	fi

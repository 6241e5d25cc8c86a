# SPDX-License-Identifier: LGPL-2.1-or-later
# The small servers and their client. They are built by a plain make, because the demo runs them.
servers_common = tests/servers/common.c tests/servers/common.h tests/servers/option.c

noinst_PROGRAMS += \
	tests/servers/as_inetd \
	tests/servers/ask \
	tests/servers/ask_on \
	tests/servers/ask_segments \
	tests/servers/echo_batch \
	tests/servers/echo_connect \
	tests/servers/echo_control \
	tests/servers/echo_deepbind \
	tests/servers/echo_errors \
	tests/servers/echo_filtered \
	tests/servers/echo_flow \
	tests/servers/echo_forked \
	tests/servers/echo_fortify \
	tests/servers/echo_fresh \
	tests/servers/echo_given \
	tests/servers/echo_itself \
	tests/servers/echo_killed \
	tests/servers/echo_late \
	tests/servers/echo_pktinfo \
	tests/servers/echo_ports \
	tests/servers/echo_recvfrom \
	tests/servers/echo_recvmmsg \
	tests/servers/echo_recvmsg \
	tests/servers/echo_scribbled \
	tests/servers/echo_segments \
	tests/servers/echo_shared \
	tests/servers/echo_source \
	tests/servers/echo_syscall \
	tests/servers/echo_threads \
	tests/servers/echo_wait \
	tests/servers/echo_workers \
	tests/servers/filtered \
	tests/servers/flood \
	tests/servers/hear \
	tests/servers/hold_hook \
	tests/servers/inherit \
	tests/servers/listen_race \
	tests/servers/listen_table \
	tests/servers/like_go \
	tests/servers/listeners \
	tests/servers/locked \
	tests/servers/puppet \
	tests/servers/same_results \
	tests/servers/steps \
	tests/servers/whose \
	tests/servers/with_stderr \
	tests/servers/without_ipv6

tests_servers_as_inetd_SOURCES = tests/servers/as_inetd.c $(servers_common)
tests_servers_ask_SOURCES = \
	tests/servers/ask.c \
	tests/servers/ask.h \
	tests/servers/ask_client.c \
	tests/servers/ask_verdict.c \
	$(servers_common)
tests_servers_ask_on_SOURCES = tests/servers/ask_on.c $(servers_common)
tests_servers_ask_segments_SOURCES = tests/servers/ask_segments.c $(servers_common)
tests_servers_echo_batch_SOURCES = tests/servers/echo_batch.c $(servers_common)
tests_servers_echo_batch_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_echo_connect_SOURCES = tests/servers/echo_connect.c $(servers_common)
tests_servers_echo_control_SOURCES = tests/servers/echo_control.c $(servers_common)
tests_servers_whose_SOURCES = tests/servers/whose.c $(servers_common)
tests_servers_whose_LDADD = -ldl
tests_servers_echo_deepbind_SOURCES = tests/servers/echo_deepbind.c
tests_servers_echo_deepbind_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--enable-new-dtags -Wl,-rpath,'$$ORIGIN/.libs'
tests_servers_echo_deepbind_LDADD = -ldl
tests_servers_echo_errors_SOURCES = tests/servers/echo_errors.c $(servers_common)
tests_servers_echo_filtered_SOURCES = \
	tests/servers/echo_filtered.c tests/servers/filter.c tests/servers/filter.h $(servers_common)
tests_servers_echo_filtered_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_echo_flow_SOURCES = tests/servers/echo_flow.c $(servers_common)
tests_servers_echo_forked_SOURCES = tests/servers/echo_forked.c $(servers_common)
tests_servers_echo_fresh_SOURCES = tests/servers/echo_fresh.c $(servers_common)
tests_servers_echo_given_SOURCES = \
	tests/servers/echo_given.c tests/servers/given.c tests/servers/given.h $(servers_common)
tests_servers_echo_itself_SOURCES = tests/servers/echo_itself.c tests/servers/steps.h $(servers_common)
tests_servers_steps_SOURCES = tests/servers/steps.c tests/servers/steps.h $(servers_common)
tests_servers_echo_killed_SOURCES = tests/servers/echo_killed.c $(servers_common)
tests_servers_echo_late_SOURCES = tests/servers/echo_late.c $(servers_common)
tests_servers_echo_pktinfo_SOURCES = tests/servers/echo_pktinfo.c $(servers_common)
tests_servers_echo_ports_SOURCES = tests/servers/echo_ports.c $(servers_common)
tests_servers_echo_recvfrom_SOURCES = tests/servers/echo_recvfrom.c $(servers_common)
tests_servers_echo_recvmmsg_SOURCES = tests/servers/echo_recvmmsg.c $(servers_common)
tests_servers_echo_recvmsg_SOURCES = tests/servers/echo_recvmsg.c $(servers_common)
tests_servers_echo_scribbled_SOURCES = tests/servers/echo_scribbled.c $(servers_common)
tests_servers_echo_shared_SOURCES = tests/servers/echo_shared.c $(servers_common)
tests_servers_echo_source_SOURCES = tests/servers/echo_source.c $(servers_common)
tests_servers_echo_segments_SOURCES = tests/servers/echo_segments.c $(servers_common)
tests_servers_echo_syscall_SOURCES = tests/servers/echo_syscall.c $(servers_common)
tests_servers_echo_threads_SOURCES = tests/servers/echo_threads.c $(servers_common)
tests_servers_echo_threads_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_echo_wait_SOURCES = tests/servers/echo_wait.c $(servers_common)
tests_servers_hear_SOURCES = tests/servers/hear.c $(servers_common)
tests_servers_echo_workers_SOURCES = tests/servers/echo_workers.c $(servers_common)
tests_servers_echo_workers_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_filtered_SOURCES = \
	tests/servers/filtered.c tests/servers/filter.c tests/servers/filter.h $(servers_common)
tests_servers_filtered_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_flood_SOURCES = tests/servers/flood.c $(servers_common)
tests_servers_hold_hook_SOURCES = tests/servers/hold_hook.c $(servers_common)
tests_servers_inherit_SOURCES = tests/servers/inherit.c $(servers_common)
tests_servers_listen_table_SOURCES = tests/servers/listen_table.c $(servers_common)
tests_servers_listen_race_SOURCES = tests/servers/listen_race.c $(servers_common)
tests_servers_listen_race_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_like_go_SOURCES = tests/servers/like_go.c
tests_servers_listeners_SOURCES = tests/servers/listeners.c $(servers_common)
tests_servers_locked_SOURCES = tests/servers/locked.c $(servers_common)
tests_servers_puppet_SOURCES = \
	tests/servers/puppet.c \
	tests/servers/puppet.h \
	tests/servers/puppet_datagrams.c \
	tests/servers/puppet_sockets.c \
	$(servers_common)
same_results_sources = \
	tests/servers/same_results.c \
	tests/servers/same_results.h \
	tests/servers/same_results_batch.c \
	tests/servers/same_results_batch.h \
	tests/servers/same_results_batch_rows.c \
	tests/servers/same_results_bind.c \
	tests/servers/same_results_cancel.c \
	tests/servers/same_results_connect.c \
	tests/servers/same_results_control.c \
	tests/servers/same_results_crowd.c \
	tests/servers/same_results_descriptors.c \
	tests/servers/same_results_errors.c \
	tests/servers/same_results_flow.c \
	tests/servers/same_results_flow.h \
	tests/servers/same_results_handlers.c \
	tests/servers/same_results_kinds.c \
	tests/servers/same_results_open.c \
	tests/servers/same_results_open.h \
	tests/servers/same_results_options.c \
	tests/servers/same_results_own.c \
	tests/servers/same_results_own.h \
	tests/servers/same_results_read_only.c \
	tests/servers/same_results_ready.c \
	tests/servers/same_results_receive.c \
	tests/servers/same_results_rights.c \
	tests/servers/same_results_say.c \
	tests/servers/same_results_scenes.c \
	tests/servers/same_results_scenes.h \
	tests/servers/same_results_send.c \
	tests/servers/same_results_shared.c \
	tests/servers/same_results_signals.c \
	tests/servers/same_results_stale.c \
	tests/servers/same_results_stations.c \
	tests/servers/same_results_task.c \
	tests/servers/same_results_task.h \
	tests/servers/same_results_threads.c \
	tests/servers/same_results_vfork.c \
	$(servers_common)
tests_servers_puppet_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_same_results_SOURCES = $(same_results_sources)
# Lengths beyond a buffer's are among what it hands to calls: it must not be fortified.
tests_servers_same_results_CPPFLAGS = $(AM_CPPFLAGS) -U_FORTIFY_SOURCE
tests_servers_same_results_CFLAGS = $(AM_CFLAGS) -pthread
tests_servers_with_stderr_SOURCES = tests/servers/with_stderr.c $(servers_common)
tests_servers_without_ipv6_SOURCES = tests/servers/without_ipv6.c $(servers_common)

# The same source, as distributions compile their packages: __recvfrom_chk is called. Where CFLAGS
# has -O0 the fortified calls are not made, and the test skips.
tests_servers_echo_fortify_SOURCES = tests/servers/echo_recvfrom.c $(servers_common)
tests_servers_echo_fortify_CPPFLAGS = $(AM_CPPFLAGS) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
tests_servers_echo_fortify_CFLAGS = $(AM_CFLAGS) -O2

# Sources in other languages, and for liburing: the test that needs one builds it.
EXTRA_DIST += \
	tests/servers/echo.go tests/servers/listen.go \
	tests/servers/echo.pas \
	tests/servers/echo_uring.c

# Libraries for tests of the loader; they are never installed, and -rpath only makes them shared.
check_LTLIBRARIES += tests/servers/echo_module.la tests/servers/preloaded.la
module_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_servers_echo_module_la_SOURCES = tests/servers/echo_module.c $(servers_common)
tests_servers_echo_module_la_CFLAGS = $(AM_CFLAGS)
tests_servers_echo_module_la_LDFLAGS = $(module_LDFLAGS)
tests_servers_preloaded_la_SOURCES = tests/servers/preloaded.c
tests_servers_preloaded_la_LDFLAGS = $(module_LDFLAGS)
if HAVE_LIBC_MALLOC
check_LTLIBRARIES += tests/servers/count_malloc.la
tests_servers_count_malloc_la_SOURCES = tests/servers/count_malloc.c
tests_servers_count_malloc_la_LDFLAGS = $(module_LDFLAGS)
endif

if HAVE_BINDRESVPORT
noinst_PROGRAMS += tests/servers/echo_reserved
tests_servers_echo_reserved_SOURCES = tests/servers/echo_reserved.c $(servers_common)
endif

if HAVE_ASAN
check_PROGRAMS += tests/servers/asan/echo_recvfrom
tests_servers_asan_echo_recvfrom_SOURCES = $(tests_servers_echo_recvfrom_SOURCES)
tests_servers_asan_echo_recvfrom_CFLAGS = $(AM_CFLAGS) -fsanitize=address
endif

# Against musl, for its own library and for ours in a program of another C library.
if HAVE_MUSL
musl_servers = tests/servers/musl/echo_recvfrom tests/servers/musl/inherit tests/servers/musl/listeners
check_DATA += $(musl_servers)
CLEANFILES += $(musl_servers)
$(musl_servers): tests/servers/musl/%: tests/servers/%.c $(servers_common)
	$(AM_V_CC)$(MKDIR_P) tests/servers/musl && \
		$(MUSL_COMPILE) -I$(srcdir)/tests/servers -o $@ $(filter %.c,$^)
endif

# For 32 bits and a time_t of 64, where all these calls have other names in glibc.
if HAVE_TIME64
check_PROGRAMS += \
	tests/servers/time64/echo_batch \
	tests/servers/time64/echo_given \
	tests/servers/time64/echo_pktinfo \
	tests/servers/time64/echo_recvmmsg \
	tests/servers/time64/echo_recvmsg \
	tests/servers/time64/same_results
time64_CFLAGS = $(AM_CFLAGS) $(TIME64_CFLAGS)
tests_servers_time64_echo_batch_SOURCES = $(tests_servers_echo_batch_SOURCES)
tests_servers_time64_echo_batch_CFLAGS = $(time64_CFLAGS) -pthread
tests_servers_time64_echo_given_SOURCES = $(tests_servers_echo_given_SOURCES)
tests_servers_time64_echo_given_CFLAGS = $(time64_CFLAGS)
tests_servers_time64_echo_pktinfo_SOURCES = $(tests_servers_echo_pktinfo_SOURCES)
tests_servers_time64_echo_pktinfo_CFLAGS = $(time64_CFLAGS)
tests_servers_time64_echo_recvmmsg_SOURCES = $(tests_servers_echo_recvmmsg_SOURCES)
tests_servers_time64_echo_recvmmsg_CFLAGS = $(time64_CFLAGS)
tests_servers_time64_echo_recvmsg_SOURCES = $(tests_servers_echo_recvmsg_SOURCES)
tests_servers_time64_echo_recvmsg_CFLAGS = $(time64_CFLAGS)
tests_servers_time64_same_results_SOURCES = $(same_results_sources)
tests_servers_time64_same_results_CPPFLAGS = $(tests_servers_same_results_CPPFLAGS)
tests_servers_time64_same_results_CFLAGS = $(time64_CFLAGS) -pthread
endif

# SPDX-License-Identifier: LGPL-2.1-or-later
# Every system call that the library makes fails. seccomp(2) tells the calls apart by number, which
# glibc on i386 does not use for sockets.
check_PROGRAMS += tests/faults/faults tests/faults/scene
tests_faults_faults_SOURCES = \
	tests/faults/calls.c \
	tests/faults/calls.h \
	tests/faults/exceptions.c \
	tests/faults/exceptions.h \
	tests/faults/faults.c \
	tests/faults/supervise.c \
	tests/faults/supervise.h \
	tests/faults/surroundings.c \
	tests/faults/surroundings.h \
	tests/faults/window.h \
	tests/servers/filter.c \
	tests/servers/filter.h \
	$(servers_common)
tests_faults_faults_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -I$(top_srcdir)/tests/servers
tests_faults_faults_CFLAGS = $(AM_CFLAGS) -pthread
tests_faults_scene_SOURCES = \
	tests/faults/scene.c \
	tests/faults/scene.h \
	tests/faults/scenes_confined.c \
	tests/faults/scenes_other.c \
	tests/faults/scenes_udp.c \
	tests/faults/window.h \
	tests/servers/filter.c \
	tests/servers/filter.h \
	$(servers_common)
tests_faults_scene_CPPFLAGS = $(tests_faults_faults_CPPFLAGS)
tests_faults_scene_CFLAGS = $(AM_CFLAGS) -pthread
tests_faults_scene_LDADD = -ldl

TESTS += tests/faults/faults.bats
EXTRA_DIST += tests/faults/.shellcheckrc tests/faults/TABLE.md tests/faults/faults.bats tests/faults/table
CLEANFILES += tests/faults/rows

## check-faults [FAULTS=all]: the library's own system calls fail, once; with FAULTS=all with every error, ten minutes
.PHONY: check-faults
check-faults:
	@$(MAKE) $(AM_MAKEFLAGS) all tests/faults/faults tests/faults/scene tests/servers/echo_filtered tests/servers/ask
	+@$(call run_tests,tests/faults/faults.bats,LIVE_TEST_LIMIT_S=3600)

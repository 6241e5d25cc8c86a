# SPDX-License-Identifier: LGPL-2.1-or-later
# The library: calls, which only the preload library has, and all other directories as one internal
# library, which the unit tests and the tools link, too.
calls_sources = \
	shim/calls/batch.h \
	shim/calls/bind.c \
	shim/calls/syscall.h \
	shim/calls/connect.c \
	shim/calls/descriptors.c \
	shim/calls/entry.h \
	shim/calls/filter.c shim/calls/filter.h \
	shim/calls/first_use.c shim/calls/first_use.h \
	shim/calls/modules.c \
	shim/calls/options.c \
	shim/calls/recv.c \
	shim/calls/recv_batch.c \
	shim/calls/send.c \
	shim/calls/send_batch.c \
	shim/calls/start.c \
	shim/calls/syscall.c
replies_sources = \
	shim/replies/app_options.c shim/replies/app_options.h \
	shim/replies/control.c shim/replies/control.h \
	shim/replies/hash.h \
	shim/replies/last_peer.h \
	shim/replies/peer_entry.h \
	shim/replies/peers.c shim/replies/peers.h \
	shim/replies/pin.c shim/replies/pin.h \
	shim/replies/pktinfo.c shim/replies/pktinfo.h \
	shim/replies/rx.c shim/replies/rx.h \
	shim/replies/select.c shim/replies/select.h \
	shim/replies/table.c shim/replies/table.h \
	shim/replies/tx.c shim/replies/tx.h \
	shim/replies/watch.c shim/replies/watch.h
listeners_sources = \
	shim/listeners/decide.c shim/listeners/decide.h \
	shim/listeners/ipv4_lost.c shim/listeners/ipv4_lost.h \
	shim/listeners/ports.c shim/listeners/ports.h \
	shim/listeners/share.c shim/listeners/share.h \
	shim/listeners/v6only.c shim/listeners/v6only.h
sockets_sources = \
	shim/sockets/address.c shim/sockets/address.h \
	shim/sockets/classify.c shim/sockets/classify.h \
	shim/sockets/fd_flags.c shim/sockets/fd_flags.h \
	shim/sockets/sockets.c shim/sockets/sockets.h \
	shim/sockets/tag.c shim/sockets/tag.h
settings_sources = \
	shim/settings/names.c shim/settings/names.h \
	shim/settings/rules.c shim/settings/rules.h \
	shim/settings/settings.c shim/settings/settings.h
runtime_sources = \
	shim/runtime/bpf.c shim/runtime/bpf.h \
	shim/runtime/env.c shim/runtime/env.h \
	shim/runtime/impl.c shim/runtime/impl.h \
	shim/runtime/log.c shim/runtime/log.h \
	shim/runtime/output.c shim/runtime/output.h \
	shim/runtime/process.c shim/runtime/process.h \
	shim/runtime/redirect.c shim/runtime/redirect.h \
	shim/runtime/sandbox.c shim/runtime/sandbox.h \
	shim/runtime/scratch.c shim/runtime/scratch.h
# Linked last: their tables are large and mostly untouched, and the variables of all others share a few
# pages, which each process has to itself.
sparse_sources = \
	shim/runtime/readable.c shim/runtime/readable.h \
	shim/runtime/status.c shim/runtime/status.h
libc_sources = \
	shim/libc/libc.c shim/libc/libc.h \
	shim/libc/next.c shim/libc/next.h \
	shim/libc/platform.h \
	shim/libc/preload.c shim/libc/preload.h \
	shim/libc/symbols.c shim/libc/symbols.h
internal_sources = shim/attributes.h $(replies_sources) $(listeners_sources) $(sockets_sources) \
	$(settings_sources) $(runtime_sources) $(libc_sources) $(sparse_sources)
shim_sources = $(filter %.c,$(calls_sources) $(internal_sources) $(ctl_sources) $(bindrightctl_sources)) shim/ctl/wrapper.c

# The library needs its thread-local words without a call and without allocation, hence
# initial-exec; it is always there from the program's start, which is what that model asks.
shim_CFLAGS = $(AM_CFLAGS) $(SHIM_CFLAGS) -fvisibility=hidden -ftls-model=initial-exec

noinst_LTLIBRARIES += shim/libinternal.la
shim_libinternal_la_SOURCES = $(internal_sources)
shim_libinternal_la_CFLAGS = $(shim_CFLAGS)
shim_libinternal_la_LIBADD = $(THREAD_LIBS)

lib_LTLIBRARIES += shim/libbindright.la
shim_libbindright_la_SOURCES = $(calls_sources)
shim_libbindright_la_CFLAGS = $(shim_CFLAGS)
shim_libbindright_la_LIBADD = shim/libinternal.la
shim_libbindright_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--version-script=$(srcdir)/shim/exports.map
shim_libbindright_la_DEPENDENCIES = shim/libinternal.la shim/exports.map

# The same for machines of 32 bits, for the tests (tests/servers/local.mk), built with the flags of
# distributions where time_t has 64 bits, and for a processor that has no atomics of 64: it must need
# no library for these. That is no rpath: it is never installed.
if HAVE_TIME64
check_LTLIBRARIES += shim/time64/libbindright.la
shim_time64_libbindright_la_SOURCES = $(calls_sources) $(internal_sources)
shim_time64_libbindright_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIME64_CFLAGS)
shim_time64_libbindright_la_CFLAGS = $(shim_CFLAGS) -m32 -march=i486 -mtune=generic
shim_time64_libbindright_la_LDFLAGS = $(shim_libbindright_la_LDFLAGS) -rpath /nowhere
shim_time64_libbindright_la_LIBADD = $(THREAD_LIBS)
shim_time64_libbindright_la_DEPENDENCIES = shim/exports.map
endif

# The same for musl, for the tests: by one command, for libtool knows one compiler only. The headers of
# the kernel stand beside glibc's. recvmmsg's flags are what configure.ac says of musl.
if HAVE_MUSL
check_DATA += shim/musl/libbindright.so
CLEANFILES += shim/musl/libbindright.so
MUSL_COMPILE = $(MUSL_CC) -std=gnu11 -D_GNU_SOURCE -Dmmsg_flags_t='unsigned int' \
	-DPACKAGE_VERSION='"$(PACKAGE_VERSION)"' -O2 \
	-I$(srcdir)/shim -idirafter /usr/include -idirafter /usr/include/$(host_cpu)-linux-gnu
shim/musl/libbindright.so: $(internal_sources) $(calls_sources) shim/exports.map
	$(AM_V_CC)$(MKDIR_P) shim/musl && \
		$(MUSL_COMPILE) -fPIC -fvisibility=hidden -ftls-model=initial-exec -shared \
		-Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--version-script=$(srcdir)/shim/exports.map \
		-o $@ $(filter %.c,$^)
endif

include shim/ctl/local.mk

dist_man_MANS += shim/bindright.7
# man libbindright shows the same page, by whatever name ./configure has it installed.
nodist_man_MANS = shim/libbindright.7
CLEANFILES += shim/libbindright.7
shim/libbindright.7: Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	echo ".so man7/$$(echo bindright | $(SED) '$(transform)').7" >$@
EXTRA_DIST += shim/exports.map shim/exports.list shim/exports_time64.list

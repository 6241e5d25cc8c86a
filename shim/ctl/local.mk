# SPDX-License-Identifier: LGPL-2.1-or-later
# The tools. libctl is what they share, and what judges settings and programs; the rest is the files
# of each. They are programs like others, unlike the library: their files may be of any size.
ctl_sources = \
	shim/ctl/assignments.c shim/ctl/assignments.h \
	shim/ctl/by_kernel.c shim/ctl/by_kernel.h \
	shim/ctl/capabilities.c shim/ctl/capabilities.h \
	shim/ctl/command.c shim/ctl/command.h \
	shim/ctl/confine.c shim/ctl/confine.h \
	shim/ctl/dynamic.c shim/ctl/dynamic.h \
	shim/ctl/elf_file.c shim/ctl/elf_file.h \
	shim/ctl/imports.c shim/ctl/imports.h \
	shim/ctl/judge.c shim/ctl/judge.h \
	shim/ctl/ld_preload.c shim/ctl/ld_preload.h \
	shim/ctl/libraries.c shim/ctl/libraries.h \
	shim/ctl/library.c shim/ctl/library.h \
	shim/ctl/list.h \
	shim/ctl/log_sink.c shim/ctl/log_sink.h \
	shim/ctl/options.c shim/ctl/options.h \
	shim/ctl/print.c shim/ctl/print.h \
	shim/ctl/privileges.c shim/ctl/privileges.h \
	shim/ctl/process.c shim/ctl/process.h \
	shim/ctl/reach.c shim/ctl/reach.h \
	shim/ctl/say.c shim/ctl/say.h \
	shim/ctl/services.c shim/ctl/services.h \
	shim/ctl/settings_file.c shim/ctl/settings_file.h \
	shim/ctl/settings_text.c shim/ctl/settings_text.h \
	shim/ctl/user.c shim/ctl/user.h \
	shim/kernel/settings_check.c shim/kernel/settings_check.h
ctl_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/shim -D_FILE_OFFSET_BITS=64
noinst_LTLIBRARIES += shim/libctl.la
shim_libctl_la_SOURCES = $(ctl_sources)
shim_libctl_la_CPPFLAGS = $(ctl_CPPFLAGS)

# bindright-exec, which the script bindright becomes.
pkglibexec_PROGRAMS += shim/ctl/bindright-exec
shim_ctl_bindright_exec_SOURCES = shim/ctl/wrapper.c
shim_ctl_bindright_exec_CPPFLAGS = $(ctl_CPPFLAGS)
shim_ctl_bindright_exec_LDADD = shim/libctl.la shim/libinternal.la

# bindrightctl.
check_sources = \
	shim/ctl/check.c \
	shim/ctl/check_process.c shim/ctl/check_process.h \
	shim/ctl/checked.c shim/ctl/checked.h \
	shim/ctl/process_preload.c shim/ctl/process_preload.h
if HAVE_LIBMNL
audit_sources = \
	shim/ctl/audit/audit.c shim/ctl/audit/audit.h \
	shim/ctl/audit/capture.c shim/ctl/audit/capture.h \
	shim/ctl/audit/diag.c shim/ctl/audit/diag.h \
	shim/ctl/audit/explain.c \
	shim/ctl/audit/found.h \
	shim/ctl/audit/json.c \
	shim/ctl/audit/netns.c shim/ctl/audit/netns.h \
	shim/ctl/audit/owners.c shim/ctl/audit/owners.h \
	shim/ctl/audit/peek.c shim/ctl/audit/peek.h \
	shim/ctl/audit/report.c \
	shim/ctl/audit/routes.c shim/ctl/audit/routes.h \
	shim/ctl/audit/rows.c shim/ctl/audit/rows.h \
	shim/ctl/audit/survey.c \
	shim/ctl/audit/table.c \
	shim/ctl/audit/verdict.c shim/ctl/audit/verdict.h \
	shim/ctl/audit/wire.c shim/ctl/audit/wire.h
else
audit_sources = shim/ctl/audit/audit_without.c
endif
status_sources = \
	shim/ctl/status/enabled.c shim/ctl/status/enabled.h \
	shim/ctl/status/groups.c shim/ctl/status/groups.h \
	shim/ctl/status/instance.c shim/ctl/status/instance.h \
	shim/ctl/status/memory.c shim/ctl/status/memory.h \
	shim/ctl/status/peers.c shim/ctl/status/peers.h \
	shim/ctl/status/report.c shim/ctl/status/report.h \
	shim/ctl/status/report_json.c \
	shim/ctl/status/report_prometheus.c \
	shim/ctl/status/report_text.c \
	shim/ctl/status/status.c
units_sources = \
	shim/ctl/units/deed.c shim/ctl/units/deed.h \
	shim/ctl/units/disable.c \
	shim/ctl/units/drop_in.c shim/ctl/units/drop_in.h \
	shim/ctl/units/enable.c \
	shim/ctl/units/environment.c shim/ctl/units/environment.h \
	shim/ctl/units/filter.c shim/ctl/units/filter.h \
	shim/ctl/units/helper_unit.c shim/ctl/units/helper_unit.h \
	shim/ctl/units/hidden.c shim/ctl/units/hidden.h \
	shim/ctl/units/installed.c shim/ctl/units/installed.h \
	shim/ctl/units/judge_kernel.h \
	shim/ctl/units/judge_unit.c shim/ctl/units/judge_unit.h \
	shim/ctl/units/plan.c shim/ctl/units/plan.h \
	shim/ctl/units/root_files.c shim/ctl/units/root_files.h \
	shim/ctl/units/systemctl.c shim/ctl/units/systemctl.h \
	shim/ctl/units/text.c shim/ctl/units/text.h \
	shim/ctl/units/unit.c shim/ctl/units/unit.h \
	shim/ctl/units/unit_files.c shim/ctl/units/unit_files.h \
	shim/ctl/units/unit_name.c shim/ctl/units/unit_name.h \
	shim/ctl/units/unit_text.c shim/ctl/units/unit_text.h
if HAVE_JANSSON
document_sources = shim/ctl/document.c
else
document_sources = shim/ctl/document_without.c
endif
if HAVE_LIBMNL
netlink_sources = shim/ctl/netlink.c shim/ctl/netlink.h
endif
if HAVE_KERNEL
kernel_sources = \
	shim/kernel/address_messages.c shim/kernel/address_messages.h \
	shim/ctl/units/judge_kernel.c \
	shim/kernel/addresses.c shim/kernel/addresses.h \
	shim/kernel/attach.c \
	shim/kernel/attached.c shim/kernel/attached.h \
	shim/kernel/cgroup.c shim/kernel/cgroup.h \
	shim/kernel/covered.c shim/kernel/covered.h \
	shim/kernel/detach.c \
	shim/kernel/helper.c shim/kernel/helper.h \
	shim/kernel/programs.c shim/kernel/programs.h \
	shim/kernel/shared.h
else
kernel_sources = shim/kernel/kernel_without.c
endif
bindrightctl_sources = \
	shim/ctl/bindrightctl.c \
	shim/ctl/document.h \
	shim/ctl/setting_arguments.c shim/ctl/setting_arguments.h \
	shim/ctl/tool.c shim/ctl/tool.h \
	$(document_sources) $(netlink_sources) $(check_sources) $(audit_sources) $(status_sources) \
	$(units_sources) $(kernel_sources)
sbin_PROGRAMS += shim/ctl/bindrightctl
shim_ctl_bindrightctl_SOURCES = $(bindrightctl_sources)
EXTRA_shim_ctl_bindrightctl_SOURCES = shim/ctl/document.c shim/ctl/document_without.c
shim_ctl_bindrightctl_CPPFLAGS = $(ctl_CPPFLAGS) -DLIBRARY_PATH='"$(libdir)/libbindright.so"' \
	-DPROGRAM_PATH='"$(sbindir)/bindrightctl"'
shim_ctl_bindrightctl_LDADD = shim/libctl.la shim/libinternal.la $(LIBMNL_LIBS) $(JANSSON_LIBS)

include shim/kernel/local.mk
